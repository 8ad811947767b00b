//! Bodies in which the gate looks for a token, and finds none that may pass.

use super::forger::Forger;
use super::json::odd_json;
use super::{RawRequest, pair};

/// What kind of body a request says that it has, and the body.
type Body = (&'static str, Vec<u8>);

impl Forger {
    /// POSTs without a token in the head.
    pub(super) fn bodies(&self) -> Vec<RawRequest> {
        let bodies = forms().into_iter().chain(documents()).chain(self.good_tokens_in_bad_bodies());
        bodies.map(|(kind, body)| post(kind, body)).chain(odd_kinds(&self.good())).collect()
    }

    fn good_tokens_in_bad_bodies(&self) -> Vec<Body> {
        let good = self.good();
        let mut bodies: Vec<Body> = [
            format!("access_token={good}&access_token={good}"),
            format!("access_token=none&access_token={good}"),
            format!("access_token={good}%00"),
            format!("access_token={good}.{good}"),
        ]
        .map(|text| (FORM, text.into_bytes()))
        .into();
        let texts = [
            format!(r#"{{"access_token":"{good}","access_token":"{good}"}}"#),
            format!(r#"{{"access_token":"{good}","access\u005ftoken":"none"}}"#),
            format!(r#"{{"access_token":["{good}"]}}"#),
            format!(r#"{{"a":{{"access_token":"{good}"}}}}"#),
            format!(r#"[{{"access_token":"{good}"}}]"#),
            format!(r#"{{"access_token":"{good}""#),
        ];
        bodies.extend(texts.map(|text| (JSON, text.into_bytes())));
        bodies
    }
}

fn forms() -> Vec<Body> {
    let bodies: [Vec<u8>; 12] = [
        b"access_token=".to_vec(),
        [&b"access_token="[..], &b"a".repeat(60_000)].concat(),
        b"access_token=a&".repeat(4_000),
        b"a=b&".repeat(15_000),
        b"&".repeat(60_000),
        b"=".repeat(60_000),
        b"%".repeat(60_000),
        b"access_token=%".to_vec(),
        b"access_token=%ff%fe%00".to_vec(),
        b"access_token=\xff\xfe\x00".to_vec(),
        vec![0; 60_000],
        vec![b'a'; 1 << 20],
    ];
    bodies.map(|body| (FORM, body)).into()
}

fn documents() -> Vec<Body> {
    let mut bodies: Vec<Body> =
        odd_json(r#"{"access_token":"a.b.c"}"#).into_iter().map(|(_, text)| (JSON, text)).collect();
    let deep = [
        b"[".repeat(60_000),
        b"{\"a\":".repeat(12_000),
        [&b"[".repeat(30_000)[..], &b"]".repeat(30_000)].concat(),
    ];
    bodies.extend(deep.map(|text| (JSON, text)));
    bodies.extend(
        [
            &b"{\"access_token\":1e400}"[..],
            b"{\"access_token\":null}",
            b"\"",
            b"\xff",
            b"{\"access_token\":\"\\ud800\"}",
        ]
        .map(|text| (JSON, text.to_vec())),
    );
    bodies
}

/// A good token in a form of which the head says something else.
fn odd_kinds(good: &str) -> Vec<RawRequest> {
    let body = || format!("access_token={good}").into_bytes();
    let kinds = ["multipart/form-data; boundary=a", "text/plain", "", ";", "application/jwt", "application"];
    let long = "a".repeat(20_000);
    let mut requests: Vec<RawRequest> =
        kinds.into_iter().chain([&*long]).map(|kind| post(kind, body())).collect();
    let two = vec![pair("content-type", FORM), pair("content-type", JSON)];
    requests.push(RawRequest { headers: two, ..post(FORM, body()) });
    requests
}

/// A POST of this form.
pub(super) fn form(body: Vec<u8>) -> RawRequest {
    post(FORM, body)
}

fn post(kind: &str, body: Vec<u8>) -> RawRequest {
    let name =
        format!("a body of {} bytes, {kind:.40}: {}", body.len(), body[..body.len().min(30)].escape_ascii());
    let beyond_http = body.len() > LONGEST_BODY;
    let request = RawRequest::get(name, vec![pair("content-type", kind)], &[400, 401, 413]);
    RawRequest { method: b"POST".to_vec(), body, beyond_http, ..request }
}

const FORM: &str = "application/x-www-form-urlencoded";

const JSON: &str = "application/json";

/// Bytes; beyond that a gate may close before it has read everything, and its answer may be lost by that.
const LONGEST_BODY: usize = 65_536;
