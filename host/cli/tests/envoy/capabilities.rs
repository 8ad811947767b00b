//! `capability_restriction_config` in the examples: the functions that Envoy lets the filter import and export.
//!
//! Each is in the list for a reason, and the test takes it away to see that reason fail. To add one: a line here, one
//! in `examples/envoy/envoy.yaml`, and one in what `claimgate init` prints.

use crate::bodies::{form, with_bodies};
use crate::module::{self, Changed, Instead};
use crate::process::Envoy;
use crate::provider::{self, Asked};
use crate::pushed::Site;
use crate::scene::{APPROVED, PENDING, Scene, request};
use crate::support::provider::Provider;
use crate::support::run::Gate as _;
use crate::support::table::Request;
use crate::support::wait::until;
use crate::support::wire::{self, Answer};
use crate::upload::{Framing, Upload};
use crate::{bootstrap, init, secrets};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};

/// What a capability is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    /// Without it Envoy lets requests past the gate: it takes a callback that is not in the list for one that says
    /// Continue.
    Closed,
    Starts,
    /// A request is permitted or refused as it should be, with the filter's own answer.
    Decides,
    ReadsBodies,
    HasNativeSignatures,
    TellsTheClient,
    /// A session's cookie is told beside the upstream's own, and is good for the next request.
    KeepsSessions,
    Audits,
    Counts,
    ForgetsRequests,
    /// A panic's message is in the log.
    SaysWhyItPanicked,
}

const REASONS: [Reason; 11] = [
    Reason::Closed,
    Reason::Starts,
    Reason::Decides,
    Reason::ReadsBodies,
    Reason::HasNativeSignatures,
    Reason::TellsTheClient,
    Reason::KeepsSessions,
    Reason::Audits,
    Reason::Counts,
    Reason::ForgetsRequests,
    Reason::SaysWhyItPanicked,
];

/// The list of the examples, in its order.
const NEEDED: &[(&str, Reason)] = &[
    ("proxy_on_request_headers", Reason::Closed),
    ("proxy_on_request_body", Reason::Closed),
    ("proxy_on_request_trailers", Reason::Closed),
    ("proxy_on_context_create", Reason::Starts),
    ("proxy_on_configure", Reason::Decides),
    ("proxy_on_response_headers", Reason::TellsTheClient),
    ("proxy_on_log", Reason::Audits),
    ("proxy_on_delete", Reason::ForgetsRequests),
    ("proxy_get_buffer_bytes", Reason::Starts),
    ("proxy_set_buffer_bytes", Reason::ReadsBodies),
    ("proxy_get_header_map_pairs", Reason::Decides),
    ("proxy_replace_header_map_value", Reason::Decides),
    ("proxy_add_header_map_value", Reason::KeepsSessions),
    ("proxy_remove_header_map_value", Reason::Decides),
    ("proxy_send_local_response", Reason::Decides),
    ("proxy_get_property", Reason::Decides),
    ("proxy_get_current_time_nanoseconds", Reason::Decides),
    ("proxy_call_foreign_function", Reason::HasNativeSignatures),
    ("proxy_define_metric", Reason::Counts),
    ("proxy_increment_metric", Reason::Counts),
    ("proxy_log", Reason::Audits),
    ("random_get", Reason::Starts),
    ("environ_sizes_get", Reason::SaysWhyItPanicked),
    ("fd_write", Reason::SaysWhyItPanicked),
];

/// What the list of `examples/envoy/pushed.yaml` has beside those, for the filter and for the publisher.
const NEEDED_WHERE_STATE_IS_PUSHED: &[(&str, Pushing)] = &[
    ("proxy_get_shared_data", Pushing::Lands),
    ("proxy_set_shared_data", Pushing::Lands),
    ("proxy_set_tick_period_milliseconds", Pushing::Lands),
    ("proxy_on_tick", Pushing::Lands),
    ("proxy_http_call", Pushing::Lands),
    ("proxy_on_http_call_response", Pushing::Lands),
    ("proxy_set_effective_context", Pushing::Lands),
    ("proxy_get_metric", Pushing::IsRemembered),
];

