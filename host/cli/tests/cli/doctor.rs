//! `claimgate doctor`, against identity providers of this machine.

use crate::authority::Authority;
use crate::directory::Directory;
use crate::port::Held;
use crate::process::{Finished, claimgate, claimgate_given};
use crate::traces;
use chrono::Datelike as _;
use claimgate::mint::{Signer, SigningAlgorithm};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

/// Path and body of each answer, and a header line that it has.
type Answers = Arc<dyn Fn(&str) -> Option<(String, String)> + Send + Sync>;

/// A server for one request on each connection; it ends with the test.
fn serve(tls: Option<Arc<ServerConfig>>, answers: Answers) -> SocketAddr {
    accept(move |stream| match &tls {
        None => answer(stream, &answers),
        Some(tls) => {
            let connection = ServerConnection::new(Arc::clone(tls)).unwrap();
            answer(StreamOwned::new(connection, stream), &answers);
        }
    })
}

fn accept(each: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let each = Arc::new(each);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let each = Arc::clone(&each);
            thread::spawn(move || each(stream));
        }
    });
    address
}

/// A client that does not believe the certificate sends no request.
fn answer(mut stream: impl Read + Write, answers: &Answers) {
    let Some(head) = read_head(&mut stream) else { return };
    let (status, (line, body)) = match answers(head.split(' ').nth(1).unwrap()) {
        Some(answer) => ("200 OK", answer),
        None => ("404 Not Found", ("x: y".to_owned(), String::new())),
    };
    let head = format!("HTTP/1.1 {status}\r\n{line}\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all([head.as_bytes(), body.as_bytes()].concat().as_slice()).unwrap();
    stream.flush().unwrap();
}

fn read_head(stream: &mut impl Read) -> Option<String> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.extend(byte);
    }
    String::from_utf8(head).ok()
}

/// What an identity provider is like.
struct Provider {
    /// Where it says that it is, but for the port.
    origin: &'static str,
    /// Put behind the issuer that it is asked for.
    issuer_more: &'static str,
    date: String,
    keys: Value,
    /// Whose the keys are that it names; its own, if nobody's.
    keys_of: Option<String>,
}

impl Default for Provider {
    fn default() -> Self {
        let key = Signer::generate(SigningAlgorithm::Es256, "k1").unwrap().public_jwk().unwrap();
        let date = format!("date: {}", now());
        Self { origin: "https://localhost", issuer_more: "", date, keys: json!([key]), keys_of: None }
    }
}

/// As a server writes it (RFC 9110 5.6.7).
fn now() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let now = chrono::DateTime::from_timestamp(now.try_into().unwrap(), 0).unwrap();
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = months[usize::try_from(now.month0()).unwrap()];
    format!("{}, {:02} {month} {} {} GMT", now.weekday(), now.day(), now.year(), now.time())
}

impl Provider {
    /// The issuer's URL.
    fn start(self, tls: Option<Arc<ServerConfig>>) -> String {
        let listener = Arc::new(std::sync::OnceLock::new());
        let known = Arc::clone(&listener);
        let Self { origin, issuer_more, date, keys, keys_of } = self;
        let answers: Answers = Arc::new(move |path| {
            let issuer: &String = known.wait();
            let body = match path {
                "/tenant/.well-known/openid-configuration" => json!({
                    "issuer": format!("{issuer}{issuer_more}"), "jwks_uri": format!("{}/keys", keys_of.as_ref().unwrap_or(issuer)),
                    "id_token_signing_alg_values_supported": ["ES256"], "response_types_supported": ["code"],
                    "grant_types_supported": ["client_credentials"], "code_challenge_methods_supported": ["S256"],
                }),
                "/tenant/keys" => json!({"keys": keys}),
                _ => return None,
            };
            Some((date.clone(), body.to_string()))
        });
        let port = serve(tls, answers).port();
        listener.set(format!("{origin}:{port}/tenant")).unwrap();
        format!("{origin}:{port}/tenant")
    }
}

struct Scene {
    directory: Directory,
    authority: Authority,
    ca: String,
}

