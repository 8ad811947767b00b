//! Moments as people read them.

use chrono::DateTime;
use claimgate_policy::time::UnixTime;

/// In UTC, such as `2026-01-31 12:00:00 UTC`.
pub(super) fn utc(time: UnixTime) -> String {
    match DateTime::from_timestamp(time.seconds(), 0) {
        Some(moment) => moment.to_string(),
        None => format!("{} s after 1970", time.seconds()),
    }
}

/// How far from now, such as `in 59 min 3 s` or `2 d 4 h ago`; the two largest units.
pub(super) fn relative(time: UnixTime, now: UnixTime) -> String {
    let distance = time.seconds().abs_diff(now.seconds());
    let (days, hours, minutes, seconds) =
        (distance / DAY, distance % DAY / HOUR, distance % HOUR / MINUTE, distance % MINUTE);
    let units = [(days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")];
    let largest = units.iter().skip_while(|(number, _)| *number == 0).take(2);
    let words: Vec<String> =
        largest.filter(|(number, _)| *number > 0).map(|(number, unit)| format!("{number} {unit}")).collect();
    match words.join(" ") {
        none if none.is_empty() => "now".to_owned(),
        span if time > now => format!("in {span}"),
        span => format!("{span} ago"),
    }
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

#[cfg(test)]
mod tests;
