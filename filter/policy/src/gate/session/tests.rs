use crate::fixtures::{ISSUER, NOW, good, token, token_by};
use crate::gate::browser::{
    Browser, LOGIN, SECRET, TOKEN, access_token, consent, edits, equip, id_token, members, query, renewing,
    scene, second,
};
use crate::gate::scene::{KEYS, Scene};
use crate::headers::HeaderEdit;
use crate::step::Step;
use alloc::format;
use alloc::string::String;
use std::vec::Vec;

mod refresh;

/// Sessions alone: nobody is sent to log in, so that a refusal is one.
const BEARER: &str =
    r#","auth_methods":["session","bearer"],"session_secret":"a secret of at least 32 bytes: 1""#;

const SESSION: &str = "__Host-session";

/// A browser with the session of a token.
fn by_bearer(scene: &mut Scene, token: &str) -> Browser {
    let mut browser = Browser::default();
    let page = browser.send(scene, "GET", "/orders", &[("authorization", &format!("Bearer {token}"))]);
    assert_eq!((page.status, page.set_cookies.len()), (None, 1), "{page:?}");
    browser
}

fn ann() -> String {
    token(&members(r#","sub":"ann""#))
}

#[test]
fn a_token_begins_a_session_and_the_cookie_alone_is_as_good() {
    let mut scene = Scene::with(BEARER);
    let mut browser = by_bearer(&mut scene, &ann());
    let page = browser.get(&mut scene, "/orders");
    assert_eq!((page.status, page.set_cookies.len()), (None, 0), "{page:?}");
    assert_eq!(page.upstream["authorization"], format!("Bearer {}", ann()));
    let again = format!("Bearer {}", ann());
    let page = browser.send(&mut scene, "GET", "/orders", &[("authorization", &again)]);
    assert_eq!(page.set_cookies.len(), 0, "it is kept, and not written again");
    assert_eq!(Browser::default().get(&mut scene, "/orders").reason, Some("CredentialMissing"));
}

/// Every byte of a cookie, with every bit of it turned: what is refused is told apart from what is absent.
#[test]
fn a_cookie_that_is_edited_in_any_byte_is_refused() {
    let mut scene = Scene::with(BEARER);
    let browser = by_bearer(&mut scene, &ann());
    let value = browser.cookies[SESSION].clone();
    assert_eq!(browser.clone().get(&mut scene, "/orders").status, None);
    for edited in edits(&value) {
        let mut other = Browser::default();
        other.cookies.insert(SESSION.into(), edited.clone());
        let page = other.get(&mut scene, "/orders");
        assert_eq!((page.status, page.reason), (Some(401), Some("SessionInvalid")), "{edited}");
        assert!(other.cookies.is_empty(), "and the browser forgets it");
    }
    for length in 0..value.len() {
        let mut cut = Browser::default();
        cut.cookies.insert(SESSION.into(), value.chars().take(length).collect());
        assert_eq!(cut.get(&mut scene, "/orders").reason, Some("SessionInvalid"), "{length} bytes");
    }
}

/// Another host of the domain, or somebody on the way, sets a cookie of the same name: RFC 6265 8.6.
#[test]
fn a_cookie_that_is_tossed_in_is_no_session_whosever_it_is() {
    let mut scene = scene("");
    let (mut ann, mut eve) = (Browser::default(), Browser::default());
    ann.log_in(&mut scene, "/orders");
    eve.log_in(&mut scene, "/orders");
    let (of_ann, of_eve) = (&ann.cookies[SESSION], &eve.cookies[SESSION]);
    assert_ne!(of_ann, of_eve);
    for both in [
        format!("{SESSION}={of_ann}; {SESSION}={of_eve}"),
        format!("{SESSION}={of_eve}; {SESSION}={of_ann}"),
        format!("{SESSION}={of_ann}; {SESSION}={of_ann}"),
    ] {
        let page = Browser::default().send(&mut scene, "GET", "/orders", &[("cookie", &both)]);
        assert_eq!(
            (page.status, page.reason),
            (Some(401), Some("SessionInvalid")),
            "no login, which would not help"
        );
        assert!(page.set_cookies.iter().all(|line| line.contains("Max-Age=0")), "{page:?}");
    }
    // Without the prefix, anybody could have set it.
    let plain = format!("session={of_eve}");
    let page = Browser::default().send(&mut scene, "GET", "/orders", &[("cookie", &plain)]);
    assert_eq!(page.status, Some(302));
    assert!(page.location.contains("/authorize?"));
}

#[test]
fn a_part_of_another_session_is_none() {
    let long = "x".repeat(5_000);
    let of = |sub: &str| token(&members(&format!(r#","sub":"{sub}","long":"{long}""#)));
    let mut scene = Scene::with(BEARER);
    let browsers: Vec<Browser> = ["ann", "eve"]
        .map(|sub| {
            let mut browser = Browser::default();
            let bearer = format!("Bearer {}", of(sub));
            let page = browser.send(&mut scene, "GET", "/orders", &[("authorization", &bearer)]);
            assert_eq!(page.set_cookies.len(), 3, "a long session is several cookies");
            assert_eq!(browser.get(&mut scene, "/orders").status, None);
            browser
        })
        .into();
    for part in ["__Host-session", "__Host-session2", "__Host-session3"] {
        let mut mixed = browsers[0].clone();
        mixed.cookies.insert(part.into(), browsers[1].cookies[part].clone());
        assert_eq!(mixed.get(&mut scene, "/orders").reason, Some("SessionInvalid"), "{part}");
        let mut without = browsers[0].clone();
        without.cookies.remove(part);
        assert_ne!(without.get(&mut scene, "/orders").status, None, "{part}");
    }
}

/// A session that was there before a login must not be the one that is there after it.
#[test]
fn a_session_does_not_outlive_another_login() {
    let mut scene = scene("");
    let mut eve = Browser::default();
    eve.log_in(&mut scene, "/orders");
    let fixed = eve.cookies[SESSION].clone();
    let mut ann = Browser::default();
    ann.cookies.insert(SESSION.into(), fixed.clone());
    let eves = access_token("");
    let anns = access_token(r#","n":1"#);
    let bearer = format!("Bearer {anns}");
    let page = ann.send(&mut scene, "GET", "/orders", &[("authorization", &bearer)]);
    assert_eq!(page.status, None);
    assert!(!page.upstream.contains_key("authorization"), "the explicit credential decides, and stays");
    assert_ne!(ann.cookies[SESSION], fixed);
    assert_eq!(ann.get(&mut scene, "/orders").upstream["authorization"], bearer);
    assert_eq!(eve.get(&mut scene, "/orders").upstream["authorization"], format!("Bearer {eves}"));
    let wrong = ann.clone().send(&mut scene, "GET", "/orders", &[("authorization", "Bearer a.b.c")]);
    assert_eq!(
        (wrong.status, wrong.set_cookies.len()),
        (Some(401), 0),
        "a session does not help a bad token"
    );
    let mut again = Browser::default();
    again.cookies.insert(SESSION.into(), "1.garbage".into());
    again.log_in(&mut scene, "/orders");
    assert_ne!(again.cookies[SESSION], fixed, "a login begins its own");
}

#[test]
fn sessions_live_on_while_their_secret_is_rotated_and_end_when_it_is_gone() {
    let with = |secrets: &str| {
        let config = LOGIN.replace(&format!("\"{SECRET}\""), secrets);
        equip(Scene::with(&config))
    };
    let (old, new) = (format!("\"{SECRET}\""), "\"another secret of at least 32 byte\"");
    let mut before = with(&old);
    let mut browser = Browser::default();
    browser.log_in(&mut before, "/orders");
    let mut during = with(&format!("[{new},{old}]"));
    assert_eq!(browser.get(&mut during, "/orders").status, None);
    let mut after = with(&format!("[{new}]"));
    let page = browser.clone().get(&mut after, "/orders");
    assert!(page.location.contains("/authorize?"), "{page:?}");
    // Whoever comes in time gets one by the new secret.
    during.now += 100;
    assert_eq!(browser.get(&mut during, "/orders").set_cookies.len(), 1);
    after.now = during.now;
    assert_eq!(browser.get(&mut after, "/orders").status, None);
    // So do logins that are under way.
    let mut late = Browser::default();
    let sent = late.get(&mut before, "/orders");
    assert_eq!(late.get(&mut during, &consent(&sent.location)).status, Some(302));
}

#[test]
fn two_gateways_with_one_secret_share_sessions_and_others_do_not() {
    let (mut one, mut two) = (scene(""), scene(""));
    let mut browser = Browser::default();
    browser.log_in(&mut one, "/orders");
    assert_eq!(browser.get(&mut two, "/orders").status, None);
    let mut third = Browser::default();
    let sent = third.get(&mut one, "/orders");
    assert_eq!(third.get(&mut two, &consent(&sent.location)).status, Some(302), "a login as well");
    for other in [r#","session_audience":"other""#, r#","session_cookie_name":"s""#] {
        let page = browser.clone().get(&mut scene(other), "/orders");
        assert_eq!(page.status, Some(302), "{other}");
    }
    let other_secret = LOGIN.replace(SECRET, "another secret of at least 32 byte");
    let page = browser.clone().get(&mut equip(Scene::with(&other_secret)), "/orders");
    assert_eq!(page.status, Some(302));
    let other_realm = format!(
        r#"{{"version":1,"realm":"other","services":[{{"name":"orders","plugins":[
            {{"name":"openid-connect","config":{{"issuer":"{ISSUER}"{LOGIN}}}}}]}}]}}"#
    );
    let page = browser.clone().get(&mut equip(Scene::of(&other_realm)), "/orders");
    assert_eq!(page.status, Some(302));
}

