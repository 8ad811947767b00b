//! `claimgate run --push`, and `token inspect --push`: the binary as a user starts it, with the filter as it ships.

use crate::process::{Serving, claimgate};
use crate::pushed::document;
use crate::support::registry::{self, Issuer, application};
use crate::support::table::Request;
use crate::support::upstream::Upstream;
use crate::support::{wasm, wire};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

/// Files of a test's own, and an upstream.
struct Scene {
    directory: PathBuf,
    _upstream: Upstream,
    gateway: String,
}

impl Scene {
    /// `document` is the filter's.
    fn new(test: &str, document: &str) -> Self {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let upstream = Upstream::start();
        let config = json!({
            "listen": ["127.0.0.1:0"],
            "services": [{ "name": "echo", "url": format!("http://{}", upstream.address),
                           "routes": [{ "name": "all", "paths": ["/"], "strip_path": false }] }],
            "filters": [{ "name": "claimgate", "wasm": wasm::path(), "configuration": document }],
        });
        let mut scene = Self { directory, _upstream: upstream, gateway: String::new() };
        scene.gateway = scene.file("gateway.yaml", &config.to_string());
        scene
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.directory.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.directory));
    }
}

#[test]
fn what_is_pushed_changes_without_a_reload_and_a_page_with_errors_changes_nothing() {
    let (scene, issuer) = (Scene::new("run-push", &document()), Issuer::new("demo"));
    let page = |status| {
        let more = json!({ "keys": issuer.keys(), "complete": true });
        registry::page("none", &[application("web", status)], &more)
    };
    let callers = scene.file("callers.json", &page("approved"));
    let mut running = Serving::start(["run", "--config", &scene.gateway, "--push", &callers]);
    running.line_with("pushed 3 names and key sets");
    let address = running.address();
    let request = Request { target: "/anything".to_owned(), ..issuer.request("web") };
    let status = || wire::send(address, &request, ("x-marker", "none")).unwrap().status;
    assert_eq!(status(), 200);
    scene.file("callers.json", "{");
    running.line_with("nothing pushed, what counts stays");
    assert_eq!(status(), 200);
    scene.file("callers.json", &page("revoked"));
    running.line_with("pushed 3 names and key sets");
    assert_eq!(status(), 403);
    running.signal("HUP");
    running.line_with("pushed 3 names and key sets");
    assert_eq!(status(), 403);
    running.signal("TERM");
    assert_eq!(running.wait(), Some(0));
}

#[test]
fn inspect_reads_the_same_pages() {
    let (scene, issuer) = (Scene::new("inspect-push", &document()), Issuer::new("demo"));
    let more = json!({ "keys": issuer.keys(), "complete": true });
    let applications = [application("web", "approved"), application("batch", "pending")];
    let callers = scene.file("callers.json", &registry::page("none", &applications, &more));
    let inspect = |more: &[&str], caller: &str| {
        // It shows the claims of a token to whoever has it.
        let (url, token) = ("http://api.example/anything", issuer.sign(&registry::claims(caller)));
        let arguments = ["token", "inspect", "--config", &scene.gateway, "--url", url, &token];
        claimgate([&arguments[..], more].concat())
    };
    let permitted = inspect(&["--push", &callers], "web");
    assert_eq!(permitted.code, Some(0), "{}{}", permitted.stdout, permitted.stderr);
    let pending = inspect(&["--push", &callers], "batch");
    assert_eq!(pending.code, Some(1));
    assert!(pending.stdout.contains("ApplicationPending"), "{}", pending.stdout);
    let unknown = inspect(&[], "web");
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.stdout.contains("give inspect the pages of the feed with --push"), "{}", unknown.stdout);
}

#[test]
fn a_push_that_cannot_be_is_explained() {
    let plain = fs::read_to_string(crate::support::file::repository().join("examples/gateway/filter.json"));
    let without_state = Scene::new("run-push-state", &plain.unwrap());
    let scene = Scene::new("run-push-pages", &document());
    let circle = scene.file("circle.json", &registry::page("circle.json", &[], &json!({})));
    let broken = scene.file("broken.json", r#"{"version":1,"next":"x","aplications":[]}"#);
    for (gateway, callers, expected) in [
        (&without_state.gateway, &circle, "--push: expected state in the filter's document, found none"),
        (&scene.gateway, &circle, "expected a page that was not read before; one page must say complete"),
        (&scene.gateway, &broken, "broken.json: aplications: expected a known member, found an unknown one"),
        (&scene.gateway, &format!("{circle}.none"), "circle.json.none: No such file or directory"),
    ] {
        let refused = claimgate(["run", "--config", gateway, "--push", callers]);
        assert_eq!(refused.code, Some(64));
        assert!(refused.stderr.contains(expected), "{}", refused.stderr);
    }
}
