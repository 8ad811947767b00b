//! The policy without an engine: the reference for every other place.

use crate::support::file::Engine;
use crate::support::observed::{Effect, Observed, Refusal};
use crate::support::run::Gate;
use crate::support::table::{Request, Setting, latin1, real_time};
use crate::support::traces;
use claimgate::push::Place;
use claimgate_policy::cache::TokenCache;
use claimgate_policy::capabilities::Capabilities;
use claimgate_policy::config::Config;
use claimgate_policy::headers::HeaderEdit;
use claimgate_policy::permit::Grounds;
use claimgate_policy::provider::AnswerCache;
use claimgate_policy::request::RequestHead;
use claimgate_policy::shared::SharedData;
use claimgate_policy::step::{Event, Response, Step};
use claimgate_policy::time::UnixTime;
use claimgate_policy::world::{Entropy, Memory, Policy};
use claimgate_policy::{Permit, World};
use std::collections::BTreeMap;

/// A policy with a cache, as each VM of the filter has them.
pub(crate) struct Native {
    policy: Policy,
    memory: Memory,
    engine: Capabilities,
    clock: Option<i64>,
    /// Where callers and keys are pushed.
    pub(crate) shared: Option<Place>,
}

impl Native {
    pub(crate) fn new(setting: &Setting) -> Self {
        let config = Config::parse(setting.document.as_bytes());
        let config = config.unwrap_or_else(|errors| panic!("{errors}"));
        traces::saw("native.debug", &format!("{config:?}"));
        let engine = match setting.engine {
            Engine::Any => Capabilities::CLAIMGATE,
            Engine::Envoy => Capabilities::ENVOY,
            Engine::Nginx => Capabilities::NGINX,
        };
        let memory =
            Memory::new(&config, TokenCache::new([1; 16], 1 << 20), AnswerCache::new([1; 32], 1 << 20));
        Self { policy: Policy::new(config), memory, engine, clock: setting.clock, shared: None }
    }

    /// Whether a warning about the config holds this text.
    pub(crate) fn warns_of(&self, text: &str) -> bool {
        self.policy.config().warnings.iter().any(|warning| warning.to_string().contains(text))
    }
}

impl Gate for Native {
    fn answer(&mut self, request: &Request) -> Observed {
        let mut headers: Vec<(Vec<u8>, Vec<u8>)> =
            request.headers.iter().map(|(name, value)| (latin1(name), latin1(value))).collect();
        headers.push((b"content-length".to_vec(), request.body.len().to_string().into_bytes()));
        let headers: Vec<(&[u8], &[u8])> = headers.iter().map(|(name, value)| (&**name, &**value)).collect();
        let head = RequestHead {
            method: request.method.as_bytes(),
            target: &latin1(&request.target),
            authority: request.host.as_bytes(),
            headers: &headers,
            has_body: !request.body.is_empty(),
            https: false,
        };
        let world = World {
            policy: &self.policy,
            engine: self.engine,
            memory: &self.memory,
            native: None,
            signer: None,
            shared: self.shared.as_ref().map(|place| place as &dyn SharedData),
            handover: None,
        };
        let now = UnixTime::from_seconds(self.clock.unwrap_or_else(real_time));
        let mut gate = claimgate_policy::Gate::new();
        let mut step = gate.begin(&head, &world, now, &mut NoEntropy);
        if let Step::NeedBody { at_most } = step {
            let body = latin1(&request.body);
            let event = Event::Body(&body, body.len() <= at_most);
            step = gate.on(event, &world, now, &mut NoEntropy);
        }
        match step {
            Step::Forward(permit) => forwarded(request, &permit),
            Step::Reply(response) => refused(&response),
            step => panic!("expected a decision, found {step:?}"),
        }
    }
}

/// The headers as an engine would leave them that carries out every edit.
fn forwarded(request: &Request, permit: &Permit) -> Observed {
    let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in &request.headers {
        headers.entry(name.to_ascii_lowercase()).or_default().push(value.clone());
    }
    headers.insert(":path".to_owned(), vec![request.target.clone()]);
    let body = permit.request_body().map_or_else(|| request.body.clone(), text);
    headers.insert(":body".to_owned(), vec![body]);
    edit(&mut headers, permit.request_edits());
    let mut client = BTreeMap::new();
    edit(&mut client, permit.response_edits());
    let outcome = match permit.grounds() {
        Grounds::Authenticated => "permitted",
        other => other.name(),
    };
    Observed { outcome: Some(outcome.to_owned()), effect: Effect::Forwarded(headers), client }
}

fn edit(headers: &mut BTreeMap<String, Vec<String>>, edits: &[HeaderEdit]) {
    for edit in edits {
        match edit {
            HeaderEdit::Remove(name) => drop(headers.remove(&text(name).to_ascii_lowercase())),
            HeaderEdit::Set(name, value) => {
                drop(headers.insert(name.to_ascii_lowercase(), vec![text(value)]))
            }
            HeaderEdit::Append(name, value) => {
                headers.entry(name.to_ascii_lowercase()).or_default().push(text(value));
            }
        }
    }
}

fn refused(response: &Response) -> Observed {
    let header = |wanted: &str| {
        response.headers.iter().find_map(|edit| match edit {
            HeaderEdit::Set(name, value) if name == wanted => Some(text(value)),
            HeaderEdit::Set(..) | HeaderEdit::Append(..) | HeaderEdit::Remove(_) => None,
        })
    };
    let refusal = Refusal {
        status: response.status.code(),
        challenge: header("www-authenticate"),
        content_type: header("content-type"),
        body: text(&response.body),
    };
    traces::saw("native.answers", &format!("{refusal:?} {:?}", response.denial));
    let outcome = response.denial.as_ref().map(|denial| denial.name().to_owned());
    let mut client = BTreeMap::new();
    edit(&mut client, &response.headers);
    Observed { outcome, effect: Effect::Refused(refusal), client }
}

fn text(bytes: &[u8]) -> String {
    str::from_utf8(bytes).unwrap().to_owned()
}

/// Nothing that is decided here needs randomness.
struct NoEntropy;

impl Entropy for NoEntropy {
    fn fill(&mut self, out: &mut [u8]) {
        out.fill(0);
    }
}