impl Scene {
    fn new(test: &str) -> Self {
        let (directory, authority) = (Directory::of(test), Authority::new());
        let ca = directory.file("ca.pem", authority.pem());
        Self { directory, authority, ca }
    }

    fn secure(&self, provider: Provider) -> String {
        provider.start(Some(self.authority.server("localhost")))
    }

    fn examine(&self, issuer: &str, more: &[&str]) -> Finished {
        claimgate([&["doctor", "--issuer", issuer, "--ca", &self.ca], more].concat())
    }

    /// The state of a check, and what was found and advised.
    fn finding(&self, issuer: &str, name: &str) -> (Option<i32>, String) {
        let finished = self.examine(issuer, &["--json"]);
        let report: Value = serde_json::from_str(&finished.stdout).unwrap();
        let checks = report["checks"].as_array().unwrap();
        let check = checks.iter().rfind(|check| check["check"] == name);
        let check = check.unwrap_or_else(|| panic!("no check of {name}: {report:#}"));
        assert_eq!(report["ok"], json!(finished.code == Some(0)));
        let advice = check["advice"].as_str().unwrap_or_default();
        (
            finished.code,
            format!("{}: {}; {advice}", check["state"].as_str().unwrap(), check["found"].as_str().unwrap()),
        )
    }
}

#[test]
fn a_good_provider_is_shown_step_by_step_with_what_to_configure() {
    let scene = Scene::new("doctor-good");
    let issuer = scene.secure(Provider::default());
    for asked in [issuer.clone(), format!("{issuer}/.well-known/openid-configuration")] {
        let finished = scene.examine(&asked, &[]);
        assert_eq!(finished.code, Some(0), "{finished:?}");
        let names = [
            "name",
            "connection",
            "certificate",
            "discovery",
            "issuer",
            "algorithms",
            "grants",
            "responses",
            "PKCE",
            "clock",
            "keys",
        ];
        let shown: Vec<_> = finished
            .stdout
            .lines()
            .filter_map(|line| line.strip_prefix("ok       ")?.split(' ').next())
            .collect();
        assert_eq!(shown, names, "{}", finished.stdout);
        assert!(finished.stdout.contains("the first of a chain of 1; it expires in "), "{}", finished.stdout);
        assert!(finished.stdout.contains(&format!("\"issuer\": \"{issuer}\"")), "{}", finished.stdout);
        assert!(finished.stdout.ends_with("all that is needed is good\n"), "{}", finished.stdout);
    }
}

#[test]
fn what_is_printed_as_json_is_taken_by_check() {
    let scene = Scene::new("doctor-json");
    let issuer = scene.secure(Provider::default());
    let report: Value = serde_json::from_str(&scene.examine(&issuer, &["--json"]).stdout).unwrap();
    assert_eq!((&report["ok"], &report["issuer"]), (&json!(true), &json!(issuer)));
    let config = &report["config"];
    let document = json!({
        "version": 1, "sources": config["sources"], "origins": config["origins"], "consumers": [{"id": "c1", "username": "u"}],
        "services": [{"id": "s1", "name": "orders", "plugins": config["plugins"]}],
    });
    let file = scene.directory.file("filter.json", &document.to_string());
    assert_eq!(claimgate(["check", &file]).code, Some(0));
}

#[test]
fn a_provider_of_this_machine_may_be_without_tls() {
    let scene = Scene::new("doctor-plain");
    let issuer = Provider { origin: "http://127.0.0.1", ..Provider::default() }.start(None);
    let (code, found) = scene.finding(&issuer, "certificate");
    assert_eq!(code, Some(0));
    assert!(found.starts_with("warning: none: http://127.0.0.1:"), "{found}");
}

