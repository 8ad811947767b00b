use super::resolve;
use crate::denial::Denial;
use crate::fixtures::{NOW, good, policy, verified};
use crate::time::UnixTime;
use crate::{authorization, current};
use alloc::string::String;

/// The id of the consumer of a token with these further members under this further config.
fn consumer(openid: &str, members: &str) -> Result<Option<String>, Denial> {
    let policy = policy(openid, "");
    let service = policy.config().services.first().expect("a service");
    let rules = &service.rules.as_ref().expect("rules").openid_connect;
    let verified = verified(&good(members));
    let current =
        current::check(&verified, &rules.token, UnixTime::from_seconds(NOW)).expect("a current token");
    let authorized = authorization::check(&current, &rules.requirements).expect("an authorized token");
    let caller = resolve(&authorized, &rules.consumer, &policy.config().registry)?;
    Ok(caller.record().and_then(|record| record.consumer.id.as_deref().map(String::from)))
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
        let openid = alloc::format!(r#","consumer_claim":["sub"],"consumer_by":{by}"#);
        let id = consumer(&openid, &alloc::format!(r#","sub":"{sub}""#));
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
