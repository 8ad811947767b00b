//! A secret that changes while `claimgate run --watch` serves: what it counts for, and what it must not disturb.

use crate::process::Serving;
use crate::support::table::Request;
use crate::support::upstream::Upstream;
use crate::support::wait::until;
use crate::support::{wasm, wire};
use serde_json::{Value, json};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};

/// A gateway that introspects tokens as a client whose secret stands in a file, and its provider.
struct Scene {
    directory: PathBuf,
    _upstream: Upstream,
    _idp: Serving,
    running: Serving,
    gateway: SocketAddr,
    admin: SocketAddr,
    token: String,
}

impl Scene {
    fn new(test: &str, secret: &str) -> Self {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let (upstream, mut idp) = (Upstream::start(), Serving::start(["idp", "--listen", "127.0.0.1:0"]));
        let provider = idp.address();
        fs::write(directory.join(SECRET), secret).unwrap();
        fs::write(directory.join("gateway.json"), config(upstream.address, provider).to_string()).unwrap();
        let file = directory.join("gateway.json");
        let arguments =
            ["run", "--config", file.to_str().unwrap(), "--watch", "--admin-listen", "127.0.0.1:0"];
        let mut running = Serving::start(arguments);
        let gateway = running.address();
        let admin = running.line_with("admin on http://").trim().rsplit('/').next().unwrap().parse().unwrap();
        let token = opaque_token(provider);
        Self { directory, _upstream: upstream, _idp: idp, running, gateway, admin, token }
    }

    /// Puts another secret into the file, and waits until the gateway has it.
    fn change(&mut self, secret: &str) {
        fs::write(self.directory.join(SECRET), secret).unwrap();
        self.running.line_with("reloaded");
    }

    fn status(&self) -> u16 {
        let mut request = Request::get("/anything", "gateway.example");
        request.headers.push(("authorization".to_owned(), format!("Bearer {}", self.token)));
        wire::send(self.gateway, &request, ("x-marker", "none")).unwrap().status
    }

    /// How many requests were permitted.
    fn permitted(&self) -> u64 {
        let metrics = Request::get("/metrics", "admin");
        let metrics = wire::send(self.admin, &metrics, ("x-marker", "none")).unwrap().body;
        let line = metrics.lines().find(|line| !line.starts_with('#') && line.contains("outcome_permitted"));
        line.map_or(0, |line| line.rsplit_once(' ').unwrap().1.parse().unwrap())
    }

    /// A request that was permitted, and whose body is not all there yet.
    fn in_flight(&self) -> TcpStream {
        let (before, token) = (self.permitted(), &self.token);
        let mut stream = TcpStream::connect(self.gateway).unwrap();
        let head = format!(
            "POST /anything HTTP/1.1\r\nhost: gateway.example\r\nauthorization: Bearer {token}\r\n\
             connection: close\r\ncontent-length: 8\r\n\r\nhalf"
        );
        stream.write_all(head.as_bytes()).unwrap();
        until("the request is permitted", || (self.permitted() > before).then_some(()));
        stream
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.directory));
    }
}

fn config(upstream: SocketAddr, provider: SocketAddr) -> Value {
    let openid_connect = json!({
        "issuer": format!("http://{provider}/shop"), "auth_methods": ["introspection"],
        "client_id": ["billing"], "client_secret": [format!("{{file:{SECRET}}}")], "consumer_optional": true,
    });
    let plugins = json!([{ "name": "openid-connect", "config": openid_connect }]);
    json!({
        "listen": ["127.0.0.1:0"],
        "services": [{ "name": "echo", "url": format!("http://{upstream}"),
                       "routes": [{ "name": "all", "paths": ["/"], "strip_path": false }] }],
        "filters": [{ "name": "claimgate", "wasm": wasm::path(), "configuration": {
            "version": 1, "services": [{ "name": "orders", "plugins": plugins }],
        } }],
    })
}

/// One that the provider alone knows anything of.
fn opaque_token(provider: SocketAddr) -> String {
    let mut request = Request::get("/shop/token", &provider.to_string());
    request.method = "POST".to_owned();
    request.headers.push(("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
    request.body =
        format!("grant_type=client_credentials&client_id=billing&client_secret={GOOD}&scope=stock:read");
    let answer = wire::send(provider, &request, ("x-marker", "none")).unwrap().body;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    answer["access_token"].as_str().unwrap_or_else(|| panic!("expected a token, found {answer}")).to_owned()
}

#[test]
fn it_counts_at_once_also_for_what_was_answered_before_and_no_request_is_dropped() {
    let mut scene = Scene::new("secrets-run", "not-it");
    assert_eq!(scene.status(), 500, "the provider does not know the gateway");
    scene.change(GOOD);
    assert_eq!([scene.status(), scene.status()], [200, 200]);
    let mut in_flight = scene.in_flight();
    scene.change("not-it-any-more");
    assert_eq!(
        scene.status(),
        500,
        "what the provider said to the client with the old secret counts no more"
    );
    in_flight.write_all(b"done").unwrap();
    let mut answer = String::new();
    in_flight.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("halfdone"), "{answer}");
}

/// The secret of the provider's client, which is published.
const GOOD: &str = "billing-secret";

/// The file that the config refers to.
const SECRET: &str = "client-secret";
