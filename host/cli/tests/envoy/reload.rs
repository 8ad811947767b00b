//! A fault in the filter under `failure_policy: FAIL_RELOAD`, the policy of the example.

use crate::bodies::{form, with_bodies};
use crate::bootstrap;
use crate::module::{Changed, Instead};
use crate::process::Envoy;
use crate::scene::{APPROVED, PENDING, Scene, request};
use crate::support::table::Request;
use crate::support::wait::until;
use crate::support::wire;
use crate::upload::{Framing, Upload};
use serde_json::{Value, json};
use std::net::SocketAddr;

/// The example with a filter that panics where it is given trailers.
struct Faulty {
    scene: Scene,
    envoy: Envoy,
    gateway: SocketAddr,
}

impl Faulty {
    fn start(test: &str, module: &Changed, change: impl FnOnce(&mut Value)) -> Self {
        let scene = Scene::new();
        let mut bootstrap = with_bodies(&scene);
        assert_eq!(bootstrap::plugin(&mut bootstrap)["failure_policy"], "FAIL_RELOAD");
        bootstrap::set_module(&mut bootstrap, module.path());
        change(&mut bootstrap);
        let envoy = Envoy::start(test, &bootstrap);
        let gateway = envoy.listeners["gateway"];
        Self { scene, envoy, gateway }
    }

    fn status(&self, request: &Request) -> u16 {
        wire::send(self.gateway, request, ("x-marker", "none")).unwrap().status
    }

    fn approved(&self) -> u16 {
        self.status(&request("/orders", &self.scene.token(APPROVED)))
    }

    /// Without a token, with one that is none, and with one whose application waits for approval.
    fn others(&self) -> [u16; 3] {
        let pending = request("/orders", &self.scene.token(PENDING));
        [Request::get("/orders", "gateway.example"), request("/orders", "none"), pending]
            .map(|request| self.status(&request))
    }

    /// A request whose token is good and in its body.
    fn upload(&self, framing: Framing) -> Upload {
        form(framing, &self.scene.token(APPROVED))
    }

    fn upstream(&self) -> usize {
        self.scene.upstream.all().len()
    }

    fn reloads(&self, outcome: &str) -> u64 {
        self.envoy.count(&[&format!("wasm.claimgate.vm_reload_{outcome}")])
    }
}

/// A fault in one request while another one waits for its body: neither gets past.
fn break_down(faulty: &Faulty) {
    let waiting = faulty.upload(Framing::Length);
    let waiting = waiting.send_with_a_break(faulty.gateway, || {
        assert_eq!(faulty.upload(Framing::Http2WithTrailers).send(faulty.gateway), Some(503));
    });
    assert_eq!(waiting, Some(503));
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn after_a_fault_a_new_vm_decides_as_before_and_until_then_everything_is_refused() {
    let module = Changed::new("reload", &[("proxy_on_request_trailers", Instead::Panic)]);
    let faulty = Faulty::start("reload", &module, |_| {});
    for faults in 1..=3 {
        assert_eq!((faulty.approved(), faulty.others()), (200, [401, 401, 403]));
        let seen = faulty.upstream();
        break_down(&faulty);
        until("there is a new VM", || {
            for (status, usual) in faulty.others().into_iter().zip([401, 401, 403]) {
                assert!([503, usual].contains(&status), "expected 503 or {usual}, found {status}");
            }
            (faulty.approved() == 200).then_some(())
        });
        assert_eq!((faulty.reloads("success"), faulty.reloads("failure")), (faults, 0));
        // That told of the new VM.
        assert_eq!(faulty.upstream(), seen + 1);
    }
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn after_a_fault_everything_is_refused_while_the_backoff_lasts() {
    let module = Changed::new("backoff", &[("proxy_on_request_trailers", Instead::Panic)]);
    let faulty = Faulty::start("backoff", &module, |bootstrap| {
        bootstrap::plugin(bootstrap)["reload_config"]["backoff"]["base_interval"] = json!("300s");
    });
    break_down(&faulty);
    for _ in 0..10 {
        assert_eq!((faulty.approved(), faulty.others()), (503, [503; 3]));
    }
    assert_eq!((faulty.reloads("backoff"), faulty.reloads("success")), (40, 0));
    assert_eq!((faulty.envoy.attempts(), faulty.upstream()), (0, 0));
}
