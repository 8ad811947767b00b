//! New configs for an Envoy that runs: those that the filter refuses change nothing, others are taken over.
//!
//! Envoy starts each new config on its main thread first and throws that instance away, whatever came of it.

use crate::bootstrap;
use crate::module::{Changed, Instead};
use crate::process::Envoy;
use crate::scene::{APPROVED, PENDING, Scene, request};
use crate::support::wait::until;
use crate::support::wire;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// How Envoy is told of a new config.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// The listener is sent anew.
    Listeners,
    /// The filter's config is sent alone.
    Extensions,
}

/// An Envoy whose config is a file in a directory that it watches.
pub(crate) struct Fed {
    scene: Scene,
    delivery: Delivery,
    directory: PathBuf,
    pub(crate) envoy: Envoy,
}

impl Fed {
    /// `test` names its files.
    pub(crate) fn start(test: &str, delivery: Delivery, first: impl FnOnce(&mut Value)) -> Self {
        let scene = Scene::new();
        let name = format!("{test}-{delivery:?}-{}", std::process::id());
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(&name);
        fs::create_dir_all(&directory).unwrap();
        let mut bootstrap = scene.bootstrap();
        first(&mut bootstrap);
        move_into(&directory, &resource(delivery, &mut bootstrap.clone()));
        let source = json!({ "path_config_source": {
            "path": directory.join(FILE),
            "watched_directory": { "path": directory },
        } });
        bootstrap["node"] = json!({ "id": "test", "cluster": "test" });
        match delivery {
            Delivery::Listeners => {
                bootstrap["static_resources"]["listeners"] = json!([]);
                bootstrap["dynamic_resources"] = json!({ "lds_config": source });
            }
            Delivery::Extensions => {
                bootstrap::manager(&mut bootstrap)["http_filters"][0] = json!({
                    "name": "claimgate",
                    "config_discovery": { "config_source": source, "type_urls": [WASM] },
                });
            }
        }
        let envoy = Envoy::start(&name, &bootstrap);
        Self { scene, delivery, directory, envoy }
    }

    /// Hands over the example with this change, and waits until Envoy has taken it or not: its count of `outcome`.
    pub(crate) fn feed(&self, change: impl FnOnce(&mut Value), outcome: &str) {
        let source = match self.delivery {
            Delivery::Listeners => "listener_manager.lds",
            Delivery::Extensions => "extension_config_discovery.http_filter.claimgate",
        };
        let counter = format!("{source}.{outcome}");
        let before = self.envoy.count(&[&counter]);
        let mut bootstrap = self.scene.bootstrap();
        change(&mut bootstrap);
        move_into(&self.directory, &resource(self.delivery, &mut bootstrap));
        until(&counter, || (self.envoy.count(&[&counter]) > before).then_some(()));
    }

    /// The statuses for the approved application, for the one that waits for approval, and for nobody.
    fn decisions(&self) -> [u16; 3] {
        let [approved, pending] = [APPROVED, PENDING].map(|application| self.scene.token(application));
        [&*approved, &*pending, "none"].map(|token| {
            let gateway = self.envoy.listeners["gateway"];
            wire::send(gateway, &request("/orders", token), ("x-marker", "none")).unwrap().status
        })
    }
}

impl Drop for Fed {
    fn drop(&mut self) {
        // It may be gone already.
        drop(fs::remove_dir_all(&self.directory));
    }
}

/// At once: whoever watches sees the old file or the new one.
fn move_into(directory: &Path, resource: &Value) {
    let beside = directory.with_extension("new");
    fs::write(&beside, json!({ "resources": [resource] }).to_string()).unwrap();
    fs::rename(&beside, directory.join(FILE)).unwrap();
}

fn resource(delivery: Delivery, bootstrap: &mut Value) -> Value {
    match delivery {
        Delivery::Listeners => {
            let mut listener = bootstrap["static_resources"]["listeners"][0].take();
            listener["@type"] = json!("type.googleapis.com/envoy.config.listener.v3.Listener");
            listener
        }
        Delivery::Extensions => {
            let mut extension = bootstrap::manager(bootstrap)["http_filters"][0].take();
            extension["@type"] = json!("type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig");
            extension
        }
    }
}

