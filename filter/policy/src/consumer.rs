//! Who calls: the consumer or application that a claim of the token names.

use crate::authorization::Authorized;
use crate::config::{ConsumerRule, ConsumerRules};
use crate::denial::{Denial, shown};
use crate::json::Value;
use crate::registry::{LookupKind, Record, Registry};
use crate::verified::SourceId;
use alloc::borrow::Cow;
use alloc::string::ToString;
use alloc::sync::Arc;

/// Who calls, as far as the service asks. Made by [`resolve`] alone.
#[derive(Debug, Clone)]
pub struct Caller {
    record: Option<Arc<Record>>,
}

impl Caller {
    /// The consumer, with its application if it is one; `None` where the service maps no claim.
    #[must_use]
    pub fn record(&self) -> Option<&Arc<Record>> {
        self.record.as_ref()
    }
}

/// Finds the caller of an authorized token. Where the service names a consumer claim, a match is mandatory.
///
/// A value is looked up within the token's source only: the same value from two issuers is two callers.
///
/// # Errors
/// [`Denial::ConsumerClaimMissing`], [`Denial::ConsumerUnknown`].
pub fn resolve(
    authorized: &Authorized<'_>,
    rules: &ConsumerRules,
    registry: &Registry,
) -> Result<Caller, Denial> {
    let Some(rule) = &rules.mapping else { return Ok(Caller { record: None }) };
    let verified = authorized.verified();
    let value = claim_value(rule, verified.claims())?;
    let record = rule.by.iter().find_map(|kind| registry.find(verified.source(), *kind, &value));
    let Some(record) = record else {
        return Err(Denial::ConsumerUnknown { claim: rule.claim.to_string().into(), found: shown(&value) });
    };
    Ok(Caller { record: Some(Arc::clone(record)) })
}

/// The consumer that stands in for callers who do not prove who they are: by id, else by username, as in Kong.
#[must_use]
pub fn anonymous(name: &str, source: &SourceId, registry: &Registry) -> Option<Caller> {
    let find = |kind| registry.find(source, kind, name);
    let record = find(LookupKind::Id).or_else(|| find(LookupKind::Username))?;
    Some(Caller { record: Some(Arc::clone(record)) })
}

/// A non-empty string, or an integer in decimal; whatever else stands there cannot name a consumer.
fn claim_value<'a>(rule: &ConsumerRule, claims: &'a Value) -> Result<Cow<'a, str>, Denial> {
    match claims.at(rule.claim.members()) {
        Some(Value::String(text)) if !text.is_empty() => Ok(Cow::Borrowed(text)),
        Some(Value::Number(number)) if !number.is_f64() => Ok(Cow::Owned(number.to_string())),
        _ => Err(Denial::ConsumerClaimMissing { claim: rule.claim.to_string().into() }),
    }
}

#[cfg(test)]
mod tests;
