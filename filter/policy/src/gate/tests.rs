use super::{Gate, Outcome};
use crate::cache::TokenCache;
use crate::capabilities::Capabilities;
use crate::denial::Denial;
use crate::fixtures::{Counter, NOW, good, policy, token};
use crate::headers::HeaderEdit;
use crate::permit::Grounds;
use crate::provider::AnswerCache;
use crate::request::RequestHead;
use crate::step::{Event, Step};
use crate::time::UnixTime;
use crate::world::{Memory, Policy, World};
use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwt_compact::alg::{Hs256, Hs256Key, Hs384, Hs384Key};
use jwt_compact::{Algorithm, AlgorithmSignature as _};

const OPENID: &str = r#","consumer_claim":["sub"],"consumer_by":["custom_id"]"#;
const SECRET: &str = "a secret of thirty-two bytes ....";
const HMAC: &str = r#","enable_hs_signatures":true,"client_secret":["a secret of thirty-two bytes ...."]"#;
const REGISTRATION: &str = r#",{"name":"application-registration","config":{"display_name":"Orders"}}"#;

struct Scene {
    policy: Policy,
    memory: Memory,
    engine: Capabilities,
}

impl Scene {
    fn new(openid: &str, plugins: &str) -> Self {
        let policy = policy(openid, plugins);
        let memory = Memory::new(
            policy.config(),
            TokenCache::new([1; 16], 1 << 20),
            AnswerCache::new([1; 32], 1 << 20),
        );
        Self { policy, memory, engine: Capabilities::ENVOY }
    }

    fn decide(&self, headers: &[(&[u8], &[u8])]) -> (Step, Gate) {
        let head = RequestHead {
            method: b"GET",
            target: b"/orders?a=b",
            authority: b"api.example",
            headers,
            has_body: false,
            https: false,
        };
        let mut gate = Gate::new();
        let step = gate.begin(&head, &self.world(), UnixTime::from_seconds(NOW), &mut Counter(0));
        (step, gate)
    }

    fn world(&self) -> World<'_> {
        World {
            policy: &self.policy,
            engine: self.engine,
            memory: &self.memory,
            native: None,
            signer: None,
            handover: None,
            shared: None,
        }
    }
}

fn bearer(members: &str) -> String {
    format!("Bearer {}", token(&good(members)))
}

fn edits(step: &Step) -> Vec<(String, Option<String>)> {
    let Step::Forward(permit) = step else { panic!("expected a permit, got {step:?}") };
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("utf-8");
    let edit = |edit: &HeaderEdit| match edit {
        HeaderEdit::Remove(name) => (text(name), None),
        HeaderEdit::Set(name, value) | HeaderEdit::Append(name, value) => {
            (name.clone().into_owned(), Some(text(value)))
        }
    };
    permit.request_edits().iter().map(edit).collect()
}

fn reply(step: &Step) -> (u16, String, Option<String>) {
    let Step::Reply(response) = step else { panic!("expected a reply, got {step:?}") };
    let challenge = response.headers.iter().find_map(|edit| match edit {
        HeaderEdit::Set(Cow::Borrowed("www-authenticate"), value) => {
            Some(String::from_utf8(value.to_vec()).expect("utf-8"))
        }
        _ => None,
    });
    (response.status.code(), String::from_utf8(response.body.to_vec()).expect("utf-8"), challenge)
}