/// Approves the application that waits, and takes away the other's approval.
fn swap(bootstrap: &mut Value) {
    bootstrap::edit(bootstrap, |document| {
        for (application, status) in ["revoked", "approved"].into_iter().enumerate() {
            document["applications"][application]["registrations"][0]["status"] = json!(status);
        }
    });
}

/// What is done to a config, and a text that Envoy's log then has.
type Fault = (&'static str, fn(&mut Value), &'static str);

/// Configs that must not be taken.
const FAULTS: [Fault; 4] = [
    ("an unknown member", |bootstrap| bootstrap::edit(bootstrap, misspell), "certain: expected"),
    (
        "a text that is no document",
        |bootstrap| *bootstrap::document(bootstrap) = json!("{\"version\": 1,"),
        "claimgate: config: ",
    ),
    (
        "an issuer without keys",
        |bootstrap| bootstrap::edit(bootstrap, |document| document["sources"][0]["jwks"]["keys"] = json!([])),
        "sources[0]",
    ),
    (
        "a module that is not there",
        |bootstrap| bootstrap::set_module(bootstrap, Path::new("/nowhere/claimgate.wasm")),
        "/nowhere/claimgate.wasm",
    ),
];

/// Two faults in a document.
fn misspell(document: &mut Value) {
    document["certain"] = json!(true);
    document["services"][0]["plugins"][0]["config"]["audience_requierd"] = json!(["https://api.example"]);
}

/// Fails unless every fault is refused and nothing changes by it.
fn refuse_all(fed: &Fed, decisions: [u16; 3]) {
    for (name, change, said) in FAULTS {
        // If anything of it were taken over, it would show.
        fed.feed(|bootstrap| [swap, change].iter().for_each(|change| change(bootstrap)), "update_rejected");
        assert_eq!(fed.decisions(), decisions, "{delivery:?}, after {name}", delivery = fed.delivery);
        assert!(fed.envoy.log.line(said).is_some());
    }
    let panicking = Changed::new("panics-in-configure", &[("proxy_on_configure", Instead::Panic)]);
    fed.feed(|bootstrap| bootstrap::set_module(bootstrap, panicking.path()), "update_rejected");
    assert_eq!(fed.decisions(), decisions, "{:?}, after a panic", fed.delivery);
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn a_config_that_is_refused_changes_no_decision_and_the_next_good_one_decides_anew() {
    for delivery in [Delivery::Listeners, Delivery::Extensions] {
        let fed = Fed::start("update", delivery, |_| {});
        assert_eq!(fed.decisions(), [200, 403, 401], "{delivery:?}");
        refuse_all(&fed, [200, 403, 401]);
        fed.feed(swap, "update_success");
        // The workers take it over a moment later.
        until("the new config decides", || (fed.decisions() == [403, 200, 401]).then_some(()));
        refuse_all(&fed, [403, 200, 401]);
    }
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn where_the_first_config_is_refused_nothing_is_forwarded_until_a_good_one_comes() {
    let fed =
        Fed::start("first-update", Delivery::Listeners, |bootstrap| bootstrap::edit(bootstrap, misspell));
    assert!(fed.envoy.listeners.is_empty());
    let fed =
        Fed::start("first-update", Delivery::Extensions, |bootstrap| bootstrap::edit(bootstrap, misspell));
    assert_eq!(fed.decisions(), [500, 500, 500]);
    assert_eq!(fed.envoy.attempts(), 0);
    fed.feed(|_| {}, "update_success");
    until("the good config decides", || (fed.decisions() == [200, 403, 401]).then_some(()));
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn envoy_does_not_start_with_a_config_that_is_refused_and_its_log_names_every_fault() {
    let mut bootstrap = Scene::new().bootstrap();
    bootstrap::edit(&mut bootstrap, misspell);
    let Err(log) = Envoy::try_start("refused", &bootstrap) else { panic!("expected Envoy not to start") };
    let faults: Vec<&str> = log
        .lines()
        .filter_map(|line| line.split_once("claimgate: config: "))
        .map(|(_, fault)| fault)
        .collect();
    for fault in ["certain", "services[0].plugins[0].config.audience_requierd"] {
        assert!(faults.iter().any(|line| line.contains(fault)), "expected {fault} in\n{log}");
    }
}

const FILE: &str = "config.json";

const WASM: &str = "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm";
