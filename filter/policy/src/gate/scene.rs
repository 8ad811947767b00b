//! A gate's surroundings for tests: a provider that answers by a table, and a clock that is moved by hand.

use super::{Gate, Step};
use crate::cache::TokenCache;
use crate::capabilities::Capabilities;
use crate::config::Config;
use crate::fixtures::{Counter, ISSUER, NOW, good, jwks};
use crate::headers::HeaderEdit;
use crate::provider::{AnswerCache, Leave, Progress, Why};
use crate::request::RequestHead;
use crate::shared::SharedDataMut;
use crate::shared::memory::Memory as Shared;
use crate::step::{CallError, CallId, Event, HttpCall, HttpResponse};
use crate::time::UnixTime;
use crate::world::{Memory, Policy, World};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::rc::Rc;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::cell::RefCell;

pub(super) const DISCOVERY: &str = "/.well-known/openid-configuration";
pub(super) const KEYS: &str = "/keys";

/// Status and body, or none at all.
pub(super) type Answered = Result<(u16, String), CallError>;

type Answering = Rc<dyn Fn(&HttpCall) -> Answered>;

/// A gate's surroundings.
pub(super) struct Scene {
    pub(super) policy: Policy,
    pub(super) memory: Memory,
    pub(super) engine: Capabilities,
    /// Where the workers of its engine meet.
    pub(super) handover: Option<Rc<Shared>>,
    pub(super) now: i64,
    answers: BTreeMap<String, Answering>,
    /// Paths that were asked for, without their queries.
    asked: Vec<String>,
    entropy: RefCell<Counter>,
}

/// What became of a request, and why.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ending {
    pub(super) end: End,
    pub(super) reason: Option<&'static str>,
    /// Headers that were set; empty where they were removed.
    pub(super) set: BTreeMap<String, String>,
}

/// What became of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    Permitted,
    /// Status, and `Retry-After`.
    Refused(u16, Option<String>),
    Waiting,
}

impl Scene {
    pub(super) fn new() -> Self {
        Self::with("")
    }

