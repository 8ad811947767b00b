//! The client secret, as the key of HMAC signatures. It is never shown, whatever it is.

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
        (false, None) => Some(None),
        (false, Some(node)) => {
            let hint = "nothing but enable_hs_signatures uses it yet";
            report.error(&node.path, "no value", "a secret that nothing uses", Some(hint.into()));
            None
        }
        (true, None) => {
            let hint = "HS256, HS384 and HS512 are verified with the client secret as the key";
            let path = config.path_of("client_secret");
            report.error(&path, "a client secret, for enable_hs_signatures", "nothing", Some(hint.into()));
            None
        }
        (true, Some(node)) => key(only_text(&node, report)?, &node, source?, report).map(Some),
    }
}

fn only_text<'a>(node: &Node<'a>, report: &mut Report) -> Option<&'a str> {
    let found = match node.value.as_array() {
        Some([Value::String(text)]) => return Some(text),
        Some([_]) => "a value that is no text",
        Some(_) => "several values",
        None => "a value that is no array",
    };
    let hint = "more than one client is not supported yet";
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
