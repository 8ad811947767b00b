//! The table: every case with its token and its config document, ready to be sent.

use crate::support::document;
use crate::support::file::{
    self, BaseFile, CaseFile, Engine, Place, RawCase, RefusalFile, RequestFile, ShapeFile, SkipsFile,
};
use crate::support::judge::Expected;
use crate::support::keyring::Keyring;
use crate::support::values::Scope;
use crate::support::{token, traces};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::time::SystemTime;

/// Every case, and which do not run where.
pub(crate) struct Table {
    pub(crate) cases: Vec<Case>,
    pub(crate) skips: SkipsFile,
}

/// One request to one gate, and what is to become of it.
pub(crate) struct Case {
    /// `file: name`.
    pub(crate) id: String,
    pub(crate) setting: Setting,
    pub(crate) request: Request,
    pub(crate) expected: Expected,
    /// What is expected under the rules for nginx, where it is something else.
    nginx: Option<Expected>,
    /// Texts, each in one of the config's warnings.
    pub(crate) warnings: Vec<String>,
    /// Headers of the answer: a value that is the only one, or none at all.
    pub(crate) client: BTreeMap<String, Option<String>>,
}

/// What a gate is started with. Cases of one setting share a gate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Setting {
    /// The config document.
    pub(crate) document: String,
    /// Seconds since 1970; `None`: the real time.
    pub(crate) clock: Option<i64>,
    pub(crate) engine: Engine,
}

/// A request as its client writes it. A character is a byte (Latin-1), so that a file can hold what is not UTF-8.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) host: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// Where tokens and documents are made from.
pub(crate) struct Material {
    /// One moment for the whole run, so that equal configs stay equal.
    now: i64,
    keyring: Keyring,
    shapes: BTreeMap<String, ShapeFile>,
    base: BaseFile,
    answers: BTreeMap<String, RefusalFile>,
}

impl Setting {
    /// Whether its listener must hand bodies to a filter that holds the head.
    pub(crate) fn takes_bodies(&self) -> bool {
        let document: Value = serde_json::from_str(&self.document).unwrap();
        document["body_tokens"] == true
    }
}

impl Table {
    /// Reads the files, makes keys, and mints a token for each case.
    pub(crate) fn load(material: &Material) -> Self {
        let skips: SkipsFile = file::read("cases/skips.json");
        let others = ["answers", "base", "skips", "unreached"];
        let files = file::names("cases").into_iter().filter(|name| !others.contains(&&**name));
        let cases = files.flat_map(|name| material.cases(&name)).collect();
        Self { cases, skips }
    }

    /// The same, with what is expected in a place.
    pub(crate) fn of(place: Place, material: &Material) -> Self {
        let Self { cases, skips } = Self::load(material);
        let here = |case: Case| if place == Place::Nginx { case.under_nginx() } else { case };
        Self { cases: cases.into_iter().map(here).collect(), skips }
    }

    /// The cases that run in a place, by setting.
    pub(crate) fn groups(&self, place: Place) -> BTreeMap<&Setting, Vec<&Case>> {
        let mut groups: BTreeMap<&Setting, Vec<&Case>> = BTreeMap::new();
        for case in self.cases.iter().filter(|case| !self.is_skipped(case, place)) {
            groups.entry(&case.setting).or_default().push(case);
        }
        groups
    }

    /// Whether the skip list keeps a case from a place.
    pub(crate) fn is_skipped(&self, case: &Case, place: Place) -> bool {
        self.skips.cases.iter().any(|skip| skip.place == place && skip.matches(case))
    }
}

impl Case {
    /// What the client sent and the gateway takes away goes upstream empty there.
    fn under_nginx(mut self) -> Self {
        if let Some(expected) = self.nginx.take() {
            self.expected = expected;
        } else if self.setting.engine != Engine::Nginx
            && let Expected::Forwarded { upstream, .. } = &mut self.expected
        {
            let sent =
                |name: &str| self.request.headers.iter().any(|(sent, _)| sent.eq_ignore_ascii_case(name));
            for (_, value) in upstream.iter_mut().filter(|(name, value)| value.is_none() && sent(name)) {
                *value = Some(String::new());
            }
        }
        self.setting.engine = Engine::Nginx;
        self
    }
}

impl file::Skip {
    /// Whether this entry is about the case.
    pub(crate) fn matches(&self, case: &Case) -> bool {
        match self.case.strip_suffix('*') {
            Some(beginning) => case.id.starts_with(beginning),
            None => case.id == self.case,
        }
    }
}

impl Material {
    /// Reads what all cases share, and makes keys.
    pub(crate) fn load() -> Self {
        let base: BaseFile = file::read("cases/base.json");
        let shape = |name: String| (name.clone(), file::read(&format!("shapes/{name}.json")));
        let mut answers: Map<String, Value> = file::read("cases/answers.json");
        answers.remove("about");
        let answer = |(name, value)| (name, serde_json::from_value(value).unwrap());
        Self {
            now: real_time(),
            keyring: Keyring::generate(&base.signers),
            shapes: file::names("shapes").into_iter().map(shape).collect(),
            answers: answers.into_iter().map(answer).collect(),
            base,
        }
    }

