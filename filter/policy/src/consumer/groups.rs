//! Groups that a token names.

use crate::config::{ClaimPath, ConsumerGroupRule};
use crate::denial::{Denial, shown};
use crate::json::Value;
use crate::registry::Directory;
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// The groups in a claim: the items of an array, or the words of a text. `None` without the claim; a claim in which
/// no group stands says that there is none.
pub(super) fn authenticated<'a>(claim: &ClaimPath, claims: &'a Value) -> Option<Vec<&'a str>> {
    Some(match claims.at(claim.members())? {
        Value::String(text) => text.split(' ').filter(|word| !word.is_empty()).collect(),
        other => items(other),
    })
}

/// The consumer groups that a claim names: by the items of an array, or by a text as a whole. Other names may stand
/// beside them.
///
/// # Errors
/// [`Denial::ConsumerGroupUnknown`] if there is none, unless the rule takes such tokens.
pub(super) fn consumer_groups(
    rule: &ConsumerGroupRule,
    claims: &Value,
    directory: &Directory<'_>,
) -> Result<Vec<Arc<str>>, Denial> {
    let value = claims.at(rule.claim.members());
    let names = match value {
        Some(Value::String(text)) => Vec::from([&**text]),
        Some(other) => items(other),
        None => Vec::new(),
    };
    let known: Vec<Arc<str>> = names
        .iter()
        .filter_map(|name| directory.consumer_group(name))
        .map(|group| Arc::clone(&group.name))
        .collect();
    if known.is_empty() && !rule.optional {
        let found = if names.is_empty() { "none".into() } else { shown(&names.join(", ")) };
        return Err(Denial::ConsumerGroupUnknown { claim: rule.claim.to_string().into(), found });
    }
    Ok(known)
}

fn items(value: &Value) -> Vec<&str> {
    let items = value.as_array().unwrap_or_default();
    items.iter().filter_map(Value::as_str).filter(|name| !name.is_empty()).collect()
}