    /// `more` are members of openid-connect's config, with a leading comma.
    pub(super) fn with(more: &str) -> Self {
        Self::of(&format!(
            r#"{{"version":1,"body_tokens":true,"services":[{{"name":"orders","plugins":[
                {{"name":"openid-connect","config":{{"issuer":"{ISSUER}"{more}}}}}]}}]}}"#
        ))
    }

    /// With this document.
    pub(super) fn of(document: &str) -> Self {
        let config = Config::parse(document.as_bytes()).unwrap_or_else(|errors| panic!("{errors}"));
        let memory =
            Memory::new(&config, TokenCache::new([1; 16], 1 << 20), AnswerCache::new([1; 32], 1 << 20));
        let mut scene = Self {
            policy: Policy::new(config),
            memory,
            engine: Capabilities::CLAIMGATE,
            handover: None,
            now: NOW,
            answers: BTreeMap::new(),
            asked: Vec::new(),
            entropy: RefCell::new(Counter(0)),
        };
        let metadata = format!(r#"{{"issuer":"{ISSUER}","jwks_uri":"https://idp.example{KEYS}"}}"#);
        scene.answers(DISCOVERY, Ok((200, metadata)));
        scene.answers(KEYS, Ok((200, jwks())));
        scene
    }

    /// From now on the provider answers so at this path.
    pub(super) fn answers(&mut self, path: &str, answer: Answered) {
        self.answers_by(path, move |_| answer.clone());
    }

    /// From now on the provider answers as it is asked at this path.
    pub(super) fn answers_by(&mut self, path: &str, answer: impl Fn(&HttpCall) -> Answered + 'static) {
        self.answers.insert(path.into(), Rc::new(answer));
    }

    pub(super) fn is_down(&mut self) {
        let paths: Vec<String> = self.answers.keys().cloned().collect();
        for path in paths {
            self.answers(&path, Err(CallError::Failed));
        }
    }

    pub(super) fn is_up(&mut self, keys: String) {
        let fresh = Self::new();
        self.answers = fresh.answers;
        self.answers(KEYS, Ok((200, keys)));
    }

    pub(super) fn world(&self) -> World<'_> {
        World {
            policy: &self.policy,
            engine: self.engine,
            memory: &self.memory,
            native: None,
            signer: None,
            shared: None,
            handover: self.handover.as_deref().map(|data| data as &dyn SharedDataMut),
        }
    }

    /// Begins a request with a token.
    pub(super) fn begin(&self, token: &str) -> (Gate, Step) {
        self.begin_with("/orders", &[("authorization", &format!("Bearer {token}")), ("cookie", "a=1")])
    }

    /// Begins a request with these headers.
    pub(super) fn begin_with(&self, target: &str, headers: &[(&str, &str)]) -> (Gate, Step) {
        let headers: Vec<(&[u8], &[u8])> =
            headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
        let (target, headers) = (target.as_bytes(), headers.as_slice());
        let head =
            RequestHead { method: b"POST", target, authority: b"h", headers, has_body: false, https: false };
        self.begin_at(&head)
    }

    /// Begins a request with this head.
    pub(super) fn begin_at(&self, head: &RequestHead<'_>) -> (Gate, Step) {
        let mut gate = Gate::new();
        let mut entropy = self.entropy.borrow_mut();
        let step = gate.begin(head, &self.world(), UnixTime::from_seconds(self.now), &mut *entropy);
        (gate, step)
    }

    /// Answers every call of a request until it is decided or waits.
    pub(super) fn follow(&mut self, gate: &mut Gate, mut step: Step) -> Step {
        for _ in 0..20 {
            let Step::Call { call, .. } = &step else { return step };
            let (id, answer) = (call.id, self.answer(call));
            let answer = answer.as_ref().map(|(status, body)| HttpResponse {
                status: *status,
                headers: &[(b"Date", b"Thu, 09 Oct 2025 08:53:27 GMT")],
                body: body.as_bytes(),
            });
            let now = UnixTime::from_seconds(self.now);
            step = gate.on(
                Event::Answer(id, answer.map_err(|error| *error)),
                &self.world(),
                now,
                &mut *self.entropy.borrow_mut(),
            );
        }
        panic!("no end of calls: {:?}", self.asked);
    }

    fn answer(&mut self, call: &HttpCall) -> Answered {
        let target = header(call, ":path");
        let path = target.split('?').next().unwrap_or_default();
        self.asked.push(path.into());
        self.answers.get(path).map_or(Ok((404, String::new())), |answer| answer(call))
    }

    /// What becomes of a request with a token.
    pub(super) fn request(&mut self, token: &str) -> End {
        let (mut gate, step) = self.begin(token);
        let step = self.follow(&mut gate, step);
        end(&step)
    }

    /// What becomes of a request with these headers, the reason if it is refused, and the headers that it gets.
    pub(super) fn request_with(&mut self, headers: &[(&str, &str)]) -> Ending {
        let (mut gate, step) = self.begin_with("/orders", headers);
        let step = self.follow(&mut gate, step);
        let set = match &step {
            Step::Forward(permit) => permit.request_edits().iter().filter_map(text).collect(),
            _ => BTreeMap::new(),
        };
        Ending { end: end(&step), reason: gate.facts().outcome.reason(), set }
    }

    /// Members of a token that holds for another minute.
    pub(super) fn good(&self) -> String {
        good("").replace(&(NOW + 60).to_string(), &self.now.saturating_add(60).to_string())
    }

    /// The paths that were asked for since the last time.
    pub(super) fn asked(&mut self) -> Vec<String> {
        core::mem::take(&mut self.asked)
    }

    /// What the timer does.
    pub(super) fn tick(&mut self) {
        let now = UnixTime::from_seconds(self.now);
        let provider = self.memory.providers.iter().next().expect("a provider");
        let Leave::Fetch(mut fetch) = provider.ask(Why::Due, false, now) else { return };
        let mut paths = Vec::new();
        let (fetched, source) = loop {
            let call = fetch.call(&self.policy.config().targets, &self.engine, CallId(0)).expect("a call");
            let path = header(&call, ":path");
            let answer = self.answers.get(&path).map_or(Ok((404, String::new())), |answer| answer(&call));
            paths.push(path);
            let answer = answer.as_ref().map_err(|error| *error).map(|(status, body)| HttpResponse {
                status: *status,
                headers: &[],
                body: body.as_bytes(),
            });
            match fetch.answer(answer, now) {
                Progress::More(more) => fetch = more,
                Progress::Done(fetched, source) => break (fetched, source),
            }
        };
        self.memory.providers.settle(&source, fetched, now);
        self.asked.extend(paths);
    }
}

pub(super) fn header(call: &HttpCall, name: &str) -> String {
    let value = call.headers.iter().find(|(found, _)| **found == *name).map(|(_, value)| value.to_vec());
    String::from_utf8(value.unwrap_or_default()).expect("utf-8")
}

fn text(edit: &HeaderEdit) -> Option<(String, String)> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("utf-8");
    Some(match edit {
        HeaderEdit::Set(name, value) | HeaderEdit::Append(name, value) => {
            (name.clone().into_owned(), text(value))
        }
        HeaderEdit::Remove(name) => (text(name), String::new()),
    })
}

pub(super) fn end(step: &Step) -> End {
    match step {
        Step::Forward(_) => End::Permitted,
        Step::Wait { .. } => End::Waiting,
        Step::Reply(response) => {
            let retry = response.headers.iter().find_map(|edit| match edit {
                HeaderEdit::Set(name, value) if name == "retry-after" => {
                    Some(String::from_utf8(value.to_vec()).expect("utf-8"))
                }
                _ => None,
            });
            End::Refused(response.status.code(), retry)
        }
        step => panic!("expected an end, got {step:?}"),
    }
}

pub(super) fn refused(status: u16) -> End {
    End::Refused(status, None)
}
