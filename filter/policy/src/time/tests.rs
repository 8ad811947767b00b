use super::{Fraction, LATEST, UnixTime};
use crate::json::{Limits, Value};

fn claim(json: &str, fraction: Fraction) -> Option<i64> {
    let value = Value::parse(json.as_bytes(), &Limits::TOKEN).expect("json");
    UnixTime::from_claim(&value, fraction).map(UnixTime::seconds)
}

#[test]
fn takes_whole_numbers_in_range() {
    for (json, expected) in
        [("0", 0), ("1760000000", 1_760_000_000), ("253402300799", LATEST), ("1e9", 1_000_000_000)]
    {
        assert_eq!(claim(json, Fraction::Down), Some(expected), "{json}");
        assert_eq!(claim(json, Fraction::Up), Some(expected), "{json}");
    }
}

#[test]
fn takes_fractions_toward_refusal() {
    assert_eq!(claim("1760000000.9", Fraction::Down), Some(1_760_000_000));
    assert_eq!(claim("1760000000.1", Fraction::Up), Some(1_760_000_001));
}

#[test]
fn refuses_what_is_not_a_numeric_date() {
    for json in ["-1", "-0.5", "253402300800", "1e300", "\"1760000000\"", "null", "true", "[]", "{}"] {
        assert_eq!(claim(json, Fraction::Down), None, "{json}");
        assert_eq!(claim(json, Fraction::Up), None, "{json}");
    }
}
