use crate::capabilities::Capabilities;
use crate::fixtures::{Counter, ISSUER, NOW, good, token, token_by};
use crate::gate::scene::{Answered, DISCOVERY, End, Ending, KEYS, Scene, end, header, refused};
use crate::step::{CallError, Event, HttpCall, Step, Topic};
use crate::time::UnixTime;
use alloc::format;
use alloc::string::String;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::vec::Vec;

const TOKEN: &str = "/token";
const INTROSPECT: &str = "/introspect";
const USERINFO: &str = "/userinfo";
const CLIENT: &str = r#","client_id":["gateway"],"client_secret":["s3cr3t of the gateway itself"]"#;

/// A provider with every endpoint, and the client of the gateway.
fn scene(more: &str) -> Scene {
    let mut scene = Scene::with(&format!("{CLIENT}{more}"));
    let document = format!(
        r#"{{"issuer":"{ISSUER}","jwks_uri":"https://idp.example{KEYS}",
            "token_endpoint":"https://idp.example{TOKEN}",
            "introspection_endpoint":"https://idp.example{INTROSPECT}",
            "userinfo_endpoint":"https://idp.example{USERINFO}"}}"#
    );
    scene.answers(DISCOVERY, Ok((200, document)));
    scene.answers_by(TOKEN, grants);
    scene.answers_by(INTROSPECT, introspects);
    scene
}