#[test]
fn a_certificate_that_proves_nothing_is_bad() {
    let scene = Scene::new("doctor-certificate");
    let start = |tls| Provider::default().start(Some(tls));
    for (tls, expected) in [
        (
            scene.authority.server("other.test"),
            "bad: expected a certificate for localhost, found one for other.test",
        ),
        (scene.authority.server_in("localhost", (2001, 2002)), "bad: the certificate expired "),
        (Authority::new().server("localhost"), "bad: the certificate's issuer is unknown"),
    ] {
        let (code, found) = scene.finding(&start(tls), "certificate");
        assert_eq!(code, Some(1));
        assert!(found.starts_with(expected), "{found}");
    }
}

#[test]
fn an_issuer_of_another_text_is_bad_and_the_right_text_is_named() {
    let scene = Scene::new("doctor-issuer");
    let issuer = scene.secure(Provider { issuer_more: "/", ..Provider::default() });
    let (code, found) = scene.finding(&issuer, "issuer");
    assert_eq!(code, Some(1));
    assert!(found.starts_with(&format!("bad: expected the issuer {issuer}, found {issuer}/; ")), "{found}");
    assert!(found.ends_with(&format!("configure it byte for byte: {issuer}/")), "{found}");
}

#[test]
fn a_document_that_is_not_there_is_bad() {
    let scene = Scene::new("doctor-absent");
    let issuer = scene.secure(Provider::default());
    let (code, found) = scene.finding(&issuer.replace("/tenant", "/nobody"), "discovery");
    assert_eq!(code, Some(1));
    assert!(found.contains("/nobody/.well-known/openid-configuration, found 404"), "{found}");
}

#[test]
fn a_document_that_is_elsewhere_is_bad() {
    let scene = Scene::new("doctor-elsewhere");
    let elsewhere = accept(|mut stream| {
        read_head(&mut stream).unwrap();
        stream
            .write_all(b"HTTP/1.1 302 Found\r\nlocation: https://other.test/\r\ncontent-length: 0\r\n\r\n")
            .unwrap();
    });
    let (code, found) = scene.finding(&format!("http://{elsewhere}"), "discovery");
    assert_eq!(code, Some(1));
    assert!(
        found.ends_with("found 302; redirects are not followed; this one leads to https://other.test/"),
        "{found}"
    );
}

#[test]
fn without_tls_no_other_machine_is_asked() {
    let scene = Scene::new("doctor-http");
    let (code, found) = scene.finding("http://idp.test", "certificate");
    assert_eq!(code, Some(1));
    assert!(
        found.starts_with("bad: expected a server that proves who it is, found http://idp.test"),
        "{found}"
    );
}

#[test]
fn a_key_set_without_keys_is_bad() {
    let scene = Scene::new("doctor-keys");
    let issuer = scene.secure(Provider { keys: json!([]), ..Provider::default() });
    let (code, found) = scene.finding(&issuer, "keys");
    assert_eq!(code, Some(1));
    assert!(found.starts_with("bad: expected a key that can be used, found none of 0"), "{found}");
}

