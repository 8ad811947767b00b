//! `claimgate run`.

use crate::directory::Directory;
use crate::http::get;
use crate::process::{Serving, claimgate};
use std::fs;
use std::net::SocketAddr;

/// An echo, and a gateway's file that leads to a path of it.
struct Scene {
    directory: Directory,
    echo: Serving,
    upstream: SocketAddr,
}

impl Scene {
    fn new(test: &str) -> Self {
        let mut echo = Serving::start(["echo", "--listen", "127.0.0.1:0"]);
        let upstream = echo.address();
        let scene = Self { directory: Directory::of(test), echo, upstream };
        scene.lead_to("/anything/one");
        scene
    }

    fn lead_to(&self, path: &str) -> String {
        self.write(&format!(
            "listen: [127.0.0.1:0]
services:
  - {{name: echo, url: 'http://{}{path}', routes: [{{name: all, paths: [/]}}]}}
",
            self.upstream
        ))
    }

    fn write(&self, text: &str) -> String {
        self.directory.file("gateway.yaml", text)
    }

    fn run(&self, more: &[&str]) -> (Serving, SocketAddr) {
        let file = self.directory.path("gateway.yaml");
        let mut running = Serving::start([&["run", "--config", &file], more].concat());
        let address = running.address();
        (running, address)
    }
}

fn path_seen(gateway: SocketAddr) -> String {
    let url = get(gateway, "/x", &[]).json()["url"].as_str().unwrap().to_owned();
    url.split_once("/anything").unwrap().1.to_owned()
}

#[test]
fn serves_until_sigterm() {
    let scene = Scene::new("run-serve");
    let (mut running, address) = scene.run(&["--admin-listen", "127.0.0.1:0"]);
    let admin = running.line_with("admin on http://");
    let admin = admin.trim().rsplit('/').next().unwrap().parse().unwrap();
    assert_eq!(path_seen(address), "/one/x");
    assert_eq!(get(admin, "/readyz", &[]).status, 200);
    running.signal("TERM");
    assert_eq!(running.wait(), Some(0));
    drop(scene.echo);
}

#[test]
fn sighup_puts_a_good_config_in_force_and_refuses_a_bad_one() {
    let scene = Scene::new("run-reload");
    let (mut running, address) = scene.run(&[]);
    scene.write("services: 1\nnosuch: 2\n");
    running.signal("HUP");
    let errors = [(); 2].map(|()| running.line_with("the one in force stays")).concat();
    assert!(errors.contains("services: ") && errors.contains("\"nosuch\""), "{errors}");
    assert_eq!(path_seen(address), "/one/x");
    scene.lead_to("/anything/two");
    running.signal("HUP");
    running.line_with("reloaded");
    assert_eq!(path_seen(address), "/two/x");
}

#[test]
fn a_watched_file_is_read_again() {
    let scene = Scene::new("run-watch");
    let (mut running, address) = scene.run(&["--watch"]);
    scene.lead_to("/anything/changed");
    running.line_with("reloaded");
    assert_eq!(path_seen(address), "/changed/x");
}

#[test]
fn a_taken_port_is_named_with_the_option_that_moves_it() {
    let scene = Scene::new("run-taken");
    let (_running, address) = scene.run(&[]);
    let (file, taken) = (scene.directory.path("gateway.yaml"), address.to_string());
    for option in ["--listen", "--admin-listen"] {
        let refused = claimgate(["run", "--config", &file, option, &taken]);
        assert_eq!(refused.code, Some(1), "{option}");
        let expected = format!("{taken} is taken by another program; choose another address with {option}\n");
        assert!(refused.stderr.contains(&expected), "{}", refused.stderr);
    }
}

#[test]
fn a_bad_config_is_refused_with_every_error() {
    let directory = Directory::of("run-bad");
    let file = directory.file("gateway.yaml", "listen: [nowhere]\nnosuch: 1\n");
    let refused = claimgate(["run", "--config", &file]);
    assert_eq!(refused.code, Some(64));
    for place in ["listen[0]", "nosuch"] {
        assert!(refused.stderr.contains(place), "{}", refused.stderr);
    }
}

#[test]
fn a_filter_that_refuses_its_document_is_explained_by_that_document() {
    let directory = Directory::of("run-document");
    fs::write(directory.path("refuse.wasm"), wat::parse_str(REFUSES).unwrap()).unwrap();
    let write = |configuration: &str| {
        let text = format!(
            "listen: [127.0.0.1:0]
services: [{{name: s, url: 'http://127.0.0.1:9', routes: [{{name: all, paths: [/]}}]}}]
filters: [{{name: gate, wasm: refuse.wasm, configuration: {configuration}}}]
"
        );
        directory.file("gateway.yaml", &text)
    };
    let refused = claimgate(["run", "--config", &write("{version: 2, services: []}")]);
    assert_eq!(refused.code, Some(64));
    assert!(refused.stderr.contains("version: expected 1"), "{}", refused.stderr);
    let refused = claimgate(["run", "--config", &write("of another kind")]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("filter gate"), "{}", refused.stderr);
}

#[test]
fn logs_can_be_json() {
    let scene = Scene::new("run-json");
    let file = scene.directory.path("gateway.yaml");
    let mut running = Serving::start(["run", "--config", &file, "--json-logs"]);
    let line = running.line_with("listening on http://");
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["level"], "INFO");
}

/// A filter that refuses whatever it is configured with.
const REFUSES: &str = r#"(module
  (memory (export "memory") 1)
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "proxy_on_memory_allocate") (param i32) (result i32) (i32.const 1024))
  (func (export "proxy_on_context_create") (param i32 i32))
  (func (export "proxy_on_configure") (param i32 i32) (result i32) (i32.const 0)))"#;

#[test]
fn runs_an_identity_provider_beside_the_gateway() {
    let scene = Scene::new("run-idp");
    let file = scene.directory.path("gateway.yaml");
    let mut running = Serving::start(["run", "--config", &file, "--idp", "--idp-listen", "127.0.0.1:0"]);
    running.line_with("never for production");
    let (provider, gateway) = (running.address(), running.address());
    let document = get(provider, "/shop/.well-known/openid-configuration", &[]).json();
    assert_eq!(document["issuer"], format!("http://{provider}/shop"));
    assert_eq!(path_seen(gateway), "/one/x");
    running.signal("TERM");
    assert_eq!(running.wait(), Some(0));
}

#[test]
fn an_identity_provider_that_cannot_be_stops_the_start() {
    let scene = Scene::new("run-no-idp");
    let file = scene.directory.path("gateway.yaml");
    let idp = scene.directory.file("idp.yaml", "realms: []");
    for (more, expected) in [
        (&["--idp", &*idp][..], "at least one realm"),
        (&["--idp", "--idp-listen", "0.0.0.0:0"], "allow_remote"),
        (&["--idp-listen", "127.0.0.1:0"], "--idp"),
    ] {
        let refused = claimgate([&["run", "--config", &file], more].concat());
        assert_eq!(refused.code, Some(64), "{more:?}");
        assert!(refused.stderr.contains(expected), "{more:?}: {}", refused.stderr);
    }
}
