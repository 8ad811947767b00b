//! Who calls: the consumer or application that a claim of the token names, and the groups that the token names.

use crate::authorization::Authorized;
use crate::config::{ClaimPath, ConsumerRule, ConsumerRules};
use crate::denial::{Denial, shown};
use crate::json::Value;
use crate::registry::{Directory, LookupKind, Record};
use crate::verified::{SourceId, Verified};
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

mod audience;
mod groups;

/// Who calls, as far as the service asks. Made by [`resolve`] alone.
#[derive(Debug, Clone)]
pub struct Caller<'a> {
    record: Option<Arc<Record>>,
    proven: bool,
    credential: Option<Cow<'a, str>>,
    authenticated_groups: Option<Vec<&'a str>>,
    consumer_groups: Vec<Arc<str>>,
    warning: Option<&'static str>,
}

impl<'a> Caller<'a> {
    fn of_record(record: Arc<Record>, proven: bool) -> Self {
        Self {
            record: Some(record),
            proven,
            credential: None,
            authenticated_groups: None,
            consumer_groups: Vec::new(),
            warning: None,
        }
    }

    /// The consumer, with its application if it is one; `None` where the service maps no claim, or takes tokens that
    /// name nobody.
    #[must_use]
    pub fn record(&self) -> Option<&Arc<Record>> {
        self.record.as_ref()
    }

    /// Whether anything proves who calls: an anonymous consumer has no credential.
    #[must_use]
    pub fn has_credential(&self) -> bool {
        self.proven && (self.record.is_some() || self.credential.is_some())
    }

    /// Names the credential of a caller without consumer; `None` where there is a consumer, and where the token does
    /// not say.
    #[must_use]
    pub fn credential(&self) -> Option<&str> {
        self.credential.as_deref()
    }

    /// The groups that the token says; `None` where the service does not ask, or the token has no such claim.
    #[must_use]
    pub fn authenticated_groups(&self) -> Option<&[&'a str]> {
        self.authenticated_groups.as_deref()
    }

    /// The consumer groups that the token names. Those that the consumer is in anyway stand in its record.
    #[must_use]
    pub fn consumer_groups(&self) -> &[Arc<str>] {
        &self.consumer_groups
    }

    /// What is strange about the way in which the consumer was found.
    #[must_use]
    pub fn warning(&self) -> Option<&'static str> {
        self.warning
    }
}

/// Finds the caller of an authorized token. Where the service names a consumer claim, a match is mandatory, unless it
/// says otherwise.
///
/// A value is looked up within the token's source only: the same value from two issuers is two callers.
///
/// # Errors
/// [`Denial::ConsumerClaimNotCaller`], [`Denial::ConsumerClaimMissing`], [`Denial::ConsumerUnknown`],
/// [`Denial::ConsumerGroupUnknown`], in this order of checks; those of [`Directory::find`].
pub fn resolve<'a>(
    authorized: &Authorized<'a>,
    rules: &ConsumerRules,
    directory: &Directory<'_>,
) -> Result<Caller<'a>, Denial> {
    let verified = authorized.verified();
    let claims = verified.claims();
    let (record, warning) = match &rules.mapping {
        Some(rule) => consumer(rule, rules.optional, verified, directory)?,
        None => (None, None),
    };
    let consumer_groups = match &rules.groups {
        Some(rule) => groups::consumer_groups(rule, claims, directory)?,
        None => Vec::new(),
    };
    let authenticated = rules.authenticated_groups_claim.as_ref();
    let credential = || claims.at(rules.credential_claim.members()).and_then(scalar);
    Ok(Caller {
        credential: if record.is_none() { credential() } else { None },
        record,
        proven: true,
        authenticated_groups: authenticated.and_then(|claim| groups::authenticated(claim, claims)),
        consumer_groups,
        warning,
    })
}

