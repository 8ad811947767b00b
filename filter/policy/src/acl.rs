//! Whether the caller's groups let it in: Kong's acl.

use crate::config::{Acl, AclList, Rules};
use crate::consumer::Caller;
use crate::denial::{Denial, shown};
use crate::registration::Registered;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// A caller who passed every check. Made by [`check`] alone, for one moment.
#[derive(Debug)]
pub struct Admitted<'a> {
    caller: &'a Caller<'a>,
    groups: Told<'a>,
}

/// The groups of which the upstream is told, in the form of a header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told<'a> {
    /// `X-Consumer-Groups`.
    pub of_consumer: Option<Cow<'a, str>>,
    /// `X-Authenticated-Groups`.
    pub of_token: Option<Cow<'a, str>>,
}

/// Who asks, as far as a list can tell.
#[derive(Debug, Clone, Copy, Default)]
pub struct Subject<'a> {
    /// Whether anything proves who asks: an anonymous consumer has no credential.
    pub has_credential: bool,
    /// Whether there is a consumer.
    pub has_consumer: bool,
    /// The consumer's groups.
    pub groups: &'a [&'a str],
    /// The consumer groups of the consumer and of the token.
    pub consumer_groups: &'a [&'a str],
    /// The groups of the token; `None` where it has no such claim.
    pub authenticated_groups: Option<&'a [&'a str]>,
}

impl<'a> Admitted<'a> {
    /// Who calls.
    #[must_use]
    pub fn caller(&self) -> &'a Caller<'a> {
        self.caller
    }

    /// The groups of which the upstream is told.
    #[must_use]
    pub fn groups(&self) -> &Told<'a> {
        &self.groups
    }
}

/// Checks the groups of a registered caller. Without the acl plugin every caller passes, and the upstream is told of
/// the token's groups and of the group that the registration gives.
///
/// # Errors
/// Those of [`judge`].
pub fn check<'a>(registered: &Registered<'a>, rules: &Rules) -> Result<Admitted<'a>, Denial> {
    let caller = registered.caller();
    let Some(acl) = &rules.acl else {
        let of_token = caller.authenticated_groups().and_then(list).map(Cow::Owned);
        let groups = Told { of_consumer: registered.group().map(Cow::Borrowed), of_token };
        return Ok(Admitted { caller, groups });
    };
    let groups: Vec<&str> = registered.groups().collect();
    let consumer_groups = consumer_groups(caller);
    let subject = Subject {
        has_credential: caller.has_credential(),
        has_consumer: caller.record().is_some(),
        groups: &groups,
        consumer_groups: &consumer_groups,
        authenticated_groups: caller.authenticated_groups(),
    };
    Ok(Admitted { caller, groups: judge(&subject, acl)? })
}

/// Holds the subject's groups against the list, and says of which the upstream is told: those that decided.
///
/// A subject without any group is refused by a list of either kind, but for a consumer: it passes a list of those
/// who may not.
///
/// # Errors
/// [`Denial::AclUnauthenticated`] for a subject with neither credential nor group, else [`Denial::AclDenied`].
pub fn judge(subject: &Subject<'_>, acl: &Acl) -> Result<Told<'static>, Denial> {
    let by_token = by_token(subject, acl);
    let groups = groups(subject, acl, by_token);
    if groups.is_empty() && (by_token || matches!(acl.list, AclList::Allow(_))) {
        return Err(refusal(subject.has_credential, acl));
    }
    let named = |group: &&str| acl.list.groups().iter().any(|listed| **listed == **group);
    let admitted = match acl.list {
        AclList::Allow(_) => groups.iter().any(named),
        AclList::Deny(_) => !groups.iter().any(named),
    };
    if !admitted {
        return Err(Denial::AclDenied { expected: acl.written.clone(), found: shown(&groups.join(", ")) });
    }
    let told = if acl.hide_groups_header { None } else { list(&groups).map(Cow::Owned) };
    Ok(if by_token {
        Told { of_consumer: None, of_token: told }
    } else {
        Told { of_consumer: told, of_token: None }
    })
}

/// Whether the token's groups decide: where there is no consumer, and where they go before the consumer's.
fn by_token(subject: &Subject<'_>, acl: &Acl) -> bool {
    let before = !subject.has_credential || acl.always_use_authenticated_groups;
    !subject.has_consumer || before && subject.authenticated_groups.is_some()
}

/// The groups that decide. Consumer groups count beside a consumer's own, or where there is no consumer; they do not
/// where the token's groups go before a consumer's.
fn groups<'a>(subject: &Subject<'a>, acl: &Acl, by_token: bool) -> Vec<&'a str> {
    let own = if by_token { subject.authenticated_groups.unwrap_or_default() } else { subject.groups };
    let counted = acl.include_consumer_groups && (!by_token || !subject.has_consumer);
    let consumer_groups = if counted { subject.consumer_groups } else { &[] };
    own.iter().chain(consumer_groups).copied().collect()
}

fn refusal(has_credential: bool, acl: &Acl) -> Denial {
    let expected = acl.written.clone();
    if has_credential {
        Denial::AclDenied { expected, found: Box::from("none") }
    } else {
        Denial::AclUnauthenticated { expected }
    }
}

fn consumer_groups<'a>(caller: &'a Caller<'_>) -> Vec<&'a str> {
    let of_consumer = caller.record().map(|record| &*record.consumer.consumer_groups);
    let of_consumer: &[Arc<str>] = of_consumer.unwrap_or_default();
    let mut groups: Vec<&str> = of_consumer.iter().map(AsRef::as_ref).collect();
    for group in caller.consumer_groups() {
        if !groups.contains(&&**group) {
            groups.push(group);
        }
    }
    groups
}

/// `a, b`, without those that would read as two groups, or that no header can hold. `None` if nothing is left.
fn list(groups: &[&str]) -> Option<String> {
    let fits = |group: &&&str| group.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b',');
    let groups: Vec<&str> = groups.iter().filter(fits).copied().collect();
    (!groups.is_empty()).then(|| groups.join(", "))
}

#[cfg(test)]
mod tests;