/// What the list of `examples/envoy/provider.yaml` has beside those of `envoy.yaml`.
const NEEDED_WHERE_A_PROVIDER_IS_ASKED: &[(&str, Asking)] = &[
    ("proxy_http_call", Asking::Fetches),
    ("proxy_on_http_call_response", Asking::Fetches),
    ("proxy_set_effective_context", Asking::Fetches),
    ("proxy_continue_stream", Asking::Fetches),
    ("proxy_set_tick_period_milliseconds", Asking::LooksAhead),
    ("proxy_on_tick", Asking::LooksAhead),
    ("environ_get", Asking::KnowsSecrets),
    ("proxy_record_metric", Asking::TellsWhatRunsOut),
    ("proxy_get_shared_data", Asking::MeetsOtherWorkers),
    ("proxy_set_shared_data", Asking::MeetsOtherWorkers),
];

/// What a capability is there for where a provider is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asking {
    /// A request for which keys have to be fetched goes on with them.
    Fetches,
    /// Keys are fetched before a request needs them.
    LooksAhead,
    /// A secret may stand in a variable.
    KnowsSecrets,
    /// A gauge tells for how long a client's secret is good.
    TellsWhatRunsOut,
    /// Workers leave each other what a refresh token got.
    MeetsOtherWorkers,
}

/// What a capability is there for where state is pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pushing {
    /// What the feed says is what requests see.
    Lands,
    /// Shared data is read when it has changed, and not at each request.
    IsRemembered,
}

/// What the SDK and the standard library import or export, and nothing of the filter's needs.
const UNUSED: &[&str] = &[
    "proc_exit",
    "proxy_close_stream",
    "proxy_dequeue_shared_queue",
    "proxy_done",
    "proxy_enqueue_shared_queue",
    "proxy_get_header_map_value",
    "proxy_get_status",
    "proxy_grpc_call",
    "proxy_grpc_cancel",
    "proxy_grpc_close",
    "proxy_grpc_send",
    "proxy_grpc_stream",
    "proxy_on_done",
    "proxy_on_downstream_connection_close",
    "proxy_on_downstream_data",
    "proxy_on_foreign_function",
    "proxy_on_grpc_close",
    "proxy_on_grpc_receive",
    "proxy_on_grpc_receive_initial_metadata",
    "proxy_on_grpc_receive_trailing_metadata",
    "proxy_on_new_connection",
    "proxy_on_queue_ready",
    "proxy_on_response_body",
    "proxy_on_response_trailers",
    "proxy_on_upstream_connection_close",
    "proxy_on_upstream_data",
    "proxy_on_vm_start",
    "proxy_register_shared_queue",
    "proxy_resolve_shared_queue",
    "proxy_set_header_map_pairs",
    "proxy_set_property",
];

/// Exports that Envoy looks for whatever the list says.
const NO_CAPABILITY: [&str; 3] = ["_initialize", "proxy_abi_version_0_2_1", "proxy_on_memory_allocate"];

/// Takes an entry out of the list.
pub(crate) fn take_away(bootstrap: &mut Value, capability: &str) {
    let list = list(bootstrap).as_object_mut().unwrap();
    assert!(list.remove(capability).is_some(), "expected {capability} in the list, found {list:?}");
}

fn list(bootstrap: &mut Value) -> &mut Value {
    &mut bootstrap::plugin(bootstrap)["capability_restriction_config"]["allowed_capabilities"]
}

/// The example with every capability but perhaps one, or the log of an Envoy that does not start with it.
struct Trial {
    scene: Scene,
    envoy: Result<Envoy, String>,
    _module: Option<Changed>,
}

