use super::*;

#[test]
fn says_how_far_away_a_moment_is() {
    let now = UnixTime::from_seconds(1_000_000);
    for (offset, expected) in [
        (0, "now"),
        (1, "in 1 s"),
        (-59, "59 s ago"),
        (3_543, "in 59 min 3 s"),
        (3_600, "in 1 h"),
        (-90_061, "1 d 1 h ago"),
        (172_805, "in 2 d"),
    ] {
        assert_eq!(relative(now.plus(offset), now), expected, "{offset}");
    }
}

#[test]
fn writes_utc() {
    assert_eq!(utc(UnixTime::from_seconds(0)), "1970-01-01 00:00:00 UTC");
    assert_eq!(utc(UnixTime::from_seconds(1_760_000_000)), "2025-10-09 08:53:20 UTC");
    assert!(utc(UnixTime::from_seconds(i64::MAX)).contains("after 1970"));
}