#[test]
fn a_key_set_of_another_server_is_reached_step_by_step() {
    let scene = Scene::new("doctor-others");
    let other = scene.secure(Provider::default());
    let issuer = scene.secure(Provider { keys_of: Some(other), ..Provider::default() });
    let finished = scene.examine(&issuer, &[]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(finished.stdout.matches("the first of a chain of 1").count(), 2, "{}", finished.stdout);
    let unknown = Provider::default().start(Some(Authority::new().server("localhost")));
    let issuer = scene.secure(Provider { keys_of: Some(unknown), ..Provider::default() });
    let (code, found) = scene.finding(&issuer, "certificate");
    assert_eq!(code, Some(1));
    assert!(found.starts_with("bad: the certificate's issuer is unknown"), "{found}");
}

#[test]
fn a_clock_that_is_far_off_is_bad() {
    let scene = Scene::new("doctor-clock");
    let date = "date: Wed, 01 Jan 2020 00:00:00 GMT".to_owned();
    let (code, found) = scene.finding(&scene.secure(Provider { date, ..Provider::default() }), "clock");
    assert_eq!(code, Some(1));
    assert!(found.starts_with("bad: expected clocks that agree, found that this machine is "), "{found}");
}

#[test]
fn a_server_that_is_not_there_is_bad() {
    let scene = Scene::new("doctor-nobody");
    let port = Held::port();
    let nobody = port.address;
    let (code, found) = scene.finding(&format!("https://{nobody}"), "connection");
    assert_eq!(code, Some(1));
    assert!(found.starts_with(&format!("bad: {nobody} refused the connection")), "{found}");
    // RFC 6761 6.4: a name that nobody has. A resolver that is out of reach may be slow to say so.
    let (code, found) = scene.finding("https://no-such-host.invalid", "name");
    assert_eq!(code, Some(1));
    let expected =
        ["bad: expected an address for the name no-such-host.invalid", "bad: expected an answer of no-such"];
    assert!(expected.iter().any(|expected| found.starts_with(expected)), "{found}");
}

#[test]
fn a_server_that_is_silent_is_waited_for_aloud_and_not_for_ever() {
    let scene = Scene::new("doctor-silent");
    let silent = accept(|mut stream| {
        // Until the client is gone.
        let _read = stream.read_to_end(&mut Vec::new());
    });
    let finished = scene.examine(&format!("http://{silent}"), &["--timeout", "3"]);
    assert_eq!(finished.code, Some(1));
    let waiting = format!("discovery: waiting for http://{silent}/.well-known/openid-configuration");
    assert!(finished.stderr.contains(&waiting), "{}", finished.stderr);
    assert!(finished.stdout.contains("within 3 s, found none"), "{}", finished.stdout);
}

#[test]
fn a_proxy_is_on_the_way_and_its_password_is_nowhere() {
    let scene = Scene::new("doctor-proxy");
    let tls = scene.authority.server("idp.test");
    let provider = Provider { origin: "https://idp.test", ..Provider::default() }.start(Some(tls));
    let port = provider.split(':').nth(2).unwrap().split('/').next().unwrap().to_owned();
    let word = traces::canary("proxy-password");
    traces::hide(&word);
    let proxy = accept(move |mut stream| {
        let asked = read_head(&mut stream).unwrap();
        assert!(
            asked.starts_with(&format!("CONNECT idp.test:{port} ")) && asked.contains("Proxy-Authorization")
        );
        let upstream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        let (mut from, mut to) = (stream.try_clone().unwrap(), upstream.try_clone().unwrap());
        thread::spawn(move || drop(std::io::copy(&mut from, &mut to)));
        // Its end is that of either side.
        drop(std::io::copy(&mut { upstream }, &mut stream));
    });
    let environment = [("PROXY_URL", &*format!("http://user:{word}@{proxy}"))];
    let arguments =
        ["doctor", "--issuer", &provider, "--ca", &scene.ca, "--proxy", "{vault://env/PROXY_URL}"];
    let finished = claimgate_given(&environment, "", arguments);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert!(finished.stdout.contains(&format!("through http://{proxy}")), "{}", finished.stdout);
    assert!(!finished.stdout.contains(&word) && !finished.stderr.contains(&word));
}

#[test]
fn arguments_that_cannot_be_used_are_refused() {
    let scene = Scene::new("doctor-arguments");
    let empty = scene.directory.file("empty.pem", "");
    for (arguments, expected) in [
        (&["--issuer", "idp.test"][..], "--issuer: expected a URL"),
        (&["--issuer", "https://user:word@idp.test"], "--issuer: expected a URL"),
        (&["--issuer", "https://idp.test", "--ca", &empty], "--ca: expected a PEM file"),
        (
            &["--issuer", "https://idp.test", "--proxy", "http://user:word@p.test"],
            "--proxy: expected a proxy's URL",
        ),
        (
            &["--issuer", "https://idp.test", "--proxy", "{vault://env/CLAIMGATE_NO_SUCH}"],
            "--proxy: expected a",
        ),
    ] {
        let finished = claimgate([&["doctor"], arguments].concat());
        assert_eq!(finished.code, Some(64), "{finished:?}");
        assert!(
            finished.stderr.contains(expected) && !finished.stderr.contains("word"),
            "{}",
            finished.stderr
        );
    }
}
