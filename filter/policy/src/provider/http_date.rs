//! Dates in an answer (RFC 9110 5.6.7): `Date`, from which the difference of two clocks is told, and `Retry-After`.

use crate::time::UnixTime;

/// The time of a date in the form that servers must write: `Sun, 06 Nov 1994 08:49:37 GMT`. `None` for the two older
/// forms and for anything else.
pub(super) fn parse(text: &[u8]) -> Option<UnixTime> {
    let text = core::str::from_utf8(text).ok()?;
    let (_weekday, date) = text.split_once(", ")?;
    let mut parts = date.split(' ');
    let day = number(parts.next()?, 2)?;
    let month = month(parts.next()?)?;
    let year = number(parts.next()?, 4)?;
    let mut clock = parts.next()?.split(':');
    let hour = number(clock.next()?, 2)?;
    let minute = number(clock.next()?, 2)?;
    let second = number(clock.next()?, 2)?;
    let ends = clock.next().is_none() && parts.next() == Some("GMT") && parts.next().is_none();
    let sound = ends && (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60 && year >= 1970;
    sound.then(|| UnixTime::from_seconds(seconds(year, month, day, hour, minute, second)))
}

fn number(text: &str, digits: usize) -> Option<i64> {
    let plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

/// 1 to 12.
fn month(name: &str) -> Option<i64> {
    let place = MONTHS.iter().position(|month| *month == name)?;
    i64::try_from(place).ok()?.checked_add(1)
}

/// Days since 1970 in the proleptic Gregorian calendar, with years that begin in March so that the leap day is last.
#[allow(clippy::arithmetic_side_effects, reason = "the year has four digits, everything else fewer")]
const fn seconds(year: i64, month: i64, day: i64, hour: i64, minute: i64, second: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let from_march = (month + 9) % 12;
    let day_of_year = (153 * from_march + 2) / 5 + day - 1;
    let era = year / 400;
    let year_of_era = year % 400;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    ((days * 24 + hour) * 60 + minute) * 60 + second
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::time::UnixTime;

    #[test]
    fn a_date_is_a_number_of_seconds() {
        let cases = [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799),
            ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
        ];
        for (text, seconds) in cases {
            assert_eq!(parse(text.as_bytes()), Some(UnixTime::from_seconds(seconds)), "{text}");
        }
    }

    #[test]
    fn what_is_no_such_date_is_none() {
        for text in [
            "",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 06 Foo 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT ",
            "Sun, 6 Nov 1994 08:49:37 GMT",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(parse(b"Sun, \xff\xff"), None);
    }
}
