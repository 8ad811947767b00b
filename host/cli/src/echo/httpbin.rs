//! A request as httpbin's `/anything` shows it, so that walk-throughs written for httpbin read the same here.
//!
//! One difference: a multipart body stands in `data` as it came; `files` is always empty.

use crate::echo::record::{latin1, target};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::request::Parts;
use http::{HeaderMap, header};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// The members and their order are httpbin's.
#[derive(Debug, Serialize)]
pub(super) struct Anything {
    args: BTreeMap<String, OneOrMany>,
    data: String,
    files: Map<String, Value>,
    form: BTreeMap<String, OneOrMany>,
    headers: BTreeMap<String, String>,
    json: Value,
    method: String,
    origin: String,
    url: String,
}

/// A parameter that came once is a string; one that came several times is a list.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl Anything {
    pub(super) fn of(head: &Parts, body: &[u8], peer: SocketAddr) -> Self {
        let is_form = content_type(&head.headers) == "application/x-www-form-urlencoded";
        Self {
            args: parameters(head.uri.query().unwrap_or_default().as_bytes()),
            data: if is_form { String::new() } else { text(body) },
            files: Map::new(),
            form: if is_form { parameters(body) } else { BTreeMap::new() },
            headers: headers(&head.headers),
            json: if is_form { Value::Null } else { serde_json::from_slice(body).unwrap_or_default() },
            method: head.method.to_string(),
            origin: first(&head.headers, "x-forwarded-for").unwrap_or_else(|| peer.ip().to_string()),
            url: url(head),
        }
    }
}

/// The media type in lower case, without parameters.
fn content_type(headers: &HeaderMap) -> String {
    let value = first(headers, header::CONTENT_TYPE.as_str()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn parameters(encoded: &[u8]) -> BTreeMap<String, OneOrMany> {
    let mut parameters: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(encoded) {
        parameters.entry(name.into_owned()).or_default().push(value.into_owned());
    }
    parameters.into_iter().map(|(name, values)| (name, OneOrMany::from(values))).collect()
}

impl From<Vec<String>> for OneOrMany {
    fn from(values: Vec<String>) -> Self {
        match <[String; 1]>::try_from(values) {
            Ok([value]) => Self::One(value),
            Err(values) => Self::Many(values),
        }
    }
}

/// The body as text; bytes that are not UTF-8 as a data URL.
fn text(body: &[u8]) -> String {
    match str::from_utf8(body) {
        Ok(text) => text.to_owned(),
        Err(_) => format!("data:application/octet-stream;base64,{}", BASE64_STANDARD.encode(body)),
    }
}

/// Names as `X-Consumer-Id`, several values of one name joined by commas.
fn headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let values = |name| headers.get_all(name).iter().map(latin1).collect::<Vec<_>>().join(",");
    headers.keys().map(|name| (title_case(name.as_str()), values(name))).collect()
}

fn title_case(name: &str) -> String {
    let mut starts_word = true;
    let titled = name.chars().map(|letter| {
        let starts = std::mem::replace(&mut starts_word, letter == '-');
        if starts { letter.to_ascii_uppercase() } else { letter }
    });
    titled.collect()
}

fn url(head: &Parts) -> String {
    let scheme = first(&head.headers, "x-forwarded-proto").unwrap_or_else(|| "http".to_owned());
    let host = first(&head.headers, header::HOST.as_str()).unwrap_or_default();
    format!("{scheme}://{host}{}", target(head))
}

fn first(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(latin1)
}