impl Trial {
    fn start(reason: Reason, without: Option<&str>) -> Self {
        let test = format!("capabilities-{}", without.unwrap_or("all"));
        let panicking = [("proxy_on_request_trailers", Instead::Panic)];
        let module = (reason == Reason::SaysWhyItPanicked).then(|| Changed::new(&test, &panicking));
        let scene = Scene::new();
        let mut bootstrap = with_bodies(&scene);
        bootstrap::edit(&mut bootstrap, |document| {
            let config = &mut document["services"][1]["plugins"][0]["config"];
            config["downstream_access_token_header"] = json!("x-token");
            config["auth_methods"] = json!(["session", "bearer"]);
            config["session_secret"] = json!("a secret of sessions, for tests alone");
        });
        if let Some(module) = &module {
            bootstrap::set_module(&mut bootstrap, module.path());
        }
        // What is held without an answer is to end soon.
        bootstrap::manager(&mut bootstrap)["stream_idle_timeout"] = json!("1s");
        if let Some(capability) = without {
            take_away(&mut bootstrap, capability);
        }
        let envoy = Envoy::try_start(&test, &bootstrap);
        Self { scene, envoy, _module: module }
    }

    /// Whether this is as it should be.
    fn holds(&self, reason: Reason) -> bool {
        let Ok(envoy) = &self.envoy else { return false };
        match reason {
            Reason::Starts => true,
            Reason::Closed => self.is_closed(envoy),
            Reason::Decides => self.decides(envoy),
            Reason::ReadsBodies => {
                let token = self.scene.token(APPROVED);
                forms(&token).iter().all(|form| form.send(gateway(envoy)) == Some(200))
            }
            Reason::HasNativeSignatures => {
                let line = envoy.log.line("claimgate: configured").unwrap();
                line.contains("its signature code used for: ES256")
            }
            Reason::TellsTheClient => self.permitted(envoy).header("x-token").is_some(),
            Reason::KeepsSessions => self.keeps_sessions(envoy),
            Reason::Audits => {
                let outcome = self.scene.gate(envoy).answer(&request("/orders", "none")).outcome;
                outcome.as_deref() == Some("MalformedToken")
            }
            Reason::Counts => {
                self.permitted(envoy);
                let stats = envoy.admin("/stats?filter=service.orders.outcome.permitted.reason.none");
                stats.trim_end().rsplit(' ').next().is_some_and(|count| !["", "0"].contains(&count))
            }
            Reason::ForgetsRequests => forgets_requests(envoy),
            Reason::SaysWhyItPanicked => {
                form(Framing::Http2WithTrailers, "nobody's").send(gateway(envoy));
                envoy.log.line("proxy_on_request_trailers failed");
                envoy.log.has("invalid token_id")
            }
        }
    }

    /// Whether nothing reaches the upstream without a token that is good for it. Nothing else must have been sent.
    fn is_closed(&self, envoy: &Envoy) -> bool {
        let pending = self.scene.token(PENDING);
        send(envoy, &Request::get("/orders", "gateway.example"));
        send(envoy, &request("/orders", "none"));
        send(envoy, &request("/orders", &pending));
        for form in forms("nobody's").iter().chain(&forms(&pending)) {
            form.send(gateway(envoy));
        }
        (envoy.attempts(), self.scene.upstream.all().len()) == (0, 0)
    }

    fn decides(&self, envoy: &Envoy) -> bool {
        let seen = self.scene.upstream.all().len();
        let permitted = self.permitted(envoy).status;
        let records = self.scene.upstream.all();
        let consumer = records.get(seen).and_then(|record| record.header("x-consumer-custom-id"));
        let refused = [request("/orders", &self.scene.token(PENDING)), request("/orders", "none")];
        let refused = refused.map(|request| send(envoy, &request).status);
        (permitted, consumer, refused) == (200, Some(APPROVED), [403, 401])
    }

    fn keeps_sessions(&self, envoy: &Envoy) -> bool {
        let set = self.permitted(envoy).header("set-cookie").map(ToOwned::to_owned);
        let Some(cookie) = set.as_deref().and_then(|line| line.split(';').next()) else { return false };
        let mut request = Request::get("/orders", "gateway.example");
        request.headers.push(("cookie".to_owned(), cookie.to_owned()));
        send(envoy, &request).status == 200
    }

    fn permitted(&self, envoy: &Envoy) -> Answer {
        let mut request = request("/orders", &self.scene.token(APPROVED));
        request.headers.push(("x-consumer-id".to_owned(), "forged".to_owned()));
        send(envoy, &request)
    }
}

