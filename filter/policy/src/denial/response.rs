//! The answer that a refused client gets: Kong's bodies and challenges.

use super::Denial;
use super::wire::{Challenge, Message};
use crate::config::ErrorRules;
use crate::headers::HeaderEdit;
use crate::step::Response;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

impl Denial {
    /// The answer to the client. `rules` are those of the service, where one was found: they hold the messages,
    /// the challenge's realm, and whether the reason may be shown.
    #[must_use]
    pub fn into_response(self, rules: Option<&ErrorRules>) -> Response {
        let wire = self.wire();
        let mut headers = Vec::from([set("content-type", JSON.into())]);
        if let Some((challenge, rules)) = wire.challenge.zip(rules) {
            headers.push(set("www-authenticate", challenge_value(challenge, rules).into()));
        }
        let body =
            serde_json::to_vec(&Body { message: self.message(wire.message, rules) }).unwrap_or_default();
        Response { status: wire.status, headers, body: body.into_boxed_slice(), denial: Some(self) }
    }

    fn message<'r>(&self, message: Message, rules: Option<&'r ErrorRules>) -> Cow<'r, str> {
        let text = match (message, rules) {
            (Message::Fixed(text), _) => text,
            (Message::Unauthorized, Some(rules)) => &rules.unauthorized_error_message,
            (Message::Forbidden, Some(rules)) => &rules.forbidden_error_message,
            (Message::Unauthorized, None) => "Unauthorized",
            (Message::Forbidden, None) => "Forbidden",
        };
        match rules {
            Some(rules) if rules.display_errors => Cow::Owned(format!("{text} ({self})")),
            _ => Cow::Borrowed(text),
        }
    }
}

#[derive(Serialize)]
struct Body<'a> {
    message: Cow<'a, str>,
}

/// `Bearer realm="host", error="code"` (RFC 6750 3). The realm is a host name from the config and needs no escape.
fn challenge_value(challenge: Challenge, rules: &ErrorRules) -> String {
    match challenge.error().filter(|_| rules.expose_error_code) {
        Some(error) => format!("Bearer realm=\"{}\", error=\"{error}\"", rules.challenge_realm),
        None => format!("Bearer realm=\"{}\"", rules.challenge_realm),
    }
}

fn set(name: &'static str, value: Box<str>) -> HeaderEdit {
    HeaderEdit::Set(Cow::Borrowed(name), value.into_boxed_bytes())
}

const JSON: &str = "application/json; charset=utf-8";
