//! Credentials for which the gateway gets a token.

use super::client::basic;
use super::process::Keys;
use super::{Place, RS256, Site, in_short};
use crate::support::observed::Effect;
use crate::support::wait;
use serde_json::{Value, json};

/// With Basic and in the form, as the config has it; whether what comes is a JWT, or is opaque and introspected.
pub(crate) fn callers_ids_and_secrets_get_tokens(here: (&Place, &str)) {
    let mut site = Site::open(here, &Keys::new("one"), |provider| {
        let own = json!({ "client_id": ["basic"], "client_secret": [provider.secret] });
        json!({
            "basic": getting_jwts(json!({ "auth_methods": ["client_credentials"], "scopes": ["read"],
                                          "scopes_required": ["read"] })),
            "post": getting_jwts(json!({ "auth_methods": ["client_credentials"],
                                         "token_endpoint_auth_method": "client_secret_post" })),
            "opaque": with(json!({ "auth_methods": ["client_credentials", "introspection"] }), &own),
        })
    });
    let secret = site.provider.secret.clone();
    for service in ["basic", "post", "opaque"] {
        for client in ["basic", "post"] {
            let right = basic(client, &secret);
            let observed = site.send(service, ("authorization", &right));
            assert_eq!(in_short(&observed), "permitted", "{client} at {service}");
            let Effect::Forwarded(headers) = observed.effect else { unreachable!() };
            let [authorization] = &headers["authorization"][..] else { panic!("{headers:?}") };
            assert!(authorization.starts_with("Bearer "), "the upstream gets the token");

            let asked = site.provider.asked("POST /token");
            assert_eq!(site.outcome(service, ("authorization", &right)), "permitted");
            assert_eq!(site.provider.asked("POST /token"), asked, "the token is kept");
            let wrong = basic(client, &format!("{secret}!"));
            assert_eq!(site.outcome(service, ("authorization", &wrong)), "CredentialRejected 401");
        }
        let nobody = basic("nobody", &secret);
        assert_eq!(site.outcome(service, ("authorization", &nobody)), "CredentialRejected 401");
        let other_way = basic("key-es256", &secret);
        assert_eq!(site.outcome(service, ("authorization", &other_way)), "CredentialRejected 401");
    }
}

pub(crate) fn a_refresh_token_gets_a_token(here: (&Place, &str)) {
    let mut site = Site::open(here, &Keys::new("one"), |provider| {
        let own = json!({ "client_id": ["basic"], "client_secret": [provider.secret],
                          "auth_methods": ["refresh_token"], "refresh_token_param_name": "refresh_token" });
        json!({ "api": getting_jwts(own) })
    });
    let refresh_token = site.provider.refresh_token(&[("resource", RS256)]);
    assert_eq!(site.outcome("api", ("refresh-token", &refresh_token)), "permitted");
    assert_eq!(site.outcome("api", ("refresh-token", "of-nobody")), "CredentialRejected 401");
    site.provider.revoke(&refresh_token);
    assert_eq!(site.outcome("api", ("refresh-token", &refresh_token)), "CredentialRejected 401");
}

/// A token that the gateway keeps is good no longer when the provider has forgotten it, or its key.
pub(crate) fn a_token_that_the_provider_has_forgotten_is_got_anew(here: (&Place, &str)) {
    let [one, two] = ["one", "two"].map(Keys::new);
    let mut site = Site::open(here, &one, |provider| {
        let own = json!({ "client_id": ["basic"], "client_secret": [provider.secret],
                          "cache_introspection": false });
        let looking = json!({ "auth_methods": ["client_credentials"], "rediscovery_lifetime": 1 });
        json!({
            "opaque": with(json!({ "auth_methods": ["client_credentials", "introspection"] }), &own),
            "signed": getting_jwts(looking),
        })
    });
    let [caller, other] = ["basic", "post"].map(|client| basic(client, &site.provider.secret));
    for service in ["opaque", "signed"] {
        assert_eq!(site.outcome(service, ("authorization", &caller)), "permitted");
    }
    site.provider.restart(&[&two]);
    assert_eq!(site.outcome("opaque", ("authorization", &caller)), "permitted");
    assert_eq!(site.provider.asked("POST /token"), 1, "another token");

    assert_eq!(
        site.outcome("signed", ("authorization", &caller)),
        "permitted",
        "nobody has looked for keys yet"
    );
    assert_eq!(site.provider.asked("POST /token"), 1, "the same token");
    wait::until("the key counts of the token of another caller", || {
        (site.outcome("signed", ("authorization", &other)) == "permitted").then_some(())
    });
    let before = site.provider.asked("POST /token");
    assert_eq!(site.outcome("signed", ("authorization", &caller)), "permitted");
    assert_eq!(site.provider.asked("POST /token"), before + 1, "another token, by the key that is there now");
}

pub(crate) fn a_resource_that_the_provider_does_not_have_is_no_caller_s_fault(here: (&Place, &str)) {
    let mut site = Site::open(here, &Keys::new("one"), |_| {
        let unknown = json!({ "token_post_args_values": ["https://unknown.example"] });
        json!({ "api": with(getting_jwts(json!({ "auth_methods": ["client_credentials"] })), &unknown) })
    });
    let right = basic("basic", &site.provider.secret);
    assert_eq!(site.outcome("api", ("authorization", &right)), "ProviderMisconfigured 500");
}

/// Asks for tokens that are JWTs.
fn getting_jwts(config: Value) -> Value {
    let resource = json!({ "token_post_args_names": ["resource"], "token_post_args_values": [RS256],
                           "audience_required": [RS256] });
    with(config, &resource)
}

pub(super) fn with(mut config: Value, more: &Value) -> Value {
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    config
}
