//! For how long a token is good, and how long ago its user authenticated: what a service may limit.

use super::numeric_date;
use crate::config::TokenRules;
use crate::denial::Denial;
use crate::json::Value;
use crate::time::{Fraction, UnixTime};

/// A token of years is as good as a password that nobody can change. Counted from now and, since a token may have been
/// shown late, from `iat` too; the clocks' difference matters for the first only.
pub(super) fn lifetime(claims: &Value, rules: &TokenRules, now: UnixTime) -> Result<(), Denial> {
    let Some(maximum) = rules.maximum_expiration else { return Ok(()) };
    let exp = numeric_date(claims, "exp", Fraction::Up)?.ok_or(Denial::ExpiryMissing)?;
    let whole = numeric_date(claims, "iat", Fraction::Down)?.map(|iat| seconds_between(iat, exp));
    let (left, whole) = (seconds_between(now, exp), whole.unwrap_or(0));
    if left <= maximum.saturating_add(rules.leeway) && whole <= maximum {
        return Ok(());
    }
    Err(Denial::LifetimeTooLong { found: left.max(whole), maximum })
}

/// `max_age` of OpenID Connect Core 3.1.3.7, 13: `auth_time` must then be there.
pub(super) fn authentication(claims: &Value, rules: &TokenRules, now: UnixTime) -> Result<(), Denial> {
    let Some(max_age) = rules.max_age else { return Ok(()) };
    let latest = numeric_date(claims, "auth_time", Fraction::Up)?.ok_or(Denial::AuthTimeMissing)?;
    if latest > now.plus(rules.leeway) {
        return Err(Denial::AuthTimeInFuture { auth_time: latest.seconds(), now: now.seconds() });
    }
    let earliest = numeric_date(claims, "auth_time", Fraction::Down)?.ok_or(Denial::AuthTimeMissing)?;
    if seconds_between(earliest, now) > max_age.saturating_add(rules.leeway) {
        let auth_time = earliest.seconds();
        return Err(Denial::AuthTimeTooOld { auth_time, max_age, now: now.seconds() });
    }
    Ok(())
}

fn seconds_between(earlier: UnixTime, later: UnixTime) -> i64 {
    later.seconds().saturating_sub(earlier.seconds())
}
