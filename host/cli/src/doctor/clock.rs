//! Whether the issuer's clock and this machine's agree: a token's times are read with this one.

use super::Check;
use chrono::DateTime;
use http::HeaderMap;
use http::header::DATE;

/// `now` is this machine's time when the answer with these headers came.
pub(super) fn judge(headers: &HeaderMap, now: i64) -> Check {
    let date = headers.get(DATE).and_then(|date| date.to_str().ok());
    let Some(theirs) = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok()) else {
        let advice = "whether both clocks agree cannot be told";
        return Check::warning(NAME, "expected a header Date in the answer, found none", advice);
    };
    let ahead = now.saturating_sub(theirs.timestamp());
    let found = match ahead {
        0 => "this machine and the issuer agree".to_owned(),
        1.. => format!("this machine is {ahead} s ahead of the issuer"),
        _ => format!("this machine is {} s behind the issuer", ahead.saturating_neg()),
    };
    let apart = ahead.saturating_abs();
    if apart > MUCH {
        let found = format!("expected clocks that agree, found that {found}");
        let advice = "let this machine follow a time server: good tokens look expired, or not valid yet";
        return Check::bad(NAME, found, advice);
    }
    if apart > LITTLE {
        return Check::warning(NAME, found, "let both follow a time server, or give the service a leeway");
    }
    Check::good(NAME, found)
}

const NAME: &str = "clock";
/// Seconds that the way of an answer may account for.
const LITTLE: i64 = 5;
/// Seconds that a leeway can bridge.
const MUCH: i64 = 60;
