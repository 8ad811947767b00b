//! Envoy with `allow_on_headers_stop_iteration`, where a callback for a body or for trailers that says Continue
//! would release a request that is held in its head.

use crate::module::{Changed, Instead};
use crate::process::Envoy;
use crate::scene::{APPROVED, Scene};
use crate::support::table::Request;
use crate::support::wait::until;
use crate::support::wire;
use crate::upload::{FRAMINGS, Framing, Upload};
use crate::{bootstrap, capabilities};
use serde_json::{Value, json};
use std::net::SocketAddr;

/// The example, where a token may be in the body as well.
pub(crate) fn with_bodies(scene: &Scene) -> Value {
    let mut bootstrap = scene.bootstrap();
    bootstrap::edit(&mut bootstrap, |document| {
        document["body_tokens"] = json!(true);
        for service in 0..2 {
            let config = &mut document["services"][service]["plugins"][0]["config"];
            config["bearer_token_param_type"] = json!(["header", "body"]);
        }
    });
    bootstrap::plugin(&mut bootstrap)["allow_on_headers_stop_iteration"] = json!(true);
    bootstrap::manager(&mut bootstrap)["http_protocol_options"] = json!({ "enable_trailers": true });
    bootstrap
}

/// A form with this token, in two parts.
pub(crate) fn form(framing: Framing, token: &str) -> Upload {
    let (first, rest) = token.split_at(token.len() / 2);
    let body = [format!("access_token={first}"), rest.to_owned()];
    let headers = vec![("content-type", "application/x-www-form-urlencoded".to_owned())];
    Upload { framing, target: "/orders", headers, body }
}

/// What is refused at its head, with this body to follow.
fn refused(framing: Framing, body: [&str; 2]) -> Upload {
    let headers = vec![("authorization", "Bearer none".to_owned())];
    Upload { framing, target: "/orders", headers, body: body.map(str::to_owned) }
}

/// An upload in each framing, told by `make`.
fn framed(make: impl Fn(Framing) -> Upload) -> Vec<Upload> {
    FRAMINGS.into_iter().map(make).collect()
}

struct Run {
    scene: Scene,
    envoy: Envoy,
    gateway: SocketAddr,
}

impl Run {
    fn start(test: &str, change: impl FnOnce(&mut Value)) -> Self {
        let scene = Scene::new();
        let mut bootstrap = with_bodies(&scene);
        change(&mut bootstrap);
        let envoy = Envoy::start(test, &bootstrap);
        let gateway = envoy.listeners["gateway"];
        Self { scene, envoy, gateway }
    }

    /// Sends an upload with a break, in which Envoy reads what there is, and after which `look` is called.
    fn send(&self, upload: &Upload, look: impl FnOnce()) -> Option<u16> {
        let received = || self.envoy.count(&["http.gateway.downstream_cx_rx_bytes_total"]);
        let before = received();
        upload.send_with_a_break(self.gateway, || {
            until("Envoy has read the first part", || (received() > before).then_some(()));
            look();
        })
    }

    /// Returns when Envoy's worker, of which there is one, is through with everything that it has read.
    fn settle(&self) {
        let request = Request::get("/other", "gateway.example");
        wire::send(self.gateway, &request, ("x-marker", "none")).unwrap();
    }

    /// What Envoy says that it has sent upstream, and what was seen there.
    fn upstream(&self) -> (u64, usize) {
        (self.envoy.attempts(), self.scene.upstream.all().len())
    }
}

/// Envoy answers this filter's wish for a local response with an error; the stream ends soon all the same.
fn take_no_answers(bootstrap: &mut Value) {
    capabilities::take_away(bootstrap, "proxy_send_local_response");
    bootstrap::manager(bootstrap)["stream_idle_timeout"] = json!("1s");
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn what_is_refused_at_its_head_never_reaches_the_upstream_whatever_body_follows() {
    let run = Run::start("refused-head", |_| {});
    let bodies = [["a=1", ""], ["a=1", "&b=2"], [&"x".repeat(20_000), &"y".repeat(200_000)]];
    for body in bodies {
        for upload in framed(|framing| refused(framing, body)) {
            assert_eq!(upload.send(run.gateway), Some(401), "{upload:?}, at once");
            assert_eq!(run.send(&upload, || {}), Some(401), "{upload:?}, with a break");
        }
    }
    assert_eq!(run.upstream(), (0, 0));
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn what_is_refused_is_held_where_envoy_takes_no_answer() {
    let run = Run::start("no-answer", take_no_answers);
    for upload in framed(|framing| refused(framing, ["a=1", "&b=2"])) {
        assert_eq!(upload.send(run.gateway), Some(504), "{upload:?}, at once");
        assert_eq!(run.send(&upload, || {}), Some(504), "{upload:?}, with a break");
    }
    assert_eq!(run.upstream(), (0, 0));
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn what_waits_for_its_body_reaches_the_upstream_after_the_decision_or_never() {
    let run = Run::start("waits", |_| {});
    let token = run.scene.token(APPROVED);
    for upload in framed(|framing| form(framing, "nobody's")) {
        assert_eq!(run.send(&upload, || run.settle()), Some(401), "{upload:?}");
    }
    assert_eq!(run.upstream(), (0, 0));
    for upload in framed(|framing| form(framing, &token)) {
        let (before, seen) = run.upstream();
        let undecided = || {
            run.settle();
            assert_eq!(run.envoy.attempts(), before, "{:?}, without its last part", upload.framing);
        };
        assert_eq!(run.send(&upload, undecided), Some(200), "{:?}", upload.framing);
        assert_eq!(run.scene.upstream.all().len(), seen + 1, "{:?}", upload.framing);
    }
}

/// Without this the tests above could not fail.
#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn all_of_it_would_be_at_the_upstream_if_the_filter_said_continue_to_bodies() {
    let callbacks =
        [("proxy_on_request_body", Instead::Continue), ("proxy_on_request_trailers", Instead::Continue)];
    let module = Changed::new("continues", &callbacks);
    let run = Run::start("continues", |bootstrap| {
        bootstrap::set_module(bootstrap, module.path());
        take_no_answers(bootstrap);
    });
    let uploads = framed(|framing| refused(framing, ["a=1", "&b=2"])).into_iter();
    for upload in uploads.chain(framed(|framing| form(framing, "nobody's"))) {
        let (before, seen) = run.upstream();
        let undecided = || {
            until("it goes on without its last part", || (run.envoy.attempts() > before).then_some(()));
        };
        assert_eq!(run.send(&upload, undecided), Some(200), "{upload:?}");
        assert_eq!(run.scene.upstream.all().len(), seen + 1, "{upload:?}");
    }
}
