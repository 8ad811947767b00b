use super::resolve;
use crate::denial::Denial;
use crate::fixtures::{NOW, directory, good, policy, verified};
use crate::time::UnixTime;
use crate::{authorization, current};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// What is known of a caller.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    consumer: Option<String>,
    credential: Option<String>,
    authenticated_groups: Option<Vec<String>>,
    consumer_groups: Vec<String>,
    warned: bool,
}

/// The caller of a token with these further members under this further config.
fn caller(openid: &str, members: &str) -> Result<Found, Denial> {
    let policy = policy(openid, "");
    let service = policy.config().services.first().expect("a service");
    let rules = &service.rules.as_ref().expect("rules").strategies().next().expect("a strategy");
    let verified = verified(&good(members));
    let current =
        current::check(&verified, &rules.token, UnixTime::from_seconds(NOW)).expect("a current token");
    let authorized = authorization::check(&current, &rules.requirements).expect("an authorized token");
    let caller = resolve(&authorized, &rules.consumer, &directory(&policy))?;
    let strings = |groups: &[&str]| groups.iter().copied().map(String::from).collect();
    Ok(Found {
        consumer: caller.record().and_then(|record| record.consumer.id.as_deref().map(String::from)),
        credential: caller.credential().map(String::from),
        authenticated_groups: caller.authenticated_groups().map(strings),
        consumer_groups: caller.consumer_groups().iter().map(|group| String::from(&**group)).collect(),
        warned: caller.warning().is_some(),
    })
}

/// The id of its consumer.
fn consumer(openid: &str, members: &str) -> Result<Option<String>, Denial> {
    caller(openid, members).map(|found| found.consumer)
}

const BY_SUB: &str = r#","consumer_claim":["sub"],"consumer_by":["custom_id"]"#;

fn unknown(found: &str) -> Denial {
    Denial::ConsumerUnknown { claim: "sub".into(), found: found.into() }
}