/// A form whose decision comes with its body, and one whose decision comes with its trailers.
fn forms(token: &str) -> [Upload; 2] {
    [Framing::Length, Framing::Http2WithTrailers].map(|framing| form(framing, token))
}

fn gateway(envoy: &Envoy) -> SocketAddr {
    envoy.listeners["gateway"]
}

fn send(envoy: &Envoy, request: &Request) -> Answer {
    wire::send(gateway(envoy), request, ("x-marker", "none")).unwrap()
}

/// Whether memory stays about the same with many requests whose clients go away while the gate holds their heads.
fn forgets_requests(envoy: &Envoy) -> bool {
    let abandoned = || {
        let mut stream = TcpStream::connect(gateway(envoy)).unwrap();
        let filling = "x".repeat(HEAD);
        let head = format!(
            "POST /orders HTTP/1.1\r\nhost: gateway.example\r\nx-filling: {filling}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: 10\r\n\r\na"
        );
        stream.write_all(head.as_bytes()).unwrap();
    };
    let gone = || envoy.count(&["http.gateway.downstream_rq_rx_reset"]);
    let abandon = |batches: u64| {
        for _ in 0..batches {
            let before = gone();
            (0..BATCH).for_each(|_| abandoned());
            until("a batch is gone", || (gone() >= before + BATCH).then_some(()));
        }
    };
    // What is allocated once is allocated now.
    abandon(BATCHES / 4);
    let before = envoy.memory();
    abandon(BATCHES);
    let grown = envoy.memory().saturating_sub(before);
    grown < BATCHES * BATCH * HEAD as u64 / 2
}

#[test]
fn examples_and_printed_configs_allow_what_is_needed_and_nothing_else() {
    let needed: BTreeSet<&str> = NEEDED.iter().map(|(name, _)| *name).collect();
    for mut bootstrap in [Scene::new().bootstrap(), init::any()] {
        let list = list(&mut bootstrap).as_object().unwrap();
        assert_eq!(list.keys().map(|name| &**name).collect::<BTreeSet<_>>(), needed);
    }
}