/// The consumer that stands in for callers who do not prove who they are: by id, else by username, as in Kong.
///
/// # Errors
/// Those of [`Directory::find`].
pub fn anonymous(
    name: &str,
    source: &SourceId,
    directory: &Directory<'_>,
) -> Result<Option<Caller<'static>>, Denial> {
    let record = directory.find_first(source, &ANONYMOUS_BY, name)?;
    Ok(record.map(|record| Caller::of_record(record, false)))
}

/// The same where no source is asked for: a name that consumers of several sources have is nobody's.
///
/// # Errors
/// Those of [`Directory::find`].
pub fn anonymous_anywhere(name: &str, directory: &Directory<'_>) -> Result<Option<Caller<'static>>, Denial> {
    let mut found = ANONYMOUS_BY.iter().map(|kind| directory.find_anywhere(*kind, name));
    let record = found.find_map(Result::transpose).transpose()?;
    Ok(record.map(|record| Caller::of_record(record, false)))
}

/// The application whose client id is this API key.
///
/// # Errors
/// [`Denial::ApiKeyUnknown`]; those of [`Directory::find`].
pub fn by_key(key: &[u8], directory: &Directory<'_>) -> Result<Caller<'static>, Denial> {
    let key = core::str::from_utf8(key).map_err(|_| Denial::ApiKeyUnknown)?;
    let record = directory.find_anywhere(LookupKind::ClientId, key)?.ok_or(Denial::ApiKeyUnknown)?;
    Ok(Caller::of_record(record, true))
}

/// The consumer, and what is strange about it. `None` instead of the refusals that say that there is no consumer, where
/// it is `optional`.
fn consumer(
    rule: &ConsumerRule,
    optional: bool,
    verified: &Verified,
    directory: &Directory<'_>,
) -> Result<(Option<Arc<Record>>, Option<&'static str>), Denial> {
    let present = rule.first_present(verified.claims());
    let warning = match present {
        Some((claim, value)) if claim.is_audience() => {
            audience::check(value, rule.strict, verified.claims())?
        }
        _ => None,
    };
    match named(rule, present, verified.source(), directory) {
        Ok(record) => Ok((Some(record), warning)),
        Err(denial) if optional && names_nobody(&denial) => Ok((None, warning)),
        Err(denial) => Err(denial),
    }
}

/// The caller that the first claim that is there names. A later claim does not stand in for one that names nobody:
/// whoever can influence it could choose whom to be.
fn named(
    rule: &ConsumerRule,
    present: Option<(&ClaimPath, &Value)>,
    source: &SourceId,
    directory: &Directory<'_>,
) -> Result<Arc<Record>, Denial> {
    let Some((claim, value)) = present else {
        return Err(Denial::ConsumerClaimMissing { claim: every_claim(rule) });
    };
    let missing = || Denial::ConsumerClaimMissing { claim: claim.to_string().into() };
    let value = scalar(value).ok_or_else(missing)?;
    let record = directory.find_first(source, &rule.by, &value)?;
    record.ok_or_else(|| Denial::ConsumerUnknown { claim: claim.to_string().into(), found: shown(&value) })
}

/// Whether a refusal says that there is no consumer, and not that it could not be told.
const fn names_nobody(denial: &Denial) -> bool {
    matches!(denial, Denial::ConsumerClaimMissing { .. } | Denial::ConsumerUnknown { .. })
}

/// A non-empty string, or an integer in decimal; whatever else stands there cannot name anyone.
fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) if !text.is_empty() => Some(Cow::Borrowed(text)),
        Value::Number(number) if !number.is_f64() => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}

fn every_claim(rule: &ConsumerRule) -> Box<str> {
    let claims: Vec<String> = rule.claims.iter().map(ToString::to_string).collect();
    claims.join(" or ").into()
}

/// The order in which Kong looks for the anonymous consumer.
const ANONYMOUS_BY: [LookupKind; 2] = [LookupKind::Id, LookupKind::Username];

#[cfg(test)]
mod tests;
