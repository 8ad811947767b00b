use crate::capabilities::Capabilities;
use crate::fixtures::{ISSUER, NOW, good, token, token_by};
use crate::gate::browser::{
    Browser, LOGIN, SECRET, TOKEN, access_token, consent, edits, equip, id_token, members, provider, query,
    scene,
};
use crate::gate::scene::{KEYS, Scene};
use crate::headers::HeaderEdit;
use crate::step::{CallError, Step};
use alloc::format;
use alloc::string::{String, ToString as _};
use serde_json::json;
use std::vec::Vec;

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

/// A token endpoint that gives a refresh token, and after it the second access token.
fn refreshing(scene: &mut Scene) -> String {
    let second = token(
        &members(r#","sub":"ann","n":2"#).replace(&(NOW + 600).to_string(), &(NOW + 9_999).to_string()),
    );
    let fresh = second.clone();
    scene.answers_by(
        TOKEN,
        provider(move |nonce| match nonce {
            "" => Vec::from([
                ("access_token", json!(fresh)),
                ("id_token", json!(null)),
                ("refresh_token", json!("r-2")),
                ("expires_in", json!(9_000)),
            ]),
            _ => Vec::from([("refresh_token", json!("r-1"))]),
        }),
    );
    second
}

#[test]
fn an_access_token_that_runs_out_is_replaced_inside_the_session_once() {
    let mut scene = scene("");
    let second = refreshing(&mut scene);
    let mut browser = Browser::default();
    browser.log_in(&mut scene, "/orders");
    scene.now += 589;
    scene.asked();
    assert_eq!(
        browser.get(&mut scene, "/orders").upstream["authorization"],
        format!("Bearer {}", access_token(""))
    );
    assert!(scene.asked().is_empty());
    scene.now += 1;
    let mut other_tab = browser.clone();
    let page = browser.get(&mut scene, "/orders");
    assert_eq!(page.upstream["authorization"], format!("Bearer {second}"));
    assert_eq!(page.set_cookies.len(), 1, "the browser keeps the new one");
    let page = other_tab.get(&mut scene, "/orders");
    assert_eq!(page.upstream["authorization"], format!("Bearer {second}"));
    assert_eq!(scene.asked(), [TOKEN], "a refresh token is used once, however many requests need it");
    assert_eq!(browser.get(&mut scene, "/orders").set_cookies.len(), 0);
}

/// The token of the code runs out within seconds, and the refresh token that replaces it is used up.
#[test]
fn a_session_begins_with_the_tokens_that_the_login_ended_with() {
    let mut scene = scene("");
    let second = refreshing(&mut scene);
    let mut browser = Browser::default();
    scene.now += 595;
    browser.log_in(&mut scene, "/orders");
    scene.now += 120;
    scene.asked();
    let page = browser.get(&mut scene, "/orders");
    assert_eq!(page.upstream["authorization"], format!("Bearer {second}"));
    assert!(scene.asked().is_empty());
}

#[test]
fn a_session_that_was_refreshed_is_kept_where_the_request_is_refused() {
    let config = format!(r#"{LOGIN},"forbidden_destroy_session":false"#);
    let document = registered("approved").replace(LOGIN, &config);
    let mut scene = equip(Scene::of(&document));
    refreshing(&mut scene);
    let mut browser = Browser::default();
    browser.log_in(&mut scene, "/orders");
    scene.policy = Scene::of(&registered("revoked").replace(LOGIN, &config)).policy;
    scene.now += 595;
    scene.asked();
    let page = browser.get(&mut scene, "/orders");
    assert_eq!((page.status, page.set_cookies.len()), (Some(403), 1), "its refresh token is another one now");
    scene.now += 100;
    assert_eq!(browser.get(&mut scene, "/orders").status, Some(403));
    assert_eq!(scene.asked(), [TOKEN]);
}

/// On Kong's engine no request can wait for another, and its provider may take everything back where both use the refresh
/// token.
#[test]
fn while_one_request_refreshes_the_others_go_on_with_the_token_that_is_there_or_come_again() {
    for (seconds, status) in [(595, None), (605, Some(503))] {
        let mut scene = scene("");
        let second = refreshing(&mut scene);
        let mut browser = Browser::default();
        browser.log_in(&mut scene, "/orders");
        scene.engine = Capabilities { wakes_other_streams: false, ..scene.engine };
        scene.now += seconds;
        scene.asked();
        let (mut first, held) = browser.begin(&scene, "/orders");
        assert!(matches!(held, Step::Call { .. }), "{held:?}");
        let page = browser.clone().get(&mut scene, "/orders");
        assert_eq!((page.status, page.set_cookies.len()), (status, 0), "{page:?}");
        let step = scene.follow(&mut first, held);
        assert!(matches!(step, Step::Forward(_)), "{step:?}");
        let page = browser.get(&mut scene, "/orders");
        assert_eq!(page.upstream["authorization"], format!("Bearer {second}"));
        assert_eq!(scene.asked(), [TOKEN]);
    }
}

#[test]
fn where_nothing_gets_another_token_a_session_ends_with_its_own() {
    for more in ["", r#","refresh_tokens":false"#] {
        let mut scene = scene(more);
        if !more.is_empty() {
            refreshing(&mut scene);
        }
        let mut browser = Browser::default();
        browser.log_in(&mut scene, "/orders");
        scene.now += 595;
        assert_eq!(browser.get(&mut scene, "/orders").status, None);
        scene.now += 5;
        let page = browser.get(&mut scene, "/orders");
        assert!(page.location.contains("/authorize?"), "{page:?}");
        assert!(!browser.cookies.contains_key(SESSION));
    }
}

#[test]
fn a_provider_that_is_down_ends_no_session_whose_token_is_good() {
    let mut scene = scene("");
    let second = refreshing(&mut scene);
    let mut browser = Browser::default();
    browser.log_in(&mut scene, "/orders");
    scene.now += 595;
    scene.answers(TOKEN, Err(CallError::Failed));
    let page = browser.get(&mut scene, "/orders");
    assert_eq!(page.upstream["authorization"], format!("Bearer {}", access_token("")));
    scene.now += 10;
    let page = browser.get(&mut scene, "/orders");
    assert_eq!((page.status, page.reason), (Some(503), Some("ProviderUnavailable")), "{page:?}");
    assert!(browser.cookies.contains_key(SESSION), "it is not the session's fault");
    refreshing(&mut scene);
    scene.now += 10;
    assert_eq!(browser.get(&mut scene, "/orders").upstream["authorization"], format!("Bearer {second}"));
}

#[test]
fn a_session_whose_refresh_the_provider_refuses_is_over() {
    let mut scene = scene("");
    refreshing(&mut scene);
    let mut browser = Browser::default();
    browser.log_in(&mut scene, "/orders");
    scene.now += 595;
    scene.answers(TOKEN, Ok((400, r#"{"error":"invalid_grant"}"#.into())));
    let page = browser.get(&mut scene, "/orders");
    assert!(page.location.contains("/authorize?"), "{page:?}");
    assert!(!browser.cookies.contains_key(SESSION));
}

/// Its ID token was made with the access token before, and providers need not give another (OIDC Core 12.2).
#[test]
fn an_opaque_token_that_was_refreshed_without_an_id_token_goes_on_with_the_one_that_is_there() {
    let mut scene = scene("");
    let hash = r#","at_hash":"VCpU86aYg8AEiFKVbnOVkg""#;
    scene.answers_by(
        TOKEN,
        provider(move |nonce| match nonce {
            "" => Vec::from([
                ("access_token", json!("opaque-2")),
                ("id_token", json!(null)),
                ("expires_in", json!(300)),
            ]),
            _ => Vec::from([
                ("access_token", json!("opaque-1")),
                ("id_token", json!(id_token(nonce, hash))),
                ("refresh_token", json!("r-1")),
                ("expires_in", json!(300)),
            ]),
        }),
    );
    let mut browser = Browser::default();
    browser.log_in(&mut scene, "/orders");
    assert_eq!(browser.get(&mut scene, "/orders").upstream["authorization"], "Bearer opaque-1");
    scene.now += 295;
    assert_eq!(browser.get(&mut scene, "/orders").upstream["authorization"], "Bearer opaque-2");
    assert_eq!(browser.get(&mut scene, "/orders").upstream["authorization"], "Bearer opaque-2");
}

#[test]
fn a_refreshed_id_token_of_another_person_ends_the_session() {
    let mut scene = scene(r#","logout_uri_suffix":"/logout""#);
    scene.answers_by(
        TOKEN,
        provider(|nonce| match nonce {
            "" => Vec::from([("id_token", json!(token(&members(r#","sub":"eve","aud":"web""#))))]),
            _ => Vec::from([("refresh_token", json!("r-1"))]),
        }),
    );
    let mut browser = Browser::default();
    browser.log_in(&mut scene, "/orders");
    scene.now += 595;
    let page = browser.get(&mut scene, "/orders");
    assert_ne!(page.status, None, "{page:?}");
    assert!(!browser.cookies.contains_key(SESSION));
}

#[test]
fn after_a_rotation_of_keys_a_session_gets_a_token_by_the_new_one() {
    let mut scene = scene("");
    let (keys, by_new) = token_by(9, "k2", &members(r#","sub":"ann""#));
    let fresh = by_new.clone();
    scene.answers_by(
        TOKEN,
        provider(move |nonce| match nonce {
            "" => Vec::from([("access_token", json!(fresh)), ("id_token", json!(null))]),
            _ => Vec::from([("refresh_token", json!("r-1"))]),
        }),
    );
    let mut browser = Browser::default();
    browser.log_in(&mut scene, "/orders");
    scene.answers(KEYS, Ok((200, keys)));
    scene.now += 31;
    scene.memory = Scene::with(LOGIN).memory;
    let page = browser.get(&mut scene, "/orders");
    assert_eq!(page.upstream.get("authorization"), Some(&format!("Bearer {by_new}")), "{page:?}");
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
