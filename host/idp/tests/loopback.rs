//! The provider over sockets.

use claimgate_idp::{Config, ServeError, serve};
use claimgate_policy::jwt::Unverified;
use claimgate_policy::keys::KeySet;
use claimgate_policy::verified::{SourceId, verify};
use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

/// Status and body of one request over a connection of its own.
fn send(base: &str, head: &str, body: &str) -> (u16, String) {
    let address = base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    let text = format!(
        "{head} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\ncontent-type: application/x-www-form-urlencoded\r\n\r\n{body}"
    );
    stream.write_all(text.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

fn json(base: &str, head: &str, body: &str) -> Value {
    let (status, body) = send(base, head, body);
    assert_eq!(status, 200, "{head}: {body}");
    serde_json::from_str(&body).unwrap()
}

/// The path of a URL of this provider.
fn path(base: &str, url: &Value) -> String {
    url.as_str().unwrap().strip_prefix(base).unwrap().to_owned()
}

#[test]
fn a_client_gets_from_the_issuer_to_a_token_that_is_verified() {
    let provider = serve(Config::built_in().unwrap(), TcpListener::bind("127.0.0.1:0").unwrap()).unwrap();
    let base = provider.base_url().to_owned();
    let realms = provider.overview()["realms"].clone();
    for (index, client, form) in [
        (0, "75dbe77f-10a3-4e59-85fd-8c127544f17c", "resource=api://0b6f4a1d-5c1e-4d0f-9a53-7a2f0e8c4b11"),
        (1, "0oa1b2c3d4e5f6g7h8i9", "scope=api.access"),
        (2, "3c0f9a1e-6a52-4f8d-9c3f-0f7d5e1b2a44", "scope=orders:read"),
        (3, "billing", "scope=orders:read"),
    ] {
        let document = json(&base, &format!("GET {}", path(&base, &realms[index]["discovery"][0])), "");
        let form =
            format!("grant_type=client_credentials&client_id={client}&client_secret=billing-secret&{form}");
        let tokens = json(&base, &format!("POST {}", path(&base, &document["token_endpoint"])), &form);
        let jwks = json(&base, &format!("GET {}", path(&base, &document["jwks_uri"])), "");
        let (keys, _) = KeySet::from_jwks(jwks.to_string().as_bytes()).unwrap();
        let token = tokens["access_token"].as_str().unwrap();
        let verified =
            verify(&Unverified::parse(token.as_bytes()).unwrap(), &SourceId::new("idp"), &keys, None)
                .unwrap();
        assert_eq!(verified.claims().get("iss").unwrap().as_str(), document["issuer"].as_str());
    }
    provider.stop();
    assert!(TcpStream::connect(base.strip_prefix("http://").unwrap()).is_err());
}

#[test]
fn an_endpoint_that_hangs_holds_nobody_else_up_and_ends_with_the_provider() {
    let provider = serve(Config::built_in().unwrap(), TcpListener::bind("127.0.0.1:0").unwrap()).unwrap();
    let base = provider.base_url().to_owned();
    send(&base, "POST /_idp/realms/shop/faults/jwks?hang=true", "");
    let mut hanging = TcpStream::connect(base.strip_prefix("http://").unwrap()).unwrap();
    hanging.write_all(b"GET /shop/jwks HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
    // The request has arrived when it is counted.
    while provider.overview()["realms"][3]["asked"]["jwks"] != 1 {
        std::thread::yield_now();
    }
    assert_eq!(send(&base, "GET /oauth2/default/v1/keys", "").0, 200);
    hanging.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    provider.stop();
    assert_eq!(hanging.read(&mut [0]).unwrap(), 0);
}

#[test]
fn an_address_that_others_can_reach_is_refused_unless_the_config_allows_it() {
    let listener = || TcpListener::bind("0.0.0.0:0").unwrap();
    let refused = serve(Config::built_in().unwrap(), listener());
    let Err(ServeError::NotLoopback { address }) = refused else {
        panic!("expected a refusal, found {refused:?}")
    };
    assert!(ServeError::NotLoopback { address }.to_string().contains("on this machine"));
    let mut config = Config::built_in().unwrap();
    config.allow_remote = true;
    assert!(serve(config, listener()).is_ok());
}

#[test]
fn a_body_that_is_too_long_is_refused() {
    let provider = serve(Config::built_in().unwrap(), TcpListener::bind("127.0.0.1:0").unwrap()).unwrap();
    assert_eq!(send(provider.base_url(), "POST /shop/token", &"a".repeat(64 * 1024 + 1)).0, 413);
}

#[test]
fn bytes_that_are_no_request_concern_nobody_else() {
    let provider = serve(Config::built_in().unwrap(), TcpListener::bind("127.0.0.1:0").unwrap()).unwrap();
    let base = provider.base_url();
    for bytes in [
        &b"\x00\xff\x16\x03\x01"[..],
        b"GET /shop/jwks HTTP/9.9\r\n\r\n",
        b"POST /shop/token HTTP/1.1\r\nhost: a\r\ncontent-length: 18446744073709551616\r\n\r\n",
        b"GET http://[::1 HTTP/1.1\r\nhost: a\r\n\r\n",
        b"POST /shop/token HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    ] {
        let mut stream = TcpStream::connect(base.strip_prefix("http://").unwrap()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.write_all(bytes).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        // Refused or cut off, as the library has it.
        drop(stream.read_to_end(&mut Vec::new()));
        assert_eq!(send(base, "GET /shop/jwks", "").0, 200);
    }
}
