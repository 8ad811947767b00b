//! Opaque tokens, of which the provider says whether they are good.

use super::grants::with;
use super::process::{Certified, Keys};
use super::{CROWD, OPAQUE, Place, RS256, Site};
use crate::support::wait;
use serde_json::{Value, json};

pub(crate) fn the_gateway_says_who_it_is_in_each_way(here: (&Place, &str)) {
    let mut site = Site::open(here, &Keys::new("one"), |provider| {
        let wrong = json!({ "client_id": ["basic"], "client_secret": ["another than is right"] });
        json!({
            "basic": introspecting(&of_secret(provider, "basic", "client_secret_basic")),
            "post": introspecting(&of_secret(provider, "post", "client_secret_post")),
            "secret": introspecting(&of_secret(provider, "secret-jwt", "client_secret_jwt")),
            "key": introspecting(&of_key(provider, "key-es256", "ES256")),
            "wrong": introspecting(&wrong),
        })
    });
    let token = site.provider.machine_token(OPAQUE);
    for service in ["basic", "post", "secret", "key"] {
        assert_eq!(site.bearer(service, &token), "permitted", "{service}");
        assert_eq!(site.bearer(service, "of-nobody"), "TokenInactive 401", "{service}");
    }
    assert_eq!(site.bearer("wrong", &token), "ProviderMisconfigured 500", "the caller did nothing wrong");
}

pub(crate) fn a_crowd_with_one_token_asks_once_where_requests_can_wait(here: (&Place, &str)) {
    let mut site = Site::open(
        here,
        &Keys::new("one"),
        |provider| json!({ "api": introspecting(&of_secret(provider, "basic", "client_secret_basic")) }),
    );
    let [first, token] = [(); 2].map(|()| site.provider.machine_token(OPAQUE));
    assert_eq!(site.bearer("api", &first), "permitted", "and the discovery document is known");
    let before = site.provider.asked(INTROSPECTION);
    let statuses = site.crowd("api", ("authorization", &format!("Bearer {token}")), || ());
    assert_eq!(statuses, [200; CROWD]);
    let asked = site.provider.asked(INTROSPECTION) - before;
    println!("{}: {CROWD} requests at once, {asked} questions", here.0.name);
    assert!(asked == 1 || !here.0.wakes, "{asked}");
}

/// Elsewhere the config is refused, whose filter cannot do what it says.
pub(crate) fn an_rsa_key_signs_where_the_engine_does(here: (&Place, &str)) {
    let mut site = Site::open(
        here,
        &Keys::new("one"),
        |provider| json!({ "key": introspecting(&of_key(provider, "key-rs256", "RS256")) }),
    );
    let token = site.provider.machine_token(OPAQUE);
    let expected = if here.0.signs { "permitted" } else { "ConfigInvalid 503" };
    assert_eq!(site.bearer("key", &token), expected);
}

pub(crate) fn a_revoked_token_is_refused_at_once_or_when_the_answer_is_no_longer_kept(here: (&Place, &str)) {
    let mut site = Site::open(here, &Keys::new("one"), |provider| {
        let own = introspecting(&of_secret(provider, "basic", "client_secret_basic"));
        json!({
            "asking": with(own.clone(), &json!({ "cache_introspection": false })),
            "keeping": with(own, &json!({ "cache_ttl_max": KEPT })),
        })
    });
    let token = site.provider.machine_token(OPAQUE);
    assert_eq!(site.bearer("asking", &token), "permitted");
    assert_eq!(site.bearer("asking", &token), "permitted");
    assert_eq!(site.provider.asked(INTROSPECTION), 2, "each request asks");
    assert_eq!(site.bearer("keeping", &token), "permitted");
    site.provider.revoke(&token);
    assert_eq!(site.bearer("asking", &token), "TokenInactive 401");
    assert_eq!(site.bearer("keeping", &token), "permitted", "the answer is kept for {KEPT} seconds");
    wait::until("the answer is kept no longer", || {
        let outcome = site.bearer("keeping", &token);
        assert!(["permitted", "TokenInactive 401"].contains(&&*outcome), "{outcome}");
        (outcome == "TokenInactive 401").then_some(())
    });
}

/// `oidc-provider` keeps no JWT, and so says of each that it is not active: the signature alone is not enough then.
pub(crate) fn a_jwt_must_be_known_to_the_provider_too_with_introspect_jwt_tokens(here: (&Place, &str)) {
    let mut site = Site::open(here, &Keys::new("one"), |provider| {
        let own = with(bearer(), &of_secret(provider, "basic", "client_secret_basic"));
        json!({ "verifying": bearer(), "introspecting": with(own, &json!({ "introspect_jwt_tokens": true })) })
    });
    let token = site.provider.machine_token(RS256);
    assert_eq!(site.bearer("verifying", &token), "permitted");
    assert_eq!(site.provider.asked(INTROSPECTION), 0);
    assert_eq!(site.bearer("introspecting", &token), "TokenInactive 401");
    assert_eq!(site.provider.asked(INTROSPECTION), 1);
}

/// Takes JWTs by RS256.
pub(super) fn bearer() -> Value {
    json!({ "auth_methods": ["bearer"], "audience_required": [RS256] })
}

/// Takes opaque tokens for the resource whose tokens are.
pub(super) fn introspecting(own: &Value) -> Value {
    with(json!({ "auth_methods": ["introspection"], "audience_required": [OPAQUE] }), own)
}

pub(super) fn of_secret(provider: &Certified, id: &str, auth: &str) -> Value {
    json!({ "client_id": [id], "client_secret": [provider.secret], "client_auth": [auth] })
}

fn of_key(provider: &Certified, id: &str, algorithm: &str) -> Value {
    json!({ "client_id": [id], "client_auth": ["private_key_jwt"], "client_alg": [algorithm],
            "client_jwk": [provider.client_keys.private_jwk(algorithm)] })
}

/// Seconds: enough for the requests until the token is revoked.
const KEPT: u64 = 8;

const INTROSPECTION: &str = "POST /token/introspection";
