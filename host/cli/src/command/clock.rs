//! The time for claims, and for decisions that a person asks about.

use std::time::{SystemTime, UNIX_EPOCH};

/// The system's time, whole Unix seconds; 0 for a clock before 1970.
pub(super) fn unix_seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
