use crate::cache::TokenCache;
use crate::capabilities::Capabilities;
use crate::config::Config;
use crate::fixtures::{Counter, ISSUER, NOW, good, jwks, token, token_by};
use crate::gate::Gate;
use crate::gate::scene::{DISCOVERY, End, KEYS, Scene, end, header, refused};
use crate::headers::HeaderEdit;
use crate::provider::AnswerCache;
use crate::step::{CallId, Event, HttpResponse, Step, Topic};
use crate::time::UnixTime;
use crate::world::{Memory, Policy};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

fn good_token() -> String {
    token(&good(""))
}

/// A key that is not the usual one, and a token by it.
fn other() -> (String, String) {
    token_by(9, "k2", &good(""))
}

#[test]
fn the_first_request_has_document_and_keys_fetched_and_the_next_ones_have_nothing() {
    let mut scene = Scene::new();
    let (mut gate, step) = scene.begin(&good_token());
    let Step::Call { call, before } = &step else { panic!("{step:?}") };
    assert_eq!(&*call.target, "https://idp.example");
    assert_eq!((header(call, ":method"), header(call, ":authority")), ("GET".into(), "idp.example".into()));
    assert!(before.is_empty(), "this engine keeps a request that it holds");
    let step = scene.follow(&mut gate, step);
    assert_eq!(end(&step), End::Permitted);
    assert_eq!(gate.announcement(), Some(Topic::Keys("idp.example".into())));
    assert_eq!(gate.announcement(), None);
    assert_eq!(scene.asked(), [DISCOVERY, KEYS]);
    assert_eq!(scene.request(&good_token()), End::Permitted);
    assert!(scene.asked().is_empty());
}

#[test]
fn a_document_says_whether_its_issuer_ends_in_a_slash() {
    for written in [
        "https://idp.example",
        "https://idp.example/",
        "https://idp.example/.well-known/openid-configuration",
    ] {
        let mut scene = Scene::new();
        let document = format!(
            r#"{{"version":1,"services":[{{"name":"orders","plugins":[
                {{"name":"openid-connect","config":{{"issuer":"{written}"}}}}]}}]}}"#
        );
        let config = Config::parse(document.as_bytes()).unwrap_or_else(|errors| panic!("{errors}"));
        scene.memory =
            Memory::new(&config, TokenCache::new([1; 16], 1 << 20), AnswerCache::new([1; 32], 1 << 20));
        scene.policy = Policy::new(config);
        assert_eq!(scene.request(&good_token()), End::Permitted, "{written}");
        assert_eq!(scene.request(&token(&good("").replace(ISSUER, "https://idp.example//"))), refused(401));
    }
}

/// Entra's apps with claims of their own have keys of their own.
#[test]
fn the_query_of_a_discovery_document_s_url_is_sent() {
    let document = r#"{"version":1,"services":[{"name":"orders","plugins":[{"name":"openid-connect","config":{
        "issuer":"https://idp.example/.well-known/openid-configuration?appid=75dbe77f"}}]}]}"#;
    let config = Config::parse(document.as_bytes()).unwrap_or_else(|errors| panic!("{errors}"));
    let discovery = config.sources[0].keys.discovery().expect("keys that are fetched");
    let asked = discovery.document.as_ref().map(ToString::to_string);
    assert_eq!(asked.as_deref(), Some("https://idp.example/.well-known/openid-configuration?appid=75dbe77f"));
    assert_eq!(config.sources[0].written_issuer(), "https://idp.example");
}

#[test]
fn a_provider_that_is_down_at_the_start_is_503_with_the_time_to_come_again_and_heals() {
    let mut scene = Scene::new();
    scene.is_down();
    assert_eq!(scene.request(&good_token()), End::Refused(503, Some("5".into())));
    assert_eq!(scene.asked(), [DISCOVERY]);
    scene.now += 4;
    assert_eq!(scene.request(&good_token()), End::Refused(503, Some("1".into())));
    assert!(scene.asked().is_empty(), "it is left in peace for a while");
    scene.is_up(jwks());
    scene.now += 1;
    assert_eq!(scene.request(&good_token()), End::Permitted);
}

