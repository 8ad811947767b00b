//! Whether an answer is the one that a case expects.

use crate::support::file::{AnswerFile, RefusalFile};
use crate::support::observed::{Effect, Observed, Refusal};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Debug;

/// What a case expects.
#[derive(Clone)]
pub(crate) enum Expected {
    /// Forwarded on these grounds, with these headers: a value that is the only one, or none at all.
    Forwarded { grounds: String, upstream: BTreeMap<String, Option<String>> },
    /// Refused, for the reason of this name.
    Refused { name: String, usual: RefusalFile, exact: Option<AnswerFile> },
}

/// Every way in which `observed` is not as expected, one line each.
pub(crate) fn complaints(expected: &Expected, observed: &Observed) -> Vec<String> {
    let mut complaints = Vec::new();
    let outcome: &str = match expected {
        Expected::Forwarded { grounds, .. } => grounds,
        Expected::Refused { name, .. } => name,
    };
    differ(&mut complaints, "outcome", &Some(outcome), &observed.outcome.as_deref());
    match (expected, &observed.effect) {
        (Expected::Forwarded { upstream, .. }, Effect::Forwarded(headers)) => {
            same_headers(&mut complaints, "upstream", upstream, headers)
        }
        (Expected::Refused { usual, exact, .. }, Effect::Refused(refusal)) => {
            refused(&mut complaints, usual, exact.as_ref(), refusal);
        }
        (_, effect) => complaints.push(format!("expected {outcome}, found {effect:?}")),
    }
    complaints
}

/// Each expected header has this one value, or is not there.
pub(crate) fn same_headers(
    complaints: &mut Vec<String>,
    whose: &str,
    wanted: &BTreeMap<String, Option<String>>,
    headers: &BTreeMap<String, Vec<String>>,
) {
    for (name, value) in wanted {
        let expected: Vec<String> = value.iter().cloned().collect();
        let found = headers.get(name).cloned().unwrap_or_default();
        differ(complaints, &format!("{whose}'s {name}"), &expected, &found);
    }
}

fn refused(complaints: &mut Vec<String>, usual: &RefusalFile, exact: Option<&AnswerFile>, refusal: &Refusal) {
    differ(complaints, "status", &exact.map_or(usual.status, |exact| exact.status), &refusal.status);
    match exact.and_then(|exact| exact.challenge.as_ref()) {
        Some(challenge) => differ(complaints, "challenge", challenge, &refusal.challenge),
        None => differ(complaints, "error of the challenge", &usual.error, &error(refusal)),
    }
    match exact.and_then(|exact| exact.body.as_ref()) {
        Some(body) => differ(complaints, "body", body, &refusal.body),
        None => differ(complaints, "message", &Some(&*usual.message), &message(refusal).as_deref()),
    }
    let usual = Some(JSON.to_owned());
    let content_type = exact.and_then(|exact| exact.content_type.as_ref()).unwrap_or(&usual);
    differ(complaints, "content type", content_type, &refusal.content_type);
}

/// The `error` of the challenge: absent without a challenge, null in a challenge without error.
fn error(refusal: &Refusal) -> Option<Option<String>> {
    let challenge = refusal.challenge.as_ref()?;
    let error = challenge.split_once("error=\"").and_then(|(_, rest)| rest.split_once('"'));
    Some(error.map(|(error, _)| error.to_owned()))
}

/// The `message` of the body, without the reason in brackets behind it.
fn message(refusal: &Refusal) -> Option<String> {
    let body: Value = serde_json::from_str(&refusal.body).ok()?;
    let message = body.get("message")?.as_str()?;
    Some(message.split_once(" (").map_or(message, |(message, _)| message).to_owned())
}

fn differ<T: PartialEq + Debug>(complaints: &mut Vec<String>, what: &str, expected: &T, found: &T) {
    if expected != found {
        complaints.push(format!("{what}: expected {expected:?}, found {found:?}"));
    }
}

const JSON: &str = "application/json; charset=utf-8";