    /// The cases of one file.
    fn cases(&self, name: &str) -> Vec<Case> {
        let file: CaseFile = file::read(&format!("cases/{name}.json"));
        file.cases.iter().map(|case| self.case(name, &file, case)).collect()
    }

    fn case(&self, file_name: &str, file: &CaseFile, case: &RawCase) -> Case {
        let id = format!("{file_name}: {}", case.name);
        let shape = case.shape.as_ref().or(file.shape.as_ref()).unwrap_or_else(|| panic!("{id}: no shape"));
        let scope = Scope { now: file.clock.unwrap_or(self.now), keyring: &self.keyring };
        let mut document = self.base.document.clone();
        document::change(&mut document, shape, &file.config);
        document::change(&mut document, shape, &case.config);
        let document = scope.resolve(&document).to_string();
        let token = token::mint(self.shape(shape), &case.token, &scope);
        Case {
            setting: Setting { document, clock: file.clock, engine: file.engine },
            request: Request::new(&case.request, shape, &token),
            expected: self.expected((&case.expect, &case.upstream, &case.answer), &token),
            nginx: case
                .nginx
                .as_ref()
                .map(|nginx| self.expected((&nginx.expect, &nginx.upstream, &nginx.answer), &token)),
            warnings: case.warnings.clone(),
            client: filled(&case.client, &token),
            id,
        }
    }

    fn expected(
        &self,
        (expect, upstream, answer): (&str, &BTreeMap<String, Option<String>>, &Option<file::AnswerFile>),
        token: &str,
    ) -> Expected {
        if GROUNDS.contains(&expect) {
            let upstream = filled(upstream, token);
            return Expected::Forwarded { grounds: expect.to_owned(), upstream };
        }
        self.refusal(expect, answer.clone())
    }

    /// A refusal by its name, with the usual answer or another one.
    pub(crate) fn refusal(&self, name: &str, exact: Option<file::AnswerFile>) -> Expected {
        let usual = self.answers.get(name).unwrap_or_else(|| panic!("answers.json has no {name}")).clone();
        Expected::Refused { name: name.to_owned(), usual, exact }
    }

    /// A shape by its name.
    pub(crate) fn shape(&self, name: &str) -> &ShapeFile {
        self.shapes.get(name).unwrap_or_else(|| panic!("expected a file in testdata/shapes, found {name}"))
    }

    /// The time and the keys of the run.
    pub(crate) fn scope(&self) -> Scope<'_> {
        Scope { now: self.now, keyring: &self.keyring }
    }
}

/// The expected headers with the token in its place.
fn filled(headers: &BTreeMap<String, Option<String>>, token: &str) -> BTreeMap<String, Option<String>> {
    let value = |value: &Option<String>| value.as_ref().map(|text| text.replace("{token}", token));
    headers.iter().map(|(name, text)| (name.clone(), value(text))).collect()
}

impl Request {
    /// A GET with nothing but a host.
    pub(crate) fn get(target: &str, host: &str) -> Self {
        let (method, body) = ("GET".to_owned(), String::new());
        Self { method, target: target.to_owned(), host: host.to_owned(), headers: Vec::new(), body }
    }

    /// From a file; `{token}` in target, headers and Authorization is the token.
    pub(crate) fn new(file: &RequestFile, shape: &str, token: &str) -> Self {
        let fill = |text: &str| text.replace("{token}", token);
        let usual = vec!["Bearer {token}".to_owned()];
        let lines = file.authorization.as_ref().unwrap_or(&usual);
        let authorization = lines.iter().map(|line| ("authorization".to_owned(), fill(line)));
        let others = file.headers.iter().map(|(name, value)| (name.clone(), fill(value)));
        let usual = || format!("/anything?{}", traces::canary("query"));
        let target = file.target.as_deref().map_or_else(usual, fill);
        let host = file.host.clone().unwrap_or_else(|| format!("{shape}.test"));
        let mut request = Self::get(&target, &host);
        if let Some(method) = &file.method {
            request.method.clone_from(method);
        }
        request.headers = authorization.chain(others).collect();
        request.body = fill(&file.body);
        request.body.push_str(&"x".repeat(file.body_length.saturating_sub(request.body.len())));
        request
    }
}

/// What a case expects of a request that is forwarded: `permitted` on the usual grounds, or other grounds by name.
const GROUNDS: [&str; 4] = ["permitted", "anonymous", "preflight", "reported"];

/// The bytes that text in a [`Request`] stands for.
pub(crate) fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|character| u8::try_from(character).unwrap()).collect()
}

/// Seconds since 1970.
pub(crate) fn real_time() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}