#[test]
fn an_approved_application_is_forwarded_under_its_own_name() {
    let scene = Scene::new(OPENID, REGISTRATION);
    let field = bearer(r#","sub":"app-web","jti":"t-1""#);
    let (step, gate) = scene.decide(&[(b"authorization", field.as_bytes()), (b"x-consumer-id", b"forged")]);
    assert_eq!(
        edits(&step),
        [
            ("x-consumer-id".into(), None),
            ("x-consumer-id".into(), Some("a-web".into())),
            ("x-consumer-custom-id".into(), Some("app-web".into())),
            ("x-consumer-groups".into(), Some("s1".into())),
        ]
    );
    let facts = gate.facts();
    assert_eq!(facts.outcome, Outcome::Permitted(Grounds::Authenticated));
    assert_eq!(facts.service.as_deref(), Some("orders"));
    assert_eq!((facts.kid().as_deref(), facts.token_id().as_deref()), (Some("k1"), Some("t-1")));
}

#[test]
fn the_groups_that_decided_are_told_and_no_others() {
    let openid = format!(r#"{OPENID},"authenticated_groups_claim":["groups"]"#);
    let acl = |config: &str| format!(r#",{{"name":"acl","config":{config}}}"#);
    let token_first = r#"{"allow":["admin"],"always_use_authenticated_groups":true}"#;
    for (plugins, sub, expected) in [
        (String::new(), "42", "x-authenticated-groups: admin, ops"),
        (acl(r#"{"allow":["staff"]}"#), "42", "x-consumer-groups: staff, night shift"),
        (acl(r#"{"allow":["admin"]}"#), "42", "AclDenied"),
        (acl(token_first), "42", "x-authenticated-groups: admin, ops"),
        (acl(r#"{"allow":["staff"],"hide_groups_header":true}"#), "42", ""),
        (acl(r#"{"allow":["s1"]}"#), "app-web", "x-consumer-groups: partners, s1"),
        (format!("{REGISTRATION}{}", acl(r#"{"deny":["s1"]}"#)), "app-web", "AclDenied"),
    ] {
        let field = bearer(&format!(r#","sub":"{sub}","groups":["admin","ops"]"#));
        let (step, gate) = Scene::new(&openid, &plugins).decide(&[(b"authorization", field.as_bytes())]);
        let told = gate.facts().outcome.reason().map_or_else(|| group_headers(&step), String::from);
        assert_eq!(told, expected, "{plugins}");
    }
}

/// The headers with groups that a permit sets.
fn group_headers(step: &Step) -> String {
    let groups = edits(step).into_iter().filter(|(name, _)| name.ends_with("-groups"));
    let lines: Vec<String> = groups.filter_map(|(name, value)| Some(format!("{name}: {}", value?))).collect();
    lines.join("; ")
}

#[test]
fn a_caller_without_consumer_is_told_by_its_credential() {
    let scene = Scene::new("", "");
    let field = bearer(r#","sub":"u-1""#);
    let forged: (&[u8], &[u8]) = (b"x-credential-identifier", b"root");
    let (step, _) = scene.decide(&[(b"authorization", field.as_bytes()), forged]);
    let expected =
        [("x-credential-identifier".into(), None), ("x-credential-identifier".into(), Some("u-1".into()))];
    assert_eq!(edits(&step), expected);
}

#[test]
fn an_audience_that_is_not_the_caller_is_kept_as_a_warning() {
    let scene = Scene::new(r#","consumer_claim":["aud"]"#, "");
    for (members, warned) in [(r#","aud":"42","azp":"x""#, true), (r#","aud":"42","azp":"42""#, false)] {
        let (_, gate) = scene.decide(&[(b"authorization", bearer(members).as_bytes())]);
        assert_eq!(
            (gate.facts().warning.is_some(), &gate.facts().outcome),
            (warned, &Outcome::Permitted(Grounds::Authenticated))
        );
    }
}

#[test]
fn a_refusal_has_kong_s_body_and_challenge() {
    let scene = Scene::new(OPENID, REGISTRATION);
    let (step, gate) = scene.decide(&[]);
    let challenge = r#"Bearer realm="idp.example", error="invalid_token""#;
    assert_eq!(reply(&step), (401, r#"{"message":"Unauthorized"}"#.into(), Some(challenge.into())));
    assert_eq!(gate.facts().outcome, Outcome::Denied(Denial::CredentialMissing));

    let stranger = bearer(r#","sub":"nobody""#);
    let (step, _) = scene.decide(&[(b"authorization", stranger.as_bytes())]);
    let challenge = r#"Bearer realm="idp.example", error="insufficient_scope""#;
    assert_eq!(reply(&step), (403, r#"{"message":"Forbidden"}"#.into(), Some(challenge.into())));
}

#[test]
fn display_errors_adds_the_reason_and_expose_error_code_hides_the_code() {
    let scene = Scene::new(
        r#","display_errors":true,"expose_error_code":false,"unauthorized_error_message":"Nope""#,
        "",
    );
    let (step, _) = scene.decide(&[]);
    let body = r#"{"message":"Nope (no suitable authorization credentials were provided)"}"#;
    assert_eq!(reply(&step), (401, body.into(), Some(r#"Bearer realm="idp.example""#.into())));
}

#[test]
fn the_token_is_handed_on_as_configured() {
    let field = bearer("");
    let raw = field.strip_prefix("Bearer ").expect("scheme");
    let authorization = || String::from("authorization");
    for (openid, expected) in [
        ("", Vec::new()),
        (r#","upstream_access_token_header":null"#, Vec::from([(authorization(), None)])),
        (
            r#","upstream_access_token_header":"X-Token""#,
            Vec::from([(authorization(), None), ("x-token".into(), Some(raw.into()))]),
        ),
        (r#","upstream_access_token_header":null,"hide_credentials":false"#, Vec::new()),
    ] {
        let (step, _) = Scene::new(openid, "").decide(&[(b"authorization", field.as_bytes())]);
        assert_eq!(edits(&step), expected, "{openid}");
    }
}

#[test]
fn the_upstream_gets_the_token_in_one_field_of_one_spelling() {
    let field = bearer("");
    let raw = field.strip_prefix("Bearer ").expect("scheme");
    let set = || Vec::from([("authorization".into(), Some(field.clone()))]);
    let lower = format!("bearer {raw}");
    let spaced = format!("Bearer  {raw}");
    let cases: [(&[u8], &str, _); 4] = [
        (b"authorization", &field, Vec::new()),
        (b"Authorization", &field, Vec::new()),
        (b"authorization", &lower, set()),
        (b"authorization", &spaced, set()),
    ];
    for (name, value, expected) in cases {
        let (step, _) = Scene::new("", "").decide(&[(name, value.as_bytes())]);
        assert_eq!(edits(&step), expected, "{value}");
    }
}

#[test]
fn where_removal_does_not_reach_the_upstream_a_hidden_credential_is_blanked() {
    let mut scene = Scene::new(r#","upstream_access_token_header":null"#, "");
    scene.engine = Capabilities::NGINX;
    let (step, _) = scene.decide(&[(b"authorization", bearer("").as_bytes())]);
    assert_eq!(edits(&step), [("authorization".into(), Some(String::new()))]);
}

#[test]
fn a_seen_token_is_judged_anew_on_every_request() {
    let scene = Scene::new(OPENID, REGISTRATION);
    let field = bearer(r#","sub":"app-web""#);
    let headers: &[(&[u8], &[u8])] = &[(b"authorization", field.as_bytes())];
    let head = RequestHead {
        method: b"GET",
        target: b"/orders",
        authority: b"",
        headers,
        has_body: false,
        https: false,
    };
    for (now, permitted) in [(NOW, true), (NOW + 59, true), (NOW + 60, false), (NOW, true)] {
        let mut gate = Gate::new();
        let step = gate.begin(&head, &scene.world(), UnixTime::from_seconds(now), &mut Counter(0));
        assert_eq!(matches!(step, Step::Forward(_)), permitted, "at {now}");
    }
}

#[test]
fn a_request_that_waits_for_nothing_is_refused_when_something_happens() {
    let scene = Scene::new(OPENID, REGISTRATION);
    let (_, mut gate) = scene.decide(&[]);
    let step = gate.on(Event::Woken, &scene.world(), UnixTime::from_seconds(NOW), &mut Counter(0));
    assert_eq!(reply(&step), (500, r#"{"message":"An unexpected error occurred"}"#.into(), None));
}

fn hmac_bearer<A: Algorithm>(algorithm: &A, key: &A::SigningKey) -> String {
    let part = |json: &str| URL_SAFE_NO_PAD.encode(json);
    let header = format!(r#"{{"alg":"{}","kid":"k1"}}"#, algorithm.name());
    let input = format!("{}.{}", part(&header), part(&format!("{{{}}}", good(""))));
    let signature = algorithm.sign(key, input.as_bytes());
    format!("Bearer {input}.{}", URL_SAFE_NO_PAD.encode(signature.as_bytes()))
}

fn reason(scene: &Scene, target: &[u8], field: &str) -> Option<&'static str> {
    let headers: &[(&[u8], &[u8])] = &[(b"authorization", field.as_bytes())];
    let head = RequestHead { method: b"GET", target, authority: b"", headers, has_body: false, https: false };
    let mut gate = Gate::new();
    let _ = gate.begin(&head, &scene.world(), UnixTime::from_seconds(NOW), &mut Counter(0));
    gate.facts().outcome.reason()
}

#[test]
fn a_service_takes_hmac_only_with_the_flag_and_only_by_its_own_secret() {
    let (with, without) = (Scene::new(HMAC, ""), Scene::new("", ""));
    let right = hmac_bearer(&Hs256, &Hs256Key::new(SECRET));
    let cases = [
        (&with, right.clone(), None),
        (&with, bearer(""), None),
        (
            &with,
            hmac_bearer(&Hs256, &Hs256Key::new("another secret of 32 bytes......")),
            Some("SignatureInvalid"),
        ),
        (&with, hmac_bearer(&Hs384, &Hs384Key::new(SECRET)), Some("AlgorithmMismatch")),
        (&with, hmac_bearer(&Hs256, &Hs256Key::new(crate::fixtures::jwks())), Some("SignatureInvalid")),
        (&without, right, Some("AlgorithmNotAllowed")),
    ];
    for (place, (scene, field, expected)) in cases.into_iter().enumerate() {
        assert_eq!(reason(scene, b"/orders", &field), expected, "case {place}");
    }
}

#[test]
fn what_the_secret_of_one_service_proved_is_proven_for_no_other() {
    let scene = Scene::new(HMAC, "");
    let field = hmac_bearer(&Hs256, &Hs256Key::new(SECRET));
    for _ in 0..2 {
        assert_eq!(reason(&scene, b"/orders", &field), None);
        assert_eq!(reason(&scene, b"/bills", &field), Some("AlgorithmNotAllowed"));
    }
    assert!(scene.memory.tokens.is_empty());
}
