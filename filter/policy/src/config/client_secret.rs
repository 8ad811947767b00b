//! Client secrets, and one of them as the key of HMAC signatures. They are never shown, whatever they are.

use super::Source;
use super::error::Report;
use super::node::{Fields, Node};
use crate::json::Value;
use crate::signature::HmacKey;
use alloc::format;

/// The key of HMAC signatures. The outer `None` is an error, the inner one means that they are refused.
#[allow(clippy::option_option, reason = "as for every key: an error is no value")]
pub(super) fn hmac_key(
    config: &Fields<'_>,
    source: Option<&Source>,
    report: &mut Report,
) -> Option<Option<HmacKey>> {
    let enabled = config.flag("enable_hs_signatures", false, report);
    match (enabled, config.member("client_secret").filter(|node| !node.is_empty())) {
        (false, Some(node)) if config.member("client_id").is_none_or(|ids| ids.is_empty()) => {
            let hint = "client_id or enable_hs_signatures would";
            report.error(&node.path, "no value", "a secret that nothing uses", Some(hint.into()));
            None
        }
        (false, _) => Some(None),
        (true, None) => {
            let hint = "HS256, HS384 and HS512 are verified with the client secret as the key";
            let path = config.path_of("client_secret");
            report.error(&path, "a client secret, for enable_hs_signatures", "nothing", Some(hint.into()));
            None
        }
        (true, Some(node)) => key(only_text(&node, report)?, &node, source?, report).map(Some),
    }
}

/// One secret of a client's.
pub(super) fn secret<'a>(node: &Node<'a>, report: &mut Report) -> Option<&'a str> {
    let (found, hint) = match node.value {
        Value::String(text) if is_reference(text) => ("a reference", Some(UNRESOLVED.into())),
        Value::String(text) if is_secret(text) => return Some(text),
        Value::String(_) => ("another text", None),
        _ => ("a value that is no text", None),
    };
    report.error(&node.path, "1 to 1024 bytes of text without control characters", found, hint);
    None
}

/// Whether it names a secret that is kept elsewhere: in Kong's way, or this project's.
pub(super) fn is_reference(text: &str) -> bool {
    text.starts_with("{vault://") || text.starts_with("{file:") && text.ends_with('}')
}

fn is_secret(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST && !text.chars().any(char::is_control)
}

fn only_text<'a>(node: &Node<'a>, report: &mut Report) -> Option<&'a str> {
    let (found, hint) = match node.value.as_array() {
        Some([Value::String(text)]) if is_reference(text) => ("a reference", UNRESOLVED),
        Some([Value::String(text)]) => return Some(text),
        Some([_]) => ("a value that is no text", ONE_KEY),
        Some(_) => ("several values", ONE_KEY),
        None => ("a value that is no array", ONE_KEY),
    };
    report.error(&node.path, "an array with one text", found, Some(hint.into()));
    None
}

fn key(secret: &str, node: &Node<'_>, source: &Source, report: &mut Report) -> Option<HmacKey> {
    let key = HmacKey::new(source.id.clone(), secret.as_bytes());
    if key.is_none() {
        let expected = format!("a secret of at least {} bytes", HmacKey::SHORTEST_SECRET);
        let hint = "a key that is shorter than its hash can be guessed from a token (RFC 7518 3.2): HS256 takes 32 \
                    bytes, HS384 48, HS512 64";
        report.error(&node.path, expected, format!("{} bytes", secret.len()), Some(hint.into()));
    }
    key
}

const ONE_KEY: &str = "enable_hs_signatures has one key";

pub(super) const UNRESOLVED: &str = "{vault://env/NAME} is put in place before the document is read, where an environment variable has \
                          that name; none had; and {file:PATH} by this project's gateway alone";

/// Bytes of a secret, at most.
const LONGEST: usize = 1024;