/// Gives `app` with its secret a token for a minute, and ann with her password.
fn grants(call: &HttpCall) -> Answered {
    let body = text(&call.body);
    let client = basic("app", "right");
    let user = body.contains("username=ann&password=right") && header(call, "authorization") == gateway();
    let refresh = body.contains("refresh_token=r-1") && header(call, "authorization") == gateway();
    if header(call, "authorization") == client && body.contains("grant_type=client_credentials")
        || user
        || refresh
    {
        let token = token(&good(r#","sub":"app""#));
        return Ok((200, format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":60}}"#)));
    }
    let code = if body.contains("client_credentials") { "invalid_client" } else { "invalid_grant" };
    Ok((401, format!(r#"{{"error":"{code}"}}"#)))
}

/// Knows the opaque token `good`.
fn introspects(call: &HttpCall) -> Answered {
    let active = text(&call.body).contains("token=good") && header(call, "authorization") == gateway();
    let answer = if active {
        format!(r#"{{"active":true,"sub":"app","exp":{}}}"#, NOW + 60)
    } else {
        r#"{"active":false}"#.into()
    };
    Ok((200, answer))
}

fn gateway() -> String {
    basic("gateway", "s3cr3t+of+the+gateway+itself")
}

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("utf-8")
}

fn with(scene: &mut Scene, authorization: &str) -> Ending {
    scene.request_with(&[("authorization", authorization)])
}

#[test]
fn an_id_and_a_secret_get_a_token_that_goes_upstream_in_their_place() {
    for sent in [basic("app", "right"), "Basic app:right".into()] {
        let mut scene = scene("");
        let ending = with(&mut scene, &sent);
        assert_eq!(ending.end, End::Permitted, "{ending:?}");
        let bearer = ending.set.get("authorization").expect("a token");
        assert!(bearer.starts_with("Bearer ey"), "{bearer}");
        assert_eq!(scene.asked(), [DISCOVERY, KEYS, TOKEN]);
    }
}

#[test]
fn a_token_that_was_got_serves_until_it_expires_and_no_longer() {
    let mut scene = scene("");
    for (second, asks) in [(0, true), (1, false), (58, false), (60, true)] {
        scene.now = NOW + second;
        scene.answers_by(TOKEN, move |_| {
            let members = format!(r#""iss":"{ISSUER}","exp":{},"sub":"app""#, NOW + second + 60);
            Ok((
                200,
                format!(r#"{{"access_token":"{}","token_type":"bearer","expires_in":60}}"#, token(&members)),
            ))
        });
        assert_eq!(with(&mut scene, &basic("app", "right")).end, End::Permitted, "after {second} s");
        assert_eq!(scene.asked().iter().any(|path| path == TOKEN), asks, "after {second} s");
    }
}

#[test]
fn a_wrong_secret_never_gets_what_a_right_one_got() {
    let mut scene = scene("");
    assert_eq!(with(&mut scene, &basic("app", "right")).end, End::Permitted);
    let ending = with(&mut scene, &basic("app", "wrong"));
    assert_eq!((ending.end, ending.reason), (refused(401), Some("CredentialRejected")));
    let ending = with(&mut scene, &basic("other", "right"));
    assert_eq!((ending.end, ending.reason), (refused(401), Some("CredentialRejected")));
    assert_eq!(with(&mut scene, &basic("app", "right")).end, End::Permitted);
    let asked = scene.asked().iter().filter(|path| *path == TOKEN).count();
    assert_eq!(asked, 3, "and a refusal is not kept unless that is asked for");
}

#[test]
fn a_service_that_keeps_no_answers_or_not_for_so_long_takes_none_that_another_kept() {
    for less in [r#","cache_introspection":false"#, r#","cache_ttl_max":5"#] {
        let introspecting = r#","auth_methods":["introspection"]"#;
        let of_other_service = scene(&format!("{introspecting}{less}")).policy;
        let mut scene = scene(introspecting);
        assert_eq!(with(&mut scene, "Bearer good").end, End::Permitted);
        scene.answers(INTROSPECT, Ok((200, r#"{"active":false}"#.into())));
        assert_eq!(with(&mut scene, "Bearer good").end, End::Permitted, "it is kept for this service");
        scene.policy = of_other_service;
        assert_eq!(with(&mut scene, "Bearer good").reason, Some("TokenInactive"), "{less}");
    }
}

#[test]
fn a_provider_that_is_down_or_answers_nonsense_is_503_and_not_401() {
    let answers: [Answered; 7] = [
        Err(CallError::Failed),
        Err(CallError::NotSent),
        Ok((500, "{}".into())),
        Ok((200, "<html>".into())),
        Ok((200, r#"{"token_type":"bearer"}"#.into())),
        Ok((200, r#"{"access_token":"a","access_token":"b","token_type":"bearer"}"#.into())),
        Ok((401, "no JSON".into())),
    ];
    for answer in answers {
        let mut scene = scene("");
        scene.answers(TOKEN, answer.clone());
        let ending = with(&mut scene, &basic("app", "right"));
        assert_eq!(ending.reason, Some("ProviderUnavailable"), "{answer:?}");
        assert_eq!(ending.end, End::Refused(503, Some("5".into())), "{answer:?}");
        scene.now += 1;
        scene.answers_by(TOKEN, grants);
        assert_eq!(with(&mut scene, &basic("app", "right")).end, End::Permitted, "it heals: {answer:?}");
    }
}

#[test]
fn what_the_gateway_asks_wrongly_is_not_its_caller_s_fault() {
    for code in ["invalid_scope", "unsupported_grant_type", "invalid_request"] {
        let mut scene = scene("");
        scene.answers(TOKEN, Ok((400, format!(r#"{{"error":"{code}"}}"#))));
        let ending = with(&mut scene, &basic("app", "right"));
        assert_eq!((ending.end, ending.reason), (refused(500), Some("ProviderMisconfigured")), "{code}");
    }
    let mut scene = scene(r#","auth_methods":["password"]"#);
    scene.answers(TOKEN, Ok((401, r#"{"error":"invalid_client"}"#.into())));
    let ending = with(&mut scene, &basic("ann", "right"));
    assert_eq!((ending.end, ending.reason), (refused(500), Some("ProviderMisconfigured")));
}

#[test]
fn a_token_that_was_got_is_judged_like_any_other() {
    let bad = [
        (token(r#""iss":"https://evil.example/","exp":9999999999"#), "IssuerMismatch"),
        (token(&format!(r#""iss":"{ISSUER}","exp":{NOW}"#)), "Expired"),
        (token_by(9, "k2", &good("")).1, "KeyUnknown"),
        ("not.signed.token".into(), "MalformedToken"),
    ];
    for (token, reason) in bad {
        let mut scene = scene(r#","auth_methods":["client_credentials"]"#);
        scene.answers(TOKEN, Ok((200, format!(r#"{{"access_token":"{token}","token_type":"bearer"}}"#))));
        let ending = with(&mut scene, &basic("app", "right"));
        assert_eq!((ending.end, ending.reason), (refused(401), Some(reason)));
    }
}

#[test]
fn an_opaque_token_that_was_got_and_that_nobody_can_be_asked_about_is_no_fault_of_the_caller() {
    let mut scene = scene(r#","auth_methods":["client_credentials"]"#);
    scene.answers(TOKEN, Ok((200, r#"{"access_token":"opaque","token_type":"bearer"}"#.into())));
    let ending = with(&mut scene, &basic("app", "right"));
    assert_eq!((ending.end, ending.reason), (refused(500), Some("ProviderMisconfigured")));
}

#[test]
fn after_a_rotation_another_token_is_got_for_one_that_is_not_good_any_more() {
    let mut scene = scene("");
    assert_eq!(with(&mut scene, &basic("app", "right")).end, End::Permitted);
    let (keys, by_new) = token_by(9, "k2", &good(r#","sub":"app""#));
    scene.answers(KEYS, Ok((200, keys)));
    scene.answers(TOKEN, Ok((200, format!(r#"{{"access_token":"{by_new}","token_type":"bearer"}}"#))));
    scene.now += 31;
    scene.asked();
    // Somebody's new token has the keys fetched; the one that was got before is nobody's word now.
    assert_eq!(with(&mut scene, &format!("Bearer {by_new}")).end, End::Permitted);
    assert_eq!(with(&mut scene, &basic("app", "right")).end, End::Permitted);
    assert_eq!(scene.asked().iter().filter(|path| *path == TOKEN).count(), 1);
}

#[test]
fn requests_with_the_same_credentials_share_one_question_and_one_failure() {
    let mut scene = scene("");
    let _ = scene.request(&token(&good("")));
    let sent = basic("app", "right");
    let headers = [("authorization", sent.as_str())];
    let (mut first, step) = scene.begin_with("/orders", &headers);
    let (mut second, waits) = scene.begin_with("/orders", &headers);
    let Step::Wait { topic: topic @ Topic::Answer(_), .. } = &waits else { panic!("{waits:?}") };
    assert_eq!(end(&scene.follow(&mut first, step)), End::Permitted);
    assert_eq!(first.announcement().as_ref(), Some(topic));
    let now = UnixTime::from_seconds(scene.now);
    let step = second.on(Event::Woken, &scene.world(), now, &mut Counter(0));
    assert_eq!(end(&step), End::Permitted, "without a call of its own");

    scene.now += 61;
    scene.answers(TOKEN, Err(CallError::Failed));
    let (mut first, step) = scene.begin_with("/orders", &headers);
    let (mut second, _) = scene.begin_with("/orders", &headers);
    assert_eq!(end(&scene.follow(&mut first, step)), End::Refused(503, Some("5".into())));
    let now = UnixTime::from_seconds(scene.now);
    let step = second.on(Event::Woken, &scene.world(), now, &mut Counter(0));
    assert_eq!(end(&step), End::Refused(503, Some("5".into())), "and no timeout after the other");
}

#[test]
fn what_is_not_to_be_kept_is_asked_every_time() {
    let mut scene = scene(r#","cache_tokens":false"#);
    for _ in 0..3 {
        assert_eq!(with(&mut scene, &basic("app", "right")).end, End::Permitted);
    }
    assert_eq!(scene.asked().iter().filter(|path| *path == TOKEN).count(), 3);
    let mut scene = self::scene("");
    let answer = format!(
        r#"{{"access_token":"{}","token_type":"bearer","expires_in":0}}"#,
        token(&good(r#","sub":"app""#))
    );
    scene.answers(TOKEN, Ok((200, answer)));
    for _ in 0..2 {
        assert_eq!(with(&mut scene, &basic("app", "right")).end, End::Permitted);
    }
    assert_eq!(scene.asked().iter().filter(|path| *path == TOKEN).count(), 2, "expires_in 0");
}

#[test]
fn a_name_and_a_password_and_a_refresh_token_get_a_token_by_the_gateway_s_own_client() {
    let mut scene = scene(r#","auth_methods":["password"]"#);
    assert_eq!(with(&mut scene, &basic("ann", "right")).end, End::Permitted);
    let ending = with(&mut scene, &basic("ann", "wrong"));
    assert_eq!((ending.end, ending.reason), (refused(401), Some("CredentialRejected")));

    let mut scene =
        self::scene(r#","auth_methods":["refresh_token"],"refresh_token_param_name":"refresh_token""#);
    let mut request = |token: &str| scene.request_with(&[("refresh-token", token)]);
    let ending = request("r-1");
    assert_eq!(ending.end, End::Permitted, "{ending:?}");
    assert_eq!(ending.set.get("refresh-token"), Some(&String::new()), "the upstream does not get it");
    assert_eq!(request("r-2").reason, Some("CredentialRejected"));
}

#[test]
fn an_opaque_token_is_as_good_as_the_provider_calls_it() {
    let mut scene = scene("");
    for _ in 0..2 {
        assert_eq!(with(&mut scene, "Bearer good").end, End::Permitted);
    }
    assert_eq!(scene.asked(), [DISCOVERY, KEYS, INTROSPECT], "and its word is kept");
    let ending = with(&mut scene, "Bearer bad");
    assert_eq!((ending.end, ending.reason), (refused(401), Some("TokenInactive")));
    scene.now += 60;
    let ending = with(&mut scene, "Bearer good");
    assert_eq!(ending.reason, Some("Expired"), "exp of the answer is a bound, whatever is kept");
    scene.is_down();
    let ending = with(&mut scene, "Bearer unheard-of");
    assert_eq!(
        (ending.end, ending.reason),
        (End::Refused(503, Some("5".into())), Some("ProviderUnavailable"))
    );
}

#[test]
fn an_introspection_answer_of_another_issuer_is_no_answer_for_this_service() {
    let mut scene = scene("");
    scene.answers(
        INTROSPECT,
        Ok((200, r#"{"active":true,"iss":"https://evil.example/","sub":"app"}"#.into())),
    );
    assert_eq!(with(&mut scene, "Bearer good").reason, Some("IssuerMismatch"));
    scene.answers(INTROSPECT, Ok((200, r#"{"active":"true","sub":"app"}"#.into())));
    assert_eq!(with(&mut scene, "Bearer good2").reason, Some("ProviderUnavailable"), "true is no text");
}

#[test]
fn a_jwt_can_be_introspected_beside_its_signature() {
    let mut scene = scene(r#","introspect_jwt_tokens":true"#);
    let good = token(&good(r#","jti":"1""#));
    assert_eq!(scene.request(&good), refused(401), "the provider does not know it");
    scene.answers(INTROSPECT, Ok((200, r#"{"active":true}"#.into())));
    assert_eq!(scene.request(&good), End::Permitted);
    let (_, forged) = token_by(9, "k1", &good_members());
    let ending = with(&mut scene, &format!("Bearer {forged}"));
    assert_eq!(ending.reason, Some("SignatureInvalid"), "its word does not stand in for a signature");
}

fn good_members() -> String {
    good("")
}

#[test]
fn the_userinfo_endpoint_can_prove_an_opaque_token() {
    let mut scene =
        scene(r#","auth_methods":["userinfo"],"userinfo_endpoint":"https://idp.example/userinfo""#);
    scene.answers_by(USERINFO, |call| {
        let good = header(call, "authorization") == "Bearer good";
        if good { Ok((200, r#"{"sub":"ann"}"#.into())) } else { Ok((401, String::new())) }
    });
    assert_eq!(with(&mut scene, "Bearer good").end, End::Permitted);
    let ending = with(&mut scene, "Bearer bad");
    assert_eq!((ending.end, ending.reason), (refused(401), Some("TokenInactive")));
}

#[test]
fn claims_that_a_token_lacks_are_looked_for_at_the_userinfo_endpoint_and_open_nothing_by_themselves() {
    let more = r#","search_user_info":true,"upstream_headers":[{"header":"x-email","path":["email"]}]"#;
    let mut scene = scene(more);
    scene.answers(USERINFO, Ok((200, r#"{"sub":"ann","email":"ann@example.com","scope":"admin"}"#.into())));
    let ann = format!("Bearer {}", token(&good(r#","sub":"ann""#)));
    let ending = with(&mut scene, &ann);
    assert_eq!(ending.set.get("x-email").map(String::as_str), Some("ann@example.com"), "{ending:?}");
    let asked = |scene: &mut Scene| scene.asked().iter().filter(|path| *path == USERINFO).count();
    assert_eq!(asked(&mut scene), 1);
    let has_it = format!("Bearer {}", token(&good(r#","sub":"ann","email":"a@b.example""#)));
    assert_eq!(with(&mut scene, &has_it).set.get("x-email").map(String::as_str), Some("a@b.example"));
    assert_eq!(asked(&mut scene), 0, "nothing is missing");
    scene.answers(USERINFO, Ok((200, r#"{"sub":"eve","email":"eve@example.com"}"#.into())));
    let other = format!("Bearer {}", token(&good(r#","sub":"ann","n":1"#)));
    assert_eq!(with(&mut scene, &other).reason, Some("ProviderUnavailable"), "another user's");

    let mut scene = self::scene(&format!(r#"{more},"scopes_required":["admin"]"#));
    scene.answers(USERINFO, Ok((200, r#"{"sub":"ann","scope":"admin"}"#.into())));
    assert_eq!(with(&mut scene, &ann).reason, Some("ScopeMissing"));
}

#[test]
fn a_provider_without_the_endpoint_is_a_matter_for_the_operator() {
    let mut scene = Scene::with(CLIENT);
    let ending = with(&mut scene, &basic("app", "right"));
    assert_eq!((ending.end, ending.reason), (refused(500), Some("ProviderMisconfigured")));
}

#[test]
fn where_a_provider_has_no_introspection_endpoint_an_opaque_token_is_none() {
    let mut scene = Scene::with(CLIENT);
    assert_eq!(with(&mut scene, "Bearer opaque").reason, Some("MalformedToken"));
    let mut scene = Scene::with(&format!(r#"{CLIENT},"auth_methods":["introspection"]"#));
    assert_eq!(
        with(&mut scene, "Bearer opaque").reason,
        Some("ProviderMisconfigured"),
        "nothing else would do"
    );
}

#[test]
fn where_an_engine_has_no_name_for_the_endpoint_s_origin_that_is_said() {
    let mut scene = scene(r#","jwks_endpoint":"https://idp.example/keys""#);
    let metadata = format!(
        r#"{{"issuer":"{ISSUER}","jwks_uri":"https://idp.example/keys","token_endpoint":"https://other.example/token"}}"#
    );
    scene.answers(DISCOVERY, Ok((200, metadata)));
    scene.engine = Capabilities::ENVOY;
    assert_eq!(
        with(&mut scene, &basic("app", "right")).reason,
        Some("ProviderUnavailable"),
        "nor for the provider's own"
    );
}

#[test]
fn on_an_engine_that_may_let_go_everything_is_put_back_with_the_token() {
    let mut scene = scene("");
    scene.engine = Capabilities::NGINX;
    let ending = with(&mut scene, &basic("app", "right"));
    assert_eq!(ending.end, End::Permitted);
    assert_eq!(ending.set.get(":method").map(String::as_str), Some("POST"));
    assert!(ending.set.get("authorization").is_some_and(|value| value.starts_with("Bearer ey")));
}

#[test]
fn no_secret_stands_in_what_is_shown_for_debugging() {
    let scene = scene("");
    let sent = basic("app", "right");
    let (gate, step) = scene.begin_with("/orders", &[("authorization", &sent)]);
    let shown: Vec<String> = [format!("{gate:?}"), format!("{step:?}"), format!("{:?}", scene.memory)].into();
    for text in shown {
        assert!(!text.contains("right") && !text.contains("s3cr3t") && !text.contains(&sent), "{text}");
    }
}

#[test]
fn what_the_discovery_document_does_not_say_is_not_asked_for_where_the_two_are_compared() {
    for (more, grants, end) in [
        (r#","verify_parameters":true"#, r#"["client_credentials"]"#, End::Permitted),
        (r#","verify_parameters":true"#, r#"["authorization_code"]"#, End::Refused(500, None)),
        ("", r#"["authorization_code"]"#, End::Permitted),
    ] {
        let mut scene = scene(more);
        let document = format!(
            r#"{{"issuer":"{ISSUER}","jwks_uri":"https://idp.example{KEYS}",
                "token_endpoint":"https://idp.example{TOKEN}","grant_types_supported":{grants}}}"#
        );
        scene.answers(DISCOVERY, Ok((200, document)));
        let ending = with(&mut scene, &basic("app", "right"));
        assert_eq!(ending.end, end, "{more} {grants}");
        assert_eq!(scene.asked().contains(&TOKEN.into()), end == End::Permitted);
    }
}