#[test]
fn every_import_and_export_of_the_filter_is_needed_or_known_to_be_unused() {
    let (imports, exports) = module::functions();
    let pushed = NEEDED_WHERE_STATE_IS_PUSHED.iter().map(|(name, _)| *name);
    let asked = NEEDED_WHERE_A_PROVIDER_IS_ASKED.iter().map(|(name, _)| *name);
    let used: BTreeSet<&str> = NEEDED.iter().map(|(name, _)| *name).chain(pushed).chain(asked).collect();
    let others: Vec<&str> = UNUSED.iter().copied().chain(NO_CAPABILITY).collect();
    let names: BTreeSet<&str> = used.iter().copied().chain(others.iter().copied()).collect();
    assert_eq!(names.len(), used.len() + others.len(), "expected each name once");
    assert_eq!(names, imports.union(&exports).map(|name| &**name).collect());
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn with_the_list_everything_works() {
    let (panics, others): (Vec<Reason>, Vec<Reason>) =
        REASONS.into_iter().partition(|reason| *reason == Reason::SaysWhyItPanicked);
    for reasons in [others, panics] {
        let trial = Trial::start(reasons[0], None);
        let broken: Vec<Reason> = reasons.into_iter().filter(|reason| !trial.holds(*reason)).collect();
        assert_eq!(broken, []);
    }
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn without_any_one_of_the_list_its_reason_fails_and_the_gate_is_closed_but_for_the_callbacks_of_requests() {
    for (capability, reason) in NEEDED {
        let trial = Trial::start(*reason, Some(capability));
        let closed = trial.envoy.is_err() || trial.holds(Reason::Closed);
        assert_eq!(closed, *reason != Reason::Closed, "without {capability}: closed");
        assert!(*reason == Reason::Closed || !trial.holds(*reason), "without {capability}: {reason:?}");
    }
}

#[test]
fn the_example_with_a_publisher_allows_what_both_need_and_nothing_else() {
    let needed = NEEDED.iter().map(|(name, _)| *name);
    let needed: BTreeSet<&str> =
        needed.chain(NEEDED_WHERE_STATE_IS_PUSHED.iter().map(|(name, _)| *name)).collect();
    let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
    for list in bootstrap::lists(&mut bootstrap::pushed(nowhere, nowhere)) {
        let list = list.as_object().unwrap();
        assert_eq!(list.keys().map(|name| &**name).collect::<BTreeSet<_>>(), needed);
    }
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn without_any_one_of_those_for_pushed_state_it_does_not_land_or_is_not_remembered() {
    let all = NEEDED_WHERE_STATE_IS_PUSHED.iter().map(|(name, pushing)| (Some(*name), *pushing));
    for (without, pushing) in all.chain([(None, Pushing::Lands), (None, Pushing::IsRemembered)]) {
        assert_eq!(pushing.holds(without), without.is_none(), "without {without:?}");
    }
}

#[test]
fn the_example_and_printed_configs_with_a_provider_allow_what_it_takes_to_ask_it_and_nothing_else() {
    let needed = NEEDED.iter().map(|(name, _)| *name);
    let needed: BTreeSet<&str> =
        needed.chain(NEEDED_WHERE_A_PROVIDER_IS_ASKED.iter().map(|(name, _)| *name)).collect();
    let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
    let example = bootstrap::provider(nowhere, &Provider::start("capabilities-provider-list"));
    for mut bootstrap in [example, init::asking()] {
        let list = list(&mut bootstrap).as_object().unwrap();
        assert_eq!(list.keys().map(|name| &**name).collect::<BTreeSet<_>>(), needed);
    }
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn without_any_one_of_those_for_a_provider_its_reason_fails() {
    let all = NEEDED_WHERE_A_PROVIDER_IS_ASKED.iter().map(|(name, asking)| (Some(*name), *asking));
    let none = [
        Asking::Fetches,
        Asking::LooksAhead,
        Asking::KnowsSecrets,
        Asking::TellsWhatRunsOut,
        Asking::MeetsOtherWorkers,
    ];
    let none = none.map(|asking| (None, asking));
    for (without, asking) in all.chain(none) {
        assert_eq!(asking.holds(without), without.is_none(), "without {without:?}");
    }
}

impl Asking {
    fn holds(self, without: Option<&str>) -> bool {
        let site = Asked::try_start("capabilities-provider", |bootstrap| {
            if let Some(capability) = without {
                take_away(bootstrap, capability);
            }
            bootstrap::manager(bootstrap)["stream_idle_timeout"] = json!("1s");
            provider::eager(bootstrap, 0);
            match self {
                Self::KnowsSecrets => {
                    let variables = json!({ secrets::VARIABLE: secrets::SECRET });
                    secrets::refer(bootstrap, json!({ "key_values": variables }));
                }
                Self::TellsWhatRunsOut => secrets::expires(bootstrap, "billing", 12),
                Self::MeetsOtherWorkers => provider::keeps_sessions(bootstrap),
                Self::Fetches | Self::LooksAhead => {}
            }
        });
        let Ok(site) = site else { return false };
        match self {
            Self::Fetches => site.lets_go(),
            Self::LooksAhead => site.looks_ahead(),
            Self::KnowsSecrets => site.knows(secrets::SECRET),
            Self::TellsWhatRunsOut => site.tells_days_left("billing", 12),
            Self::MeetsOtherWorkers => site.meets_other_workers(),
        }
    }
}

impl Pushing {
    fn holds(self, without: Option<&str>) -> bool {
        let Ok(site) = Site::try_start("capabilities-pushed", |bootstrap| {
            for list in bootstrap::lists(bootstrap) {
                let list = list.as_object_mut().unwrap();
                assert!(without.is_none_or(|capability| list.remove(capability).is_some()));
            }
        }) else {
            return false;
        };
        match self {
            Self::Lands => site.lands(),
            Self::IsRemembered => !site.envoy.log.has("no counter claimgate_changes"),
        }
    }
}

const HEAD: usize = 50_000;

const BATCH: u64 = 10;

const BATCHES: u64 = 80;
