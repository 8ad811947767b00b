use super::trail::Outcome;
use super::*;
use crate::mint::{Draft, Signer, SigningAlgorithm, corrupt_signature};
use crate::output::Paint;
use claimgate_policy::config::Config;
use claimgate_policy::provider::AnswerCache;
use claimgate_policy::world::Entropy;
use serde_json::{Map, Value as Json};

const NOW: i64 = 1_760_000_000;

struct Scene {
    signer: Signer,
    policy: Policy,
    jwks: String,
}

impl Scene {
    fn new() -> Self {
        let signer = Signer::generate(SigningAlgorithm::Es256, "k1").unwrap();
        let jwks = json!({"keys": [signer.public_jwk().unwrap()]});
        let document = document(&jwks);
        let policy = Policy::new(Config::parse(document.to_string().as_bytes()).unwrap());
        Self { signer, policy, jwks: jwks.to_string() }
    }

    fn token(&self, claims: &Json) -> String {
        self.signer.sign(&self.signer.header(), &members(claims)).unwrap()
    }

    fn inspect(&self, credential: &str) -> Report {
        let service = self.policy.config().service("orders").unwrap();
        let matched = Matched::new(service, None, service.rules.as_ref().unwrap());
        let against = Against::Service { policy: &self.policy, elsewhere: Elsewhere::default(), matched };
        explained(credential, &against)
    }

    /// What the gate itself says of a request with this credential: the name of its denial, or `None`.
    fn gate(&self, credential: &str) -> Option<&'static str> {
        let sent = Sent::with_credential(credential);
        let headers: Vec<(&[u8], &[u8])> =
            sent.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
        let head = RequestHead {
            method: b"GET",
            target: b"/",
            authority: b"",
            headers: &headers,
            has_body: false,
            https: false,
        };
        let memory = Memory::new(
            self.policy.config(),
            TokenCache::new([0; 16], 1 << 20),
            AnswerCache::new([1; 32], 1 << 20),
        );
        let world = World {
            policy: &self.policy,
            engine: Capabilities::ENVOY,
            memory: &memory,
            native: None,
            signer: None,
            shared: None,
            handover: None,
        };
        let mut gate = Gate::new();
        drop(gate.begin(&head, &world, UnixTime::from_seconds(NOW), &mut NoEntropy));
        gate.facts().outcome.reason()
    }
}

fn explained(credential: &str, against: &Against<'_>) -> Report {
    inspect(&Sent::with_credential(credential), against, Capabilities::ENVOY, UnixTime::from_seconds(NOW))
}

struct NoEntropy;

impl Entropy for NoEntropy {
    fn fill(&mut self, _: &mut [u8]) {}
}

fn document(jwks: &Json) -> Json {
    let registration = |status: &str| json!([{"service": "orders", "status": status}]);
    json!({
        "version": 1,
        "sources": [{"id": "idp", "issuer": "https://idp.example/", "jwks": jwks}],
        "services": [{"id": "s1", "name": "orders", "plugins": [
            {"name": "openid-connect", "config": {
                "issuer": "https://idp.example/",
                "audience_required": ["api"],
                "scopes_claim": ["scp"],
                "scopes_required": ["read write"],
                "roles_required": ["reader"],
                "groups_required": ["staff"],
                "claims_forbidden": ["act"],
                "domains": ["d.example"],
                "max_age": 600,
                "maximum_expiration": 7200,
                "consumer_claim": ["azp"],
                "consumer_by": ["custom_id"],
            }},
            {"name": "application-registration", "config": {"display_name": "Orders"}},
            {"name": "acl", "config": {"deny": ["banned"]}},
        ]}],
        "consumers": [{"id": "c-ann", "username": "ann", "custom_id": "ann"}],
        "applications": [
            {"id": "a-1", "name": "web", "custom_id": "web", "registrations": registration("approved")},
            {"id": "a-2", "name": "new", "custom_id": "new", "registrations": registration("pending")},
            {"id": "a-3", "name": "odd", "custom_id": "odd"},
            {"id": "a-4", "name": "bad", "custom_id": "bad", "consumer": {"groups": ["banned"]},
                "registrations": registration("approved")},
        ],
    })
}

fn members(value: &Json) -> Map<String, Json> {
    value.as_object().unwrap().clone()
}