#[test]
fn whatever_a_provider_answers_instead_nobody_passes() {
    let garbage =
        ["", "<html>", "{}", "[]", r#"{"keys":[]}"#, r#"{"keys":[{"kty":"oct","k":"AA"}]}"#, "\u{0}"];
    for body in garbage {
        for path in [DISCOVERY, KEYS] {
            let mut scene = Scene::new();
            scene.answers(path, Ok((200, body.into())));
            assert_eq!(scene.request(&good_token()), End::Refused(503, Some("5".into())), "{path}: {body}");
        }
    }
    for status in [204, 301, 302, 401, 404, 429, 500, 503] {
        let mut scene = Scene::new();
        scene.answers(KEYS, Ok((status, jwks())));
        assert_eq!(scene.request(&good_token()), End::Refused(503, Some("5".into())), "{status}");
    }
    let mut scene = Scene::new();
    let elsewhere = r#"{"issuer":"https://evil.example/","jwks_uri":"https://idp.example/keys"}"#;
    scene.answers(DISCOVERY, Ok((200, elsewhere.into())));
    assert_eq!(scene.request(&good_token()), End::Refused(503, Some("5".into())));
}

#[test]
fn a_key_that_is_not_known_is_looked_for_once_while_its_request_waits() {
    let mut scene = Scene::new();
    assert_eq!(scene.request(&good_token()), End::Permitted);
    scene.asked();
    let (new_keys, by_new_key) = other();
    scene.is_up(new_keys);
    scene.now += 31;
    assert_eq!(scene.request(&by_new_key), End::Permitted, "rotation without overlap");
    assert_eq!(scene.asked(), [DISCOVERY, KEYS]);
    assert_eq!(scene.request(&good_token()), refused(401), "the old key is gone, and with it its tokens");
}

#[test]
fn a_flood_of_unknown_keys_causes_one_fetch_in_a_rediscovery_lifetime() {
    let mut scene = Scene::with(r#","rediscovery_lifetime":60"#);
    assert_eq!(scene.request(&good_token()), End::Permitted);
    let (_, by_nobody) = other();
    for second in 0..600 {
        scene.now = NOW + second;
        let token = token_by(10, &format!("k{second}"), &good("")).1;
        assert_eq!(scene.request(&token), refused(401), "after {second} s");
    }
    assert_eq!(scene.request(&by_nobody), refused(401));
    let fetches = scene.asked().iter().filter(|path| *path == KEYS).count();
    assert_eq!(fetches, 10, "one at first, and one a minute from then on");
}

#[test]
fn without_a_rediscovery_lifetime_a_request_still_causes_one_fetch_only() {
    let mut scene = Scene::with(r#","rediscovery_lifetime":0"#);
    assert_eq!(scene.request(&good_token()), End::Permitted);
    scene.asked();
    let (_, by_nobody) = other();
    assert_eq!(scene.request(&by_nobody), refused(401));
    assert_eq!(scene.asked(), [DISCOVERY, KEYS]);
    scene.is_down();
    assert_eq!(scene.request(&by_nobody), refused(401), "keys are known, and this one is not among them");
    assert_eq!(scene.request(&good_token()), End::Permitted);
}

#[test]
fn keys_that_turn_empty_or_to_garbage_do_not_take_the_good_ones_away() {
    for body in [r#"{"keys":[]}"#, "garbage", r#"{"keys":[{"kty":"RSA"}]}"#] {
        let mut scene = Scene::new();
        assert_eq!(scene.request(&good_token()), End::Permitted);
        scene.answers(KEYS, Ok((200, body.into())));
        scene.now += 600;
        scene.tick();
        assert_eq!(scene.request(&token(&scene.good())), End::Permitted, "{body}");
        let provider = scene.memory.providers.iter().next().expect("a provider");
        let notes: Vec<String> = provider.notes().iter().map(|note| note.to_string()).collect();
        assert!(notes.iter().any(|note| note.contains("https://idp.example/keys: ")), "{notes:?}");
    }
}

#[test]
fn stale_keys_serve_up_to_their_age_and_no_longer() {
    let mut scene = Scene::new();
    assert_eq!(scene.request(&good_token()), End::Permitted);
    scene.is_down();
    let long = |until: i64| token(&good("").replace(&(NOW + 60).to_string(), &until.to_string()));
    let token = long(NOW + 200_000);
    for (after, expected) in [(86_400, End::Permitted), (86_401, End::Refused(503, Some("5".into())))] {
        scene.now = NOW + after;
        assert_eq!(scene.request(&token), expected, "after {after} s");
    }
    scene.is_up(jwks());
    scene.now += 5;
    assert_eq!(scene.request(&token), End::Permitted, "recovery needs no restart");
}

#[test]
fn the_timer_brings_new_keys_before_a_request_asks_and_takes_old_ones_away() {
    let mut scene = Scene::new();
    scene.tick();
    assert_eq!(scene.asked(), [DISCOVERY, KEYS]);
    assert_eq!(scene.request(&good_token()), End::Permitted);
    assert!(scene.asked().is_empty());
    scene.is_up(other().0);
    scene.now += 599;
    scene.tick();
    assert!(scene.asked().is_empty(), "not before its time");
    scene.now += 1;
    scene.tick();
    assert_eq!(scene.asked(), [DISCOVERY, KEYS]);
    let by_new_key = token_by(9, "k2", &scene.good()).1;
    assert_eq!(scene.request(&by_new_key), End::Permitted);
    assert!(scene.asked().is_empty());
}

#[test]
fn the_timer_tries_again_less_and_less_often_while_the_provider_is_down() {
    let mut scene = Scene::new();
    scene.is_down();
    let mut tries = Vec::new();
    for second in 0..700 {
        scene.now = NOW + second;
        scene.tick();
        if !scene.asked().is_empty() {
            tries.push(second);
        }
    }
    assert_eq!(tries, [0, 5, 15, 35, 75, 155, 315, 635]);
}

#[test]
fn others_wait_for_a_fetch_that_is_out_and_take_over_when_it_is_lost() {
    let mut scene = Scene::new();
    let (mut first, step) = scene.begin(&good_token());
    let (mut second, waits) = scene.begin(&good_token());
    let Step::Wait { topic, until } = &waits else { panic!("{waits:?}") };
    assert_eq!(*topic, Topic::Keys("idp.example".into()));
    assert!(until.seconds() > NOW && until.seconds() <= NOW + 60);
    assert_eq!(end(&scene.follow(&mut first, step)), End::Permitted);
    let now = UnixTime::from_seconds(NOW);
    let step = second.on(Event::Woken, &scene.world(), now, &mut Counter(0));
    assert_eq!(end(&step), End::Permitted);

    let mut scene = Scene::new();
    let (mut first, _) = scene.begin(&good_token());
    let (mut second, _) = scene.begin(&good_token());
    assert_eq!(first.abandon(&scene.world()), Some(Topic::Keys("idp.example".into())));
    assert_eq!(first.abandon(&scene.world()), None);
    let step = second.on(Event::Woken, &scene.world(), now, &mut Counter(0));
    assert!(matches!(step, Step::Call { .. }), "{step:?}");
    assert_eq!(end(&scene.follow(&mut second, step)), End::Permitted);
}

#[test]
fn a_fetch_of_which_nothing_is_heard_is_taken_over_after_its_time() {
    let mut scene = Scene::new();
    let _silent = scene.begin(&good_token());
    let (mut second, step) = scene.begin(&good_token());
    let Step::Wait { until, .. } = step else { panic!("{step:?}") };
    scene.now = until.seconds();
    let step = second.on(Event::Woken, &scene.world(), until, &mut Counter(0));
    assert!(matches!(step, Step::Call { .. }), "{step:?}");
}

/// Four calls at once, and none that waits: no request can be woken there.
#[test]
fn where_nobody_can_be_woken_a_few_requests_fetch_and_the_others_come_again() {
    let mut scene = Scene::new();
    scene.engine = Capabilities::NGINX;
    let out: Vec<(Gate, Step)> = (0..6).map(|_| scene.begin(&good_token())).collect();
    let calls = out.iter().filter(|(_, step)| matches!(step, Step::Call { .. })).count();
    assert_eq!(calls, 4);
    for (_, step) in &out[4..] {
        assert_eq!(end(step), End::Refused(503, Some("1".into())));
    }
}

#[test]
fn where_an_engine_might_let_go_a_held_request_is_made_unusable_and_usable_again() {
    let mut scene = Scene::new();
    scene.engine = Capabilities::NGINX;
    let (mut gate, step) = scene.begin(&good_token());
    let Step::Call { call, before } = &step else { panic!("{step:?}") };
    assert_eq!(&*call.target, "idp.example:443");
    assert_eq!(header(call, ":scheme"), "https");
    let set = |name: &'static str, value: &str| HeaderEdit::Set(name.into(), value.as_bytes().into());
    assert_eq!(*before, [set(":method", "GATE CLOSED"), set("authorization", ""), set("cookie", "")]);
    let step = scene.follow(&mut gate, step);
    let Step::Forward(permit) = step else { panic!("{step:?}") };
    let field = format!("Bearer {}", good_token());
    let undone = [set(":method", "POST"), set("authorization", &field), set("cookie", "a=1")];
    assert_eq!(permit.request_edits()[..3], undone);
}

#[test]
fn an_answer_that_nobody_asked_for_is_no_answer() {
    let mut scene = Scene::new();
    let (mut gate, step) = scene.begin(&good_token());
    let Step::Call { call, .. } = &step else { panic!("{step:?}") };
    let other = CallId(call.id.0 + 1);
    let (world, now) = (scene.world(), UnixTime::from_seconds(NOW));
    let forged = HttpResponse { status: 200, headers: &[], body: b"{}" };
    let step = gate.on(Event::Answer(other, Ok(forged)), &world, now, &mut Counter(0));
    assert_eq!(end(&step), refused(500));
    let step = gate.on(Event::Woken, &world, now, &mut Counter(0));
    assert_eq!(end(&step), refused(500), "what was refused stays refused");
    scene.asked();
}

#[test]
fn the_provider_s_clock_is_known() {
    let mut scene = Scene::new();
    assert_eq!(scene.request(&good_token()), End::Permitted);
    let provider = scene.memory.providers.iter().next().expect("a provider");
    assert_eq!(provider.offset(), Some(7));
    let notes: Vec<String> = provider.notes().iter().map(|note| note.to_string()).collect();
    let said = "source idp.example: 1 keys; our clock is 7 s behind the provider's, set one of them right";
    assert_eq!(notes, [said]);
}

#[test]
fn a_pseudo_issuer_is_asked_nothing_but_its_keys() {
    let mut scene = Scene::with(r#","using_pseudo_issuer":true,"jwks_endpoint":"https://idp.example/keys""#);
    assert_eq!(scene.request(&good_token()), End::Permitted);
    assert_eq!(scene.asked(), [KEYS]);
}

#[test]
fn further_key_sets_count_beside_the_provider_s_own() {
    let mut scene = Scene::with(r#","extra_jwks_uris":["https://more.example/more"]"#);
    let (more, by_more) = other();
    scene.answers("/more", Ok((200, more)));
    assert_eq!(scene.request(&by_more), End::Permitted);
    assert_eq!(scene.asked(), [DISCOVERY, KEYS, "/more"]);
    assert_eq!(scene.request(&good_token()), End::Permitted);
}

#[test]
fn where_the_document_cannot_be_had_the_last_one_still_says_where_the_keys_are() {
    let mut scene = Scene::new();
    assert_eq!(scene.request(&good_token()), End::Permitted);
    scene.answers(DISCOVERY, Ok((500, String::new())));
    let (new_keys, by_new_key) = other();
    scene.answers(KEYS, Ok((200, new_keys)));
    scene.now += 31;
    assert_eq!(scene.request(&by_new_key), End::Permitted);
}

#[test]
fn a_refusal_about_time_says_how_far_the_provider_s_clock_is_off() {
    let (expired, wrong_issuer) = (NOW - 100, r#""iss":"https://other.example/""#);
    let expired = good("").replace(&(NOW + 60).to_string(), &expired.to_string());
    let early = good(&format!(r#","nbf":{}"#, NOW + 40));
    // The provider says that it is seven seconds later than in the test's NOW.
    for (claims, reason, ours, expected) in [
        (&expired, "Expired", NOW, Some(7)),
        (&early, "NotYetValid", NOW, Some(7)),
        (&expired, "Expired", NOW + 17, Some(-10)),
        (&expired, "Expired", NOW + 2, None),
        (&good("").replacen(&format!(r#""iss":"{ISSUER}""#), wrong_issuer, 1), "IssuerMismatch", NOW, None),
    ] {
        let mut scene = Scene::new();
        scene.now = ours;
        let (mut gate, step) = scene.begin(&token(claims));
        let step = scene.follow(&mut gate, step);
        assert_eq!((end(&step), gate.facts().outcome.reason()), (refused(401), Some(reason)), "{claims}");
        assert_eq!(gate.facts().clock_offset, expected, "{reason} at {ours}");
    }
}