/// The document of a service that lets approved applications in alone.
fn registered(status: &str) -> String {
    format!(
        r#"{{"version":1,"sources":[{{"id":"idp","issuer":"{ISSUER}"}}],
            "services":[{{"id":"s1","name":"orders","plugins":[
            {{"name":"openid-connect","config":{{"issuer":"{ISSUER}","consumer_claim":["sub"],
                "consumer_by":["custom_id"]{LOGIN}}}}},
            {{"name":"application-registration","config":{{"display_name":"Orders"}}}}]}}],
            "applications":[{{"id":"a1","name":"app","custom_id":"ann","source":"idp",
                "registrations":[{{"service":"orders","status":"{status}"}}]}}]}}"#
    )
}

#[test]
fn an_application_that_is_revoked_while_a_session_lives_is_refused_at_the_next_request() {
    let mut scene = equip(Scene::of(&registered("approved")));
    let mut browser = Browser::default();
    browser.log_in(&mut scene, "/orders");
    let page = browser.get(&mut scene, "/orders");
    assert_eq!(page.upstream["x-consumer-custom-id"], "ann");
    let session = browser.clone();
    scene.policy = Scene::of(&registered("revoked")).policy;
    let page = browser.get(&mut scene, "/orders");
    assert_eq!((page.status, page.reason), (Some(403), Some("ApplicationRevoked")), "{page:?}");
    assert!(browser.cookies.is_empty(), "forbidden_destroy_session");
    let mut kept = session.clone();
    let stays = registered("revoked").replace(LOGIN, &format!("{LOGIN},\"forbidden_destroy_session\":false"));
    scene.policy = Scene::of(&stays).policy;
    assert_eq!(kept.get(&mut scene, "/orders").status, Some(403));
    assert!(kept.cookies.contains_key(SESSION));
    scene.policy = Scene::of(&registered("approved")).policy;
    assert_eq!(kept.get(&mut scene, "/orders").status, None, "and it is the same session again");
}