/// Claims that pass every check, with some of them changed; null takes one away.
fn claims(changes: &Json) -> Json {
    let mut claims = json!({
        "iss": "https://idp.example/",
        "aud": "api",
        "scp": "read write",
        "roles": ["reader"],
        "groups": ["staff"],
        "hd": "d.example",
        "auth_time": NOW,
        "azp": "web",
        "iat": NOW,
        "exp": NOW + 3600,
    });
    for (name, value) in members(changes) {
        match value {
            Json::Null => drop(claims.as_object_mut().unwrap().remove(&name)),
            value => claims[name] = value,
        }
    }
    claims
}

/// Credentials, each with the check that refuses it, the reason, and what becomes of the signature.
fn refused(scene: &Scene) -> Vec<(String, Check, &'static str, SignatureState)> {
    use SignatureState::{Invalid, Unchecked, Valid};
    let signer = &scene.signer;
    let with = |changes: Json| scene.token(&claims(&changes));
    let headed = |name: &str, value: &str| {
        let mut header = signer.header();
        header.insert(name.to_owned(), value.into());
        signer.sign(&header, &members(&claims(&json!({})))).unwrap()
    };
    let good = with(json!({}));
    let no_json = Draft::from_bytes(br#"{"alg":"ES256","kid":"k1"}"#, b"no json").signed(signer).unwrap();
    vec![
        ("Basic dTpw".to_owned(), Check::Credential, "CredentialMissing", Unchecked),
        (String::new(), Check::Credential, "CredentialMissing", Unchecked),
        (format!("Bearer {good}, Bearer {good}"), Check::Credential, "MultipleCredentials", Unchecked),
        ("garbage".to_owned(), Check::Structure, "MalformedToken", Unchecked),
        (headed("crit", "x"), Check::Structure, "CriticalHeader", Unchecked),
        (headed("alg", "none"), Check::Key, "AlgorithmNotAllowed", Unchecked),
        (headed("alg", "RS256"), Check::Key, "AlgorithmMismatch", Unchecked),
        (headed("kid", "other"), Check::Key, "KeyUnknown", Unchecked),
        (corrupt_signature(&good).unwrap(), Check::Signature, "SignatureInvalid", Invalid),
        (no_json, Check::Payload, "MalformedToken", Valid),
        (with(json!({"iss": "https://idp.example"})), Check::Issuer, "IssuerMismatch", Valid),
        (with(json!({"exp": NOW})), Check::Time, "Expired", Valid),
        (with(json!({"exp": null})), Check::Time, "ExpiryMissing", Valid),
        (with(json!({"nbf": NOW + 1})), Check::Time, "NotYetValid", Valid),
        (with(json!({"iat": "today"})), Check::Time, "MalformedClaim", Valid),
        (with(json!({"exp": NOW + 7201})), Check::Time, "LifetimeTooLong", Valid),
        (with(json!({"auth_time": null})), Check::Time, "AuthTimeMissing", Valid),
        (with(json!({"auth_time": NOW - 601})), Check::Time, "AuthTimeTooOld", Valid),
        (with(json!({"auth_time": NOW + 1})), Check::Time, "AuthTimeInFuture", Valid),
        (with(json!({"hd": "e.example"})), Check::Domain, "DomainMismatch", Valid),
        (with(json!({"aud": "other"})), Check::Audience, "AudienceMismatch", Valid),
        (with(json!({"scp": "read"})), Check::Scopes, "ScopeMissing", Valid),
        (with(json!({"roles": []})), Check::Roles, "RoleMissing", Valid),
        (with(json!({"groups": null})), Check::Groups, "GroupMissing", Valid),
        (with(json!({"act": {}})), Check::Forbidden, "ClaimForbidden", Valid),
        (with(json!({"azp": null})), Check::Consumer, "ConsumerClaimMissing", Valid),
        (with(json!({"azp": "nobody"})), Check::Consumer, "ConsumerUnknown", Valid),
        (with(json!({"azp": "ann"})), Check::Registration, "NotAnApplication", Valid),
        (with(json!({"azp": "new"})), Check::Registration, "ApplicationPending", Valid),
        (with(json!({"azp": "odd"})), Check::Registration, "ApplicationUnregistered", Valid),
        (with(json!({"azp": "bad"})), Check::Acl, "AclDenied", Valid),
    ]
}

#[test]
fn names_the_check_that_refuses() {
    let scene = Scene::new();
    for (credential, check, reason, signature) in refused(&scene) {
        let report = scene.inspect(&credential);
        assert_eq!(report.denial().map(Denial::name), Some(reason), "{credential}");
        assert_eq!(report.signature, signature, "{reason}");
        for step in &report.steps {
            let expected = match step.check {
                earlier if earlier < check => Outcome::Passed,
                same if same == check => Outcome::Failed,
                _ => Outcome::Skipped,
            };
            assert_eq!(step.outcome, expected, "{reason}: {}", step.check.name());
        }
    }
}

#[test]
fn agrees_with_the_gate() {
    let scene = Scene::new();
    let good = scene.token(&claims(&json!({})));
    let all = refused(&scene).into_iter().map(|(credential, ..)| credential).chain([good]);
    for credential in all {
        let report = scene.inspect(&credential);
        assert_eq!(report.denial().map(Denial::name), scene.gate(&credential), "{credential}");
    }
}

#[test]
fn permits_with_every_check_passed() {
    let scene = Scene::new();
    let report = scene.inspect(&scene.token(&claims(&json!({}))));
    assert_eq!(report.decision, Decision::Permitted(Grounds::Authenticated));
    assert!(report.steps.iter().all(|step| step.outcome == Outcome::Passed), "{report:?}");
    let checks: Vec<Check> = report.steps.iter().map(|step| step.check).collect();
    assert_eq!(checks, Check::ALL);
}

#[test]
fn a_token_may_come_with_its_scheme_and_white_space() {
    let scene = Scene::new();
    let token = scene.token(&claims(&json!({})));
    for credential in [format!("  {token}\n"), format!("Bearer {token}"), format!("bearer  {token}")] {
        assert_eq!(
            scene.inspect(&credential).decision,
            Decision::Permitted(Grounds::Authenticated),
            "{credential:?}"
        );
    }
}

#[test]
fn decides_nothing_without_a_config() {
    let scene = Scene::new();
    let token = scene.token(&claims(&json!({"exp": 0})));
    let offline = explained(&token, &Against::Nothing);
    assert_eq!((offline.signature, &offline.decision), (SignatureState::Unchecked, &Decision::Undecided));
    let (keys, _) = KeySet::from_jwks(scene.jwks.as_bytes()).unwrap();
    let against = Against::Keys { source: &SourceId::new("jwks"), keys: &keys };
    let proven = explained(&token, &against);
    assert_eq!((proven.signature, &proven.decision), (SignatureState::Valid, &Decision::Undecided));
    let corrupted = explained(&corrupt_signature(&token).unwrap(), &against);
    assert_eq!(corrupted.signature, SignatureState::Invalid);
    assert_eq!(corrupted.decision, Decision::Denied(Denial::SignatureInvalid));
}

#[test]
fn shows_whom_each_mapping_claim_names() {
    let scene = Scene::new();
    let token = scene.token(&claims(&json!({"sub": "ann", "cid": 7, "aud": ["api", "other"]})));
    let mapped = scene.inspect(&token).mapped;
    let rows: Vec<(&str, &str, bool, Option<&str>)> = mapped
        .iter()
        .map(|mapped| (&*mapped.claim, &*mapped.value, mapped.used, mapped.names.as_deref()))
        .collect();
    assert_eq!(
        rows,
        [
            ("aud", "api other", false, None),
            ("azp", "web", true, Some("application web (custom_id)")),
            ("cid", "7", false, None),
            ("sub", "ann", false, Some("consumer ann (custom_id)")),
        ]
    );
}

#[test]
fn the_signature_state_stands_in_the_json_whatever_the_payload_is() {
    let scene = Scene::new();
    for (credential, _, reason, signature) in refused(&scene) {
        let json = scene.inspect(&credential).to_json();
        assert_eq!(json["signature"], signature.name(), "{reason}");
        assert_eq!(json["decision"], "denied");
        assert_eq!(json["reason"], reason);
        assert!(json["needed"].as_str().is_some_and(|needed| !needed.is_empty()), "{reason}");
    }
}

#[test]
fn the_text_obeys_no_control_character_of_a_token() {
    let scene = Scene::new();
    let token = scene.token(&claims(&json!({"sub": "\u{1b}[31m\u{9b}2J\r"})));
    let text = lines(&scene.inspect(&token), Paint::plain()).join("");
    assert!(!text.contains(char::is_control), "{text:?}");
}

#[test]
fn the_text_names_reason_and_remedy() {
    let scene = Scene::new();
    let text =
        lines(&scene.inspect(&scene.token(&claims(&json!({"azp": "new"})))), Paint::plain()).join("\n");
    for expected in ["ApplicationPending", "(403)", "needed: ", "azp", "2025-10-09 08:53:20 UTC", "in 1 h"] {
        assert!(text.contains(expected), "{expected} is not in:\n{text}");
    }
}
