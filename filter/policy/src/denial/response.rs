//! The answer that a refused client gets: Kong's bodies and challenges.

use super::Denial;
use super::wire::{Challenge, Message, Status, Wire};
use crate::config::{ErrorRules, Scheme};
use crate::headers::HeaderEdit;
use crate::step::Response;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;

/// To whom an answer goes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Audience<'a> {
    /// The rules of the service, where one was found: they hold the messages, the challenge's realm, redirects, and
    /// whether the reason may be shown.
    pub rules: Option<&'a ErrorRules>,
    /// Whether the client speaks gRPC.
    pub grpc: bool,
}

impl Denial {
    /// The answer to the client.
    #[must_use]
    pub fn into_response(self, audience: Audience<'_>) -> Response {
        let Audience { rules, grpc } = audience;
        let wire = self.wire();
        let redirect = rules.and_then(|rules| rules.redirects.instead_of(wire.status.code()));
        match redirect {
            _ if grpc => self.into_grpc(wire, rules),
            Some(uri) => self.into_redirect(uri),
            None => self.into_json(wire, rules),
        }
    }

    fn into_json(self, wire: Wire, rules: Option<&ErrorRules>) -> Response {
        let mut headers = Vec::from([set("content-type", JSON.into())]);
        headers.extend(challenge(wire, rules));
        headers.extend(self.retry_after());
        let body = Body { message: self.message(wire.message, rules) };
        let body = serde_json::to_vec(&body).unwrap_or_default().into_boxed_slice();
        Response { status: wire.status, headers, body, denial: Some(self) }
    }

    /// All of it in the head, with status 200: what gRPC calls trailers only.
    fn into_grpc(self, wire: Wire, rules: Option<&ErrorRules>) -> Response {
        let mut headers = Vec::from([
            set("content-type", GRPC.into()),
            set("grpc-status", wire.grpc_status.to_string().into()),
            set("grpc-message", percent_encoded(&self.message(wire.message, rules)).into()),
        ]);
        headers.extend(challenge(wire, rules));
        headers.extend(self.retry_after());
        Response { status: Status::OK, headers, body: Box::default(), denial: Some(self) }
    }

    fn into_redirect(self, uri: &str) -> Response {
        let headers = Vec::from([set("location", uri.into())]);
        Response { status: Status::FOUND, headers, body: Box::default(), denial: Some(self) }
    }

    /// `Retry-After` (RFC 9110 10.2.3), where it is known when.
    fn retry_after(&self) -> Option<HeaderEdit> {
        match self {
            Self::ProviderUnavailable { retry_after, .. } => {
                Some(set("retry-after", retry_after.to_string().into()))
            }
            _ => None,
        }
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

fn challenge(wire: Wire, rules: Option<&ErrorRules>) -> Option<HeaderEdit> {
    let (challenge, rules) = wire.challenge.zip(rules)?;
    Some(set("www-authenticate", challenge_value(challenge, rules).into()))
}

/// A message as gRPC writes it: what is not visible ASCII, and `%`, as `%XX`.
fn percent_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if (b' '..=b'~').contains(&byte) && byte != b'%' {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// `Bearer realm="host", error="code"` (RFC 6750 3), or `Key`, as Kong has it. The realm is a host name or a text that
/// was checked, and needs no escape.
fn challenge_value(challenge: Challenge, rules: &ErrorRules) -> String {
    if rules.scheme == Scheme::Key {
        let realm = &rules.challenge_realm;
        return if realm.is_empty() { "Key".into() } else { format!("Key realm=\"{realm}\"") };
    }
    match challenge.error().filter(|_| rules.expose_error_code) {
        Some(error) => format!("Bearer realm=\"{}\", error=\"{error}\"", rules.challenge_realm),
        None => format!("Bearer realm=\"{}\"", rules.challenge_realm),
    }
}

fn set(name: &'static str, value: Box<str>) -> HeaderEdit {
    HeaderEdit::Set(Cow::Borrowed(name), value.into_boxed_bytes())
}

const JSON: &str = "application/json; charset=utf-8";
const GRPC: &str = "application/grpc";
