//! Hostile requests, to the filter in the sandbox and to the gateway by socket.

use crate::examples::read;
use crate::hosted::Hosted;
use crate::support::file::Engine;
use crate::support::hostile::{self, Forger, RawRequest};
use crate::support::table::{Request, Setting};
use crate::support::upstream::Upstream;
use crate::support::wait::until;
use crate::support::{wasm, wire};
use bytes::Bytes;
use claimgate_sandbox::foreign::Native;
use claimgate_sandbox::{
    BodyVerdict, Clock, EngineOptions, Environment, HeaderMap, Instance, Limits, LogLevel, LogSink, Module,
    Plugin, SandboxError, Shared, StreamFacts, StreamId, Upstreams, Verdict,
};
use std::fs;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// The filter in an instance of its own.
struct Guest(Instance);

impl Guest {
    fn start(document: &str) -> Self {
        let engine = claimgate_sandbox::Engine::new(EngineOptions::default()).unwrap();
        let module = Module::compile(&engine, &fs::read(wasm::path()).unwrap()).unwrap();
        let limits = Limits { memory_bytes: MEMORY, callback_deadline: DEADLINE, ..Limits::default() };
        let configuration = Bytes::copy_from_slice(document.as_bytes());
        let plugin = Plugin {
            name: "claimgate".into(),
            configuration,
            allow_on_headers_stop_iteration: true,
            limits,
            ..Plugin::default()
        };
        let environment = Environment {
            shared: Arc::new(Shared::default()),
            clock: Arc::new(Now),
            foreign: Arc::new(Native),
            upstreams: Arc::new(Nothing),
            logs: Arc::new(Nothing),
        };
        Self(Instance::start(&module, &plugin, &environment).unwrap())
    }

    /// The status of the answer; 200 if it goes on.
    fn status(&mut self, request: &RawRequest) -> u16 {
        let stream = self.0.open_stream(StreamFacts::default()).unwrap();
        let status = self.decided(stream, request);
        let status = status.unwrap_or_else(|error| panic!("{}: {error}", request.name));
        self.0.close_stream(stream).unwrap();
        self.0.take_effects();
        status.unwrap_or_else(|| panic!("{}: expected an answer, found none", request.name))
    }

    fn decided(&mut self, stream: StreamId, request: &RawRequest) -> Result<Option<u16>, SandboxError> {
        match self.0.on_request_headers(stream, head(request), request.body.is_empty())? {
            Verdict::Continue => return Ok(Some(200)),
            Verdict::Respond(response) => return Ok(Some(response.status)),
            Verdict::Pause => {}
        }
        match self.0.on_request_body(stream, Bytes::copy_from_slice(&request.body), true)? {
            BodyVerdict::Forward(_) => Ok(Some(200)),
            BodyVerdict::Respond(response) => Ok(Some(response.status)),
            BodyVerdict::Hold | BodyVerdict::TooLarge => Ok(None),
        }
    }
}

fn head(request: &RawRequest) -> HeaderMap {
    let pseudo = [
        (":method", &request.method),
        (":path", &request.target),
        (":scheme", &b"http".to_vec()),
        (":authority", &b"gateway.example".to_vec()),
    ];
    let pseudo = pseudo.map(|(name, value)| (Bytes::from(name), Bytes::copy_from_slice(value)));
    let copy = |bytes: &Vec<u8>| Bytes::copy_from_slice(bytes);
    let given = request.headers.iter().map(|(name, value)| (copy(name), copy(value)));
    pseudo.into_iter().chain(given).collect()
}

struct Now;

impl Clock for Now {
    fn unix_nanos(&self) -> u64 {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        u64::try_from(since.as_nanos()).unwrap()
    }
}

struct Nothing;

impl Upstreams for Nothing {
    fn is_known(&self, _name: &str) -> bool {
        false
    }
}

impl LogSink for Nothing {
    fn log(&self, _plugin: &str, _level: LogLevel, _message: &str) {}
}

#[test]
fn the_filter_refuses_every_hostile_request_and_stays_as_it_was() {
    let forger = Forger::new();
    let mut guest = Guest::start(&forger.trusted(read(DOCUMENT)).to_string());
    for seed in 1..=ROUNDS {
        for request in forger.requests(seed) {
            let status = guest.status(&request);
            assert!(
                request.expected.contains(&status),
                "{}: expected {:?}, found {status}",
                request.name,
                request.expected
            );
            assert_eq!(guest.status(&forger.good_one(&request)), 200, "a good token after {}", request.name);
            assert_eq!(guest.0.live_streams(), 0, "{}", request.name);
        }
    }
}

#[test]
fn the_gateway_refuses_every_hostile_request_with_the_instance_that_it_started_with() {
    let (forger, upstream) = (Forger::new(), Arc::new(Upstream::start()));
    let document = forger.trusted(read(DOCUMENT)).to_string();
    let gateway = Hosted::start(&upstream, &Setting { document, clock: None, engine: Engine::Any });
    let count = |name: &str| {
        let answer =
            wire::send(gateway.admin, &Request::get("/metrics", "admin"), ("x-marker", "none")).unwrap();
        let line = answer.body.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.map(str::to_owned).unwrap_or_else(|| panic!("expected {name} in\n{}", answer.body))
    };
    let instances = || [STARTED, LOST].map(count);
    until("there is a spare instance", || (count(SPARES) == "1").then_some(()));
    let before = instances();
    hostile::besiege(gateway.proxied.address, &upstream, &forger, 1);
    assert_eq!(instances(), before);
}

const STARTED: &str = "claimgate_filter_instances_started_total";

const LOST: &str = "claimgate_filter_instances_lost_total";

const SPARES: &str = "claimgate_filter_spares";

const DOCUMENT: &str = "examples/gateway/filter.json";

/// Each sends the guest about 20 MB, so that it could not keep what it is sent.
const ROUNDS: u64 = 8;

/// Bytes of memory that the filter may have.
const MEMORY: usize = 64 << 20;

/// More than the gateway gives: machines that run tests may be busy.
const DEADLINE: Duration = Duration::from_secs(5);