#[test]
fn without_a_consumer_claim_nobody_is_mapped() {
    assert_eq!(consumer("", r#","sub":"42""#), Ok(None));
}

#[test]
fn a_claim_finds_the_consumer_by_custom_id() {
    assert_eq!(consumer(BY_SUB, r#","sub":"42""#), Ok(Some("c-ann".into())));
    assert_eq!(consumer(BY_SUB, r#","sub":42"#), Ok(Some("c-ann".into())));
}

#[test]
fn fields_are_tried_as_configured_and_no_others() {
    for (by, sub, found) in [
        (r#"["username"]"#, "ann", true),
        (r#"["id"]"#, "c-ann", true),
        (r#"["username","custom_id"]"#, "42", true),
        (r#"["custom_id"]"#, "ann", false),
        (r#"["username"]"#, "42", false),
        (r#"["username"]"#, "ANN", false),
    ] {
        let openid = format!(r#","consumer_claim":["sub"],"consumer_by":{by}"#);
        let id = consumer(&openid, &format!(r#","sub":"{sub}""#));
        assert_eq!(id, if found { Ok(Some("c-ann".into())) } else { Err(unknown(sub)) }, "{by} {sub}");
    }
}

#[test]
fn a_value_that_another_issuer_s_consumer_bears_is_unknown_here() {
    assert_eq!(consumer(BY_SUB, r#","sub":"app-other""#), Err(unknown("app-other")));
}

#[test]
fn a_claim_that_cannot_name_anyone_is_missing() {
    for members in
        ["", r#","sub":"""#, r#","sub":null"#, r#","sub":["42"]"#, r#","sub":42.0"#, r#","sub":true"#]
    {
        assert_eq!(
            consumer(BY_SUB, members),
            Err(Denial::ConsumerClaimMissing { claim: "sub".into() }),
            "{members}"
        );
    }
}

const BY_SEVERAL: &str = r#","consumer_claims":[["act","client"],["sub"]],"consumer_by":["custom_id"]"#;

#[test]
fn the_first_claim_that_is_there_counts() {
    assert_eq!(consumer(BY_SEVERAL, r#","act":{"client":"42"},"sub":"app-web""#), Ok(Some("c-ann".into())));
    assert_eq!(consumer(BY_SEVERAL, r#","sub":"42""#), Ok(Some("c-ann".into())));
    assert_eq!(consumer(BY_SEVERAL, r#","act":{},"sub":"42""#), Ok(Some("c-ann".into())));
    let missing = Err(Denial::ConsumerClaimMissing { claim: "act.client or sub".into() });
    assert_eq!(consumer(BY_SEVERAL, ""), missing);
}

#[test]
fn a_later_claim_does_not_stand_in_for_one_that_names_nobody() {
    let nobody = Denial::ConsumerUnknown { claim: "act.client".into(), found: "nobody".into() };
    assert_eq!(consumer(BY_SEVERAL, r#","act":{"client":"nobody"},"sub":"42""#), Err(nobody));
    for value in ["null", "[]", "\"\"", "true"] {
        let missing = Denial::ConsumerClaimMissing { claim: "act.client".into() };
        let members = format!(r#","act":{{"client":{value}}},"sub":"42""#);
        assert_eq!(consumer(BY_SEVERAL, &members), Err(missing), "{value}");
    }
}

#[test]
fn a_username_is_found_in_any_case_only_where_the_service_says_so() {
    let openid = r#","consumer_claim":["sub"],"by_username_ignore_case":true"#;
    for (sub, found) in [("ANN", true), ("aNn", true), ("ann", true), ("42", true), ("anne", false)] {
        let id = consumer(openid, &format!(r#","sub":"{sub}""#));
        assert_eq!(id.is_ok(), found, "{sub}");
    }
    assert!(consumer(r#","consumer_claim":["sub"]"#, r#","sub":"ANN""#).is_err());
}

#[test]
fn case_counts_in_every_other_field() {
    let openid = r#","consumer_claim":["sub"],"by_username_ignore_case":true,"consumer_by":["id"]"#;
    assert!(consumer(openid, r#","sub":"c-ann""#).is_ok());
    assert!(consumer(openid, r#","sub":"C-ANN""#).is_err());
}

/// The Kelvin sign is a small k to Unicode.
#[test]
fn a_letter_beyond_ascii_does_not_become_another_s() {
    assert_eq!(crate::registry::fold_username("\u{212a}Im"), "\u{212a}im");
}

#[test]
fn where_a_consumer_is_optional_a_token_that_names_nobody_has_a_credential_instead() {
    let openid = r#","consumer_claim":["azp"],"consumer_optional":true"#;
    for members in ["", r#","azp":"nobody""#, r#","azp":[]"#, r#","azp":null"#] {
        let found = caller(openid, &format!(r#","sub":"u-1"{members}"#));
        assert_eq!(found, Ok(Found { credential: Some("u-1".into()), ..Found::default() }), "{members}");
    }
    let found = caller(openid, r#","sub":"u-1","azp":"ann""#);
    assert_eq!(found, Ok(Found { consumer: Some("c-ann".into()), ..Found::default() }));
}

#[test]
fn a_credential_is_named_by_the_claim_that_the_service_says() {
    let credential =
        |openid: &str, members: &str| caller(openid, members).map(|found| found.credential).unwrap();
    assert_eq!(credential("", r#","sub":"u-1""#).as_deref(), Some("u-1"));
    assert_eq!(credential("", r#","sub":7"#).as_deref(), Some("7"));
    let nested = r#","credential_claim":["act","client"]"#;
    assert_eq!(credential(nested, r#","sub":"u-1","act":{"client":"x"}"#).as_deref(), Some("x"));
    for members in ["", r#","sub":["u-1"]"#, r#","sub":"""#, r#","sub":1.5"#] {
        assert_eq!(credential("", members), None, "{members}");
    }
}

#[test]
fn groups_of_the_token_are_items_or_words() {
    let openid = r#","authenticated_groups_claim":["realm","groups"]"#;
    let groups = |value: &str| {
        let members = format!(r#","realm":{{"groups":{value}}}"#);
        caller(openid, &members).unwrap().authenticated_groups.unwrap()
    };
    assert_eq!(groups(r#"["a b","c",7,""]"#), ["a b", "c"]);
    assert_eq!(groups(r#""openid  email""#), ["openid", "email"]);
    for empty in ["[]", "null", "7", "{}", "\"\""] {
        assert!(groups(empty).is_empty(), "{empty}");
    }
    assert_eq!(caller(openid, "").unwrap().authenticated_groups, None);
    assert_eq!(caller("", r#","groups":["a"]"#).unwrap().authenticated_groups, None);
}

const BY_TIER: &str = r#","consumer_groups_claim":["tier"]"#;

#[test]
fn a_token_must_name_a_consumer_group_of_the_config() {
    for (tier, groups) in [(r#""gold""#, &["gold"][..]), (r#"["x","silver","gold"]"#, &["silver", "gold"])] {
        let found = caller(BY_TIER, &format!(r#","tier":{tier}"#)).unwrap();
        assert_eq!(found.consumer_groups, groups);
    }
    for (member, found) in [
        (r#","tier":"bronze""#, "bronze"),
        (r#","tier":"Gold""#, "Gold"),
        (r#","tier":"gold silver""#, "gold silver"),
        (r#","tier":["g-2","x"]"#, "g-2, x"),
        (r#","tier":[]"#, "none"),
        (r#","tier":7"#, "none"),
        ("", "none"),
    ] {
        let denial = Denial::ConsumerGroupUnknown { claim: "tier".into(), found: found.into() };
        assert_eq!(caller(BY_TIER, member), Err(denial), "{member}");
    }
}

#[test]
fn where_consumer_groups_are_optional_a_token_may_name_none() {
    let openid = format!(r#"{BY_TIER},"consumer_groups_optional":true"#);
    for member in ["", r#","tier":"bronze""#] {
        assert_eq!(caller(&openid, member), Ok(Found::default()), "{member}");
    }
    assert_eq!(caller(&openid, r#","tier":"gold""#).unwrap().consumer_groups, ["gold"]);
}

/// Members of a token, and whether its `aud` is its caller's own id.
const AUDIENCES: [(&str, bool); 8] = [
    (r#","azp":"42""#, true),
    (r#","appid":"42""#, true),
    (r#","client_id":"42""#, true),
    (r#","cid":"42""#, true),
    (r#","azp":"42","client_id":"42""#, true),
    (r#","azp":"app-web""#, false),
    (r#","azp":"42","client_id":"app-web""#, false),
    ("", false),
];

#[test]
fn aud_as_the_consumer_claim_works_and_is_warned_of_where_it_is_not_the_caller() {
    let openid = r#","consumer_claim":["aud"]"#;
    for (members, own) in AUDIENCES {
        let found = caller(openid, &format!(r#","aud":"42"{members}"#));
        let expected = Found { consumer: Some("c-ann".into()), warned: !own, ..Found::default() };
        assert_eq!(found, Ok(expected), "{members}");
    }
}

#[test]
fn the_strict_switch_refuses_an_aud_that_is_not_the_caller() {
    for more in ["", r#","consumer_optional":true"#] {
        let openid = format!(r#","consumer_claim":["aud"],"consumer_claim_strict":true{more}"#);
        for (members, own) in AUDIENCES {
            let found = caller(&openid, &format!(r#","aud":"42"{members}"#));
            let refused = matches!(found, Err(Denial::ConsumerClaimNotCaller { .. }));
            assert_eq!((found.is_ok(), refused), (own, !own), "{members}");
        }
        let several = caller(&openid, r#","aud":["42"],"azp":"42""#);
        assert!(matches!(several, Err(Denial::ConsumerClaimNotCaller { .. })), "{several:?}");
    }
}

#[test]
fn the_strict_switch_says_which_id_was_expected() {
    let openid = r#","consumer_claim":["aud"],"consumer_claim_strict":true"#;
    let denial = |expected: &str| {
        Err(Denial::ConsumerClaimNotCaller { expected: expected.into(), found: "42".into() })
    };
    assert_eq!(caller(openid, r#","aud":"42","azp":"app-web""#), denial("azp app-web"));
    assert_eq!(caller(openid, r#","aud":"42""#), denial("an id that the token lacks"));
}

#[test]
fn the_strict_switch_leaves_other_claims_alone() {
    let openid = r#","consumer_claims":[["sub"],["aud"]],"consumer_claim_strict":true"#;
    assert_eq!(consumer(openid, r#","sub":"42","aud":"api","azp":"x""#), Ok(Some("c-ann".into())));
    assert!(consumer(openid, r#","aud":"42","azp":"x""#).is_err());
}