#[test]
fn whom_the_service_does_not_let_in_gets_no_session_by_logging_in() {
    for status in ["pending", "revoked"] {
        let mut scene = equip(Scene::of(&registered(status)));
        let mut browser = Browser::default();
        let sent = browser.get(&mut scene, "/orders");
        let back = browser.get(&mut scene, &consent(&sent.location));
        assert_eq!(back.status, Some(403), "{status}");
        assert!(browser.cookies.is_empty(), "{browser:?}");
    }
}

#[test]
fn what_a_token_says_is_looked_at_again_at_every_request_of_a_session() {
    let strict = |more: &str| Scene::with(&format!("{BEARER}{more}"));
    let mut scene = strict("");
    let token = token(&members(r#","sub":"ann","scope":"a","aud":"api""#));
    let browser = by_bearer(&mut scene, &token);
    for (more, reason) in [
        (r#","scopes_required":["b"]"#, "ScopeMissing"),
        (r#","audience_required":["other"]"#, "AudienceMismatch"),
        (r#","claims_forbidden":["sub"]"#, "ClaimForbidden"),
        (r#","consumer_claim":["sub"]"#, "ConsumerUnknown"),
        (r#","disable_session":["bearer"]"#, "SessionInvalid"),
    ] {
        let page = browser.clone().get(&mut strict(more), "/orders");
        assert_eq!(page.reason, Some(reason), "{more}");
    }
    scene.now = NOW + 600;
    assert_eq!(browser.clone().get(&mut scene, "/orders").reason, Some("Expired"));
    let mut other_keys = strict("");
    other_keys.answers(KEYS, Ok((200, token_by(9, "k2", &good("")).0)));
    assert_eq!(browser.clone().get(&mut other_keys, "/orders").reason, Some("KeyUnknown"));
}

#[test]
fn a_session_ends_by_its_timeouts_and_is_renewed_in_time() {
    let long = |more: &str| {
        let far = format!(r#""iss":"{ISSUER}","exp":{},"sub":"ann""#, NOW + 1_000_000);
        (Scene::with(&format!("{BEARER}{more}")), token(&far))
    };
    for (more, steps, reason) in [
        ("", &[(899, None), (899, None), (899, None)][..], None),
        ("", &[(900, Some("SessionEnded"))], Some(())),
        (r#","session_idling_timeout":0"#, &[(3_599, None), (3_599, None)], None),
        (r#","session_idling_timeout":0"#, &[(3_600, Some("SessionEnded"))], Some(())),
        (
            r#","session_idling_timeout":0,"session_rolling_timeout":0,"session_absolute_timeout":100"#,
            &[(60, None), (40, Some("SessionEnded"))],
            Some(()),
        ),
        (
            r#","session_idling_timeout":0,"session_rolling_timeout":0,"session_absolute_timeout":0"#,
            &[(900_000, None)],
            None,
        ),
    ] {
        let (mut scene, token) = long(more);
        let mut browser = by_bearer(&mut scene, &token);
        for (seconds, reason) in steps {
            scene.now += seconds;
            assert_eq!(browser.get(&mut scene, "/orders").reason, *reason, "{more} {steps:?}");
        }
        assert_eq!(browser.cookies.is_empty(), reason.is_some(), "{more} {steps:?}");
    }
}

/// With a provider whose logins can be refreshed; the access token that comes of it.
fn refreshing(scene: &mut Scene) -> String {
    scene.answers_by(TOKEN, renewing());
    second()
}

#[test]
fn the_tokens_that_came_with_it_go_along_in_headers_that_are_named() {
    let mut scene = scene(
        r#","upstream_id_token_header":"x-id","upstream_refresh_token_header":"x-refresh",
            "downstream_id_token_header":"x-who""#,
    );
    refreshing(&mut scene);
    let mut browser = Browser::default();
    let sent = browser.get(&mut scene, "/orders");
    browser.get(&mut scene, &consent(&sent.location));
    let own = id_token(&query(&sent.location)["nonce"], "");
    let forged = [("x-id", "forged"), ("x-refresh", "forged")];
    let (mut later, mut other) = (browser.clone(), Browser::default());
    let bearer = format!("Bearer {}", ann());
    for (page, id, refresh) in [
        (browser.send(&mut scene, "GET", "/orders", &forged), &*own, "r-1"),
        (
            other.send(&mut scene, "GET", "/orders", &[forged[0], forged[1], ("authorization", &bearer)]),
            "",
            "",
        ),
    ] {
        assert_eq!((&*page.upstream["x-id"], &*page.upstream["x-refresh"]), (id, refresh), "{page:?}");
    }
    scene.now += 595;
    let page = later.send(&mut scene, "GET", "/orders", &forged);
    assert_eq!((&*page.upstream["x-id"], &*page.upstream["x-refresh"]), (&*own, "r-2"), "{page:?}");
    let (mut gate, step) = browser.begin(&scene, "/orders");
    let Step::Forward(permit) = scene.follow(&mut gate, step) else { panic!("expected a permit") };
    let told = HeaderEdit::Set("x-who".into(), own.as_bytes().into());
    assert!(permit.response_edits().contains(&told), "{:?}", permit.response_edits());
}

#[test]
fn what_gets_a_token_begins_a_session_too() {
    let client = r#","client_id":["web"],"client_secret":["s3cr3t of the gateway itself"],
        "auth_methods":["session","client_credentials"],"session_secret":"a secret of at least 32 bytes: 1""#;
    let mut scene = equip(Scene::with(client));
    let answer = format!(r#"{{"access_token":"{}","token_type":"bearer","expires_in":600}}"#, ann());
    scene.answers(TOKEN, Ok((200, answer)));
    let mut browser = Browser::default();
    let page = browser.send(&mut scene, "GET", "/orders", &[("authorization", "Basic app:right")]);
    assert_eq!((page.status, page.set_cookies.len()), (None, 1), "{page:?}");
    let page = browser.get(&mut scene, "/orders");
    assert_eq!(page.upstream["authorization"], format!("Bearer {}", ann()));
}

#[test]
fn a_session_that_no_cookies_can_hold_is_not_begun_and_the_request_goes_on() {
    let mut scene = Scene::with(BEARER);
    let long = token(&members(&format!(r#","sub":"ann","long":"{}""#, "x".repeat(11_800))));
    let mut browser = Browser::default();
    let bearer = format!("Bearer {long}");
    let page = browser.send(&mut scene, "GET", "/orders", &[("authorization", &bearer)]);
    assert_eq!((page.status, page.reason, page.set_cookies.len()), (None, None, 0));
}

#[test]
fn a_session_of_another_method_or_source_counts_for_nothing() {
    let mut scene = scene("");
    let mut browser = Browser::default();
    browser.log_in(&mut scene, "/orders");
    let without = LOGIN
        .replace(r#""authorization_code","#, "")
        .replace(r#","redirect_uri":["https://gw.example/callback"]"#, "");
    let page = browser.clone().get(&mut equip(Scene::with(&without)), "/orders");
    assert_eq!(page.reason, Some("SessionInvalid"), "{page:?}");
}
