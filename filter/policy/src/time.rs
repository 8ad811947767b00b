//! Seconds since 1970-01-01T00:00:00Z, and the claims that hold them (RFC 7519 2, NumericDate).

use crate::json::Value;
use core::fmt;

/// A point in time, whole Unix seconds. The clock is read at the edge only; here time is an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(i64);

/// The last NumericDate that is accepted: 9999-12-31T23:59:59Z.
pub const LATEST: i64 = 253_402_300_799;

/// Which way a fraction of a second is taken: always toward refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fraction {
    /// `exp`: the earlier second.
    Down,
    /// `nbf`, `iat`: the later second.
    Up,
}

impl UnixTime {
    /// Seconds since 1970; may be negative for a clock that was never set.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since 1970.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// This time and `seconds` more; stays at the last representable second instead of overflowing.
    #[must_use]
    pub const fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// A NumericDate: a JSON number from 0 to [`LATEST`], a fraction taken as `fraction` says.
    /// `None` if the value is anything else.
    #[must_use]
    pub fn from_claim(value: &Value, fraction: Fraction) -> Option<Self> {
        let Value::Number(number) = value else { return None };
        let seconds = match number.as_i64() {
            Some(whole) => whole,
            None => whole_seconds(number.as_f64()?, fraction)?,
        };
        (0..=LATEST).contains(&seconds).then_some(Self(seconds))
    }
}

/// A float as whole seconds; `None` outside of 0 to [`LATEST`], where a cast would not be exact.
fn whole_seconds(float: f64, fraction: Fraction) -> Option<i64> {
    if !(0.0..=253_402_300_799.0).contains(&float) {
        return None;
    }
    #[allow(clippy::cast_possible_truncation, reason = "the range was checked on the line above")]
    let floor = float as i64;
    #[allow(clippy::cast_precision_loss, reason = "below 2^38, exact in an f64")]
    let has_fraction = float > floor as f64;
    Some(if has_fraction && fraction == Fraction::Up { floor.saturating_add(1) } else { floor })
}

impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests;
