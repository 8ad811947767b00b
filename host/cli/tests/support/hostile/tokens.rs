//! What stands in the place of a token.

use super::forger::{Forger, claims};
use super::json::{odd_json, with, with_text};
use serde_json::{Value, json};

impl Forger {
    /// Texts in the place of a token, by name.
    pub(super) fn tokens(&self) -> Vec<(String, Vec<u8>)> {
        let good = self.good();
        let [header, payload, signature] =
            <[&str; 3]>::try_from(good.split('.').collect::<Vec<_>>()).unwrap();
        let text = |name: &str, token: String| (name.to_owned(), token.into_bytes());
        let mut tokens = vec![
            text("1,000 dots", ".".repeat(1_000)),
            text("1,000 parts", vec![header; 1_000].join(".")),
            text("1,000 dots behind a good token", format!("{good}{}", ".".repeat(1_000))),
            text("padding in the header", format!("{header}=.{payload}.{signature}")),
            text("padding in the payload", format!("{header}.{payload}==.{signature}")),
            text("padding in the signature", format!("{good}==")),
            text("a space in the middle", format!("{header}. {payload}.{signature}")),
            text("a tab in the middle", format!("{header}.\t{payload}.{signature}")),
            text("another alphabet", format!("{header}.{payload}.+/{}", &signature[2..])),
            text("no base64url", format!("{header}.{payload}.!!!!")),
            text("a length that base64url does not have", format!("{header}.{payload}.{signature}A")),
            text("one character", "a".to_owned()),
        ];
        for (name, text) in self.odd_headers() {
            tokens.push((format!("header: {name}"), self.signed(text, claims()).into_bytes()));
        }
        for (name, text) in odd_payloads() {
            tokens.push((format!("payload: {name}"), self.signed(self.header(), text).into_bytes()));
        }
        tokens
    }

    /// JSON in the place of a token's header.
    fn odd_headers(&self) -> Vec<(String, Vec<u8>)> {
        let header = self.header();
        let mut texts = odd_json(&header);
        let text = |name: &str, text: String| (name.to_owned(), text.into_bytes());
        texts.extend([
            text("a kid of 10,000 bytes", with(&header, "kid", json!("k".repeat(10_000)))),
            text("a kid that is a number", with(&header, "kid", json!(1))),
            text("a kid that is null", with_text(&header, "kid", "null")),
            text("a kid that is a list", with(&header, "kid", json!(["demo"]))),
            text("two alg, the second good", format!("{{\"alg\":\"none\",{}", &header[1..])),
            text("two kid", header.replacen('{', r#"{"kid":"demo","#, 1)),
            text("alg none", with(&header, "alg", json!("none"))),
            text("alg NoNe", with(&header, "alg", json!("NoNe"))),
            text("alg that is a list", with(&header, "alg", json!(["ES256"]))),
            text("alg in small letters", with(&header, "alg", json!("es256"))),
            text("another alg", with(&header, "alg", json!("HS256"))),
            text("crit", with(&header, "crit", json!(["exp"]))),
            text("b64 that is false", with(&with(&header, "b64", json!(false)), "crit", json!(["b64"]))),
        ]);
        texts
    }
}

/// JSON in the place of a token's claims.
fn odd_payloads() -> Vec<(String, Vec<u8>)> {
    let claims = claims();
    let mut texts = odd_json(&claims);
    let text = |name: String, text: String| (name, text.into_bytes());
    for exp in EXPIRIES {
        texts.push(text(format!("exp {exp}"), with_text(&claims, "exp", exp)));
    }
    for claim in ["iss", "aud", "azp", "exp"] {
        let value = serde_json::from_str::<Value>(&claims).unwrap()[claim].to_string();
        texts.push(text(format!("two {claim}"), format!("{{{}:{value},{}", json!(claim), &claims[1..])));
    }
    texts.push(text("3,000 audiences".to_owned(), with(&claims, "aud", json!(vec!["a"; 3_000]))));
    for claim in ["iss", "exp"] {
        texts.push(text(format!("a {claim} that is an object"), with_text(&claims, claim, r#"{"a":1}"#)));
        texts.push(text(format!("no {claim}"), with(&claims, claim, Value::Null)));
    }
    texts
}

/// JSON in the place of a time that is far away.
const EXPIRIES: [&str; 11] = [
    "1e400",
    "-1e400",
    "1e308",
    "99999999999999999999",
    "1e-9999",
    "-1",
    "\"9999999999\"",
    "null",
    "[]",
    "{}",
    "true",
];
