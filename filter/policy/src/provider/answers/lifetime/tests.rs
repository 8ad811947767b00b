use super::CacheRules;
use crate::time::UnixTime;

const RULES: CacheRules = CacheRules { ttl: 3_600, least: None, most: None, refusals: None };
const NOW: UnixTime = UnixTime::from_seconds(1_000);

fn lifetime(rules: CacheRules, expires_in: Option<i64>, exp: Option<i64>) -> Option<i64> {
    rules.lifetime(expires_in, exp.map(UnixTime::from_seconds), NOW)
}

#[test]
fn what_an_answer_says_of_itself_goes_before_the_config() {
    assert_eq!(lifetime(RULES, None, None), Some(3_600));
    assert_eq!(lifetime(RULES, Some(60), None), Some(60));
    assert_eq!(lifetime(RULES, None, Some(1_050)), Some(50));
    assert_eq!(lifetime(RULES, Some(7_200), None), Some(7_200));
    assert_eq!(lifetime(RULES, Some(60), Some(1_050)), Some(50), "the earlier of two");
}

#[test]
fn what_is_over_is_not_kept() {
    for (expires_in, exp) in
        [(Some(0), None), (Some(-1), None), (Some(0), Some(2_000)), (None, Some(1_000)), (Some(60), Some(1))]
    {
        let generous = CacheRules { least: Some(600), ..RULES };
        assert_eq!(lifetime(generous, expires_in, exp), None, "{expires_in:?} {exp:?}");
    }
    assert_eq!(lifetime(CacheRules { ttl: 0, ..RULES }, None, None), None);
}

#[test]
fn bounds_hold_but_never_beyond_the_token_s_own_end() {
    let bounded = CacheRules { least: Some(100), most: Some(165), ..RULES };
    assert_eq!(lifetime(bounded, Some(180), None), Some(165));
    assert_eq!(lifetime(bounded, None, None), Some(165));
    assert_eq!(lifetime(bounded, Some(50), None), Some(50));
    assert_eq!(lifetime(CacheRules { ttl: 10, ..bounded }, None, None), Some(100));
    assert_eq!(lifetime(RULES, Some(i64::MAX), Some(i64::MAX)), Some(i64::MAX - 1_000));
}
