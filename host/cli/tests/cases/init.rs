//! What `claimgate init` prints, with tokens of each provider.

use crate::examples::accept;
use crate::hosted::Hosted;
use crate::support::cloud::{CLOUDS, Idp, VARIABLES};
use crate::support::file::{Engine, TokenFile};
use crate::support::native::Native;
use crate::support::observed::Effect;
use crate::support::run::Gate as _;
use crate::support::table::{Material, Request, Setting};
use crate::support::token;
use crate::support::upstream::Upstream;
use claimgate::init::{Callers, Provider, Starter, Target};
use serde_json::{Value, json};
use std::sync::Arc;

/// The filter's document, from where the engine finds it in the file.
pub(crate) fn document(target: Target, text: &str) -> Value {
    let mut file: Value = serde_norway::from_str(text).unwrap();
    match target {
        Target::Host => file["filters"][0]["configuration"].take(),
        Target::Envoy => {
            let filter =
                "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config/http_filters/0";
            let value = format!("{filter}/typed_config/config/configuration/value");
            serde_json::from_str(file.pointer(&value).unwrap().as_str().unwrap()).unwrap()
        }
        Target::Kong => file["services"][0]["filter_chains"][0]["filters"][0]["config"].take(),
    }
}

/// The config for tokens of this shape, with its application approved.
fn starter(material: &Material, provider: Provider, shape: &str, caller: &str) -> Starter {
    let shape = material.shape(shape);
    let text = |claim: &str| match &shape.claims[claim] {
        Value::Array(items) => items[0].as_str().map(str::to_owned),
        value => value.as_str().map(str::to_owned),
    };
    let jwks = json!({ "keys": [material.scope().keyring.public_jwk(&shape.signer)] });
    Starter {
        provider,
        issuer: text("iss"),
        audience: text("aud"),
        client_id: text(caller),
        jwks: Some(jwks),
        callers: Callers::Tokens,
        scope: None,
        redirect_uri: None,
        upstream: "http://127.0.0.1:9000".parse().unwrap(),
    }
}

/// What becomes of a token of this shape with other claims.
fn outcome(
    material: &Material,
    document: &Value,
    engine: Engine,
    shape: &str,
    claims: Value,
) -> (String, Effect) {
    let file: TokenFile = serde_json::from_value(json!({ "claims": claims })).unwrap();
    let token = token::mint(material.shape(shape), &file, &material.scope());
    let mut request = Request::get("/any/path", "gateway.example");
    request.headers.push(("authorization".to_owned(), format!("Bearer {token}")));
    let setting = Setting { document: document.to_string(), clock: None, engine };
    let observed = Native::new(&setting).answer(&request);
    (observed.outcome.unwrap(), observed.effect)
}

#[test]
fn an_approved_application_of_each_provider_passes_each_printed_config_and_nobody_else() {
    let material = Material::load();
    for (provider, shape, caller) in PROVIDERS {
        let starter = starter(&material, provider, shape, caller);
        for (target, engine) in TARGETS {
            let mut document = document(target, &starter.print(target).unwrap().text);
            accept(&document.to_string());
            let (permitted, effect) = outcome(&material, &document, engine, shape, json!({}));
            assert_eq!(permitted, "permitted", "{shape} {target:?}");
            let Effect::Forwarded(headers) = effect else { panic!("{shape} {target:?}: not forwarded") };
            assert_eq!(headers["x-consumer-custom-id"], [starter.client_id.clone().unwrap()]);

            let other = outcome(&material, &document, engine, shape, json!({ caller: "another-client" })).0;
            assert_eq!(other, "ConsumerUnknown", "{shape} {target:?}");
            let elsewhere = outcome(&material, &document, engine, shape, json!({ "aud": "another-api" })).0;
            assert_eq!(elsewhere, "AudienceMismatch", "{shape} {target:?}");
            document["applications"][0]["registrations"][0]["status"] = json!("pending");
            let pending = outcome(&material, &document, engine, shape, json!({})).0;
            assert_eq!(pending, "ApplicationPending", "{shape} {target:?}");
        }
    }
}

#[test]
fn keys_are_fetched_secrets_exchanged_and_people_logged_in_with_each_printed_config_of_each_provider() {
    let upstream = Arc::new(Upstream::start());
    for cloud in &CLOUDS {
        let idp = Idp::start(cloud);
        for (target, engine) in [(Target::Host, Engine::Any), (Target::Kong, Engine::Nginx)] {
            for callers in [Callers::Tokens, Callers::Secrets, Callers::People] {
                let text = followed(&cloud.printed(target, upstream.address, callers));
                let mut document = document(target, &cloud.here(&text, &idp));
                document["audit"] = json!("all");
                let setting = Setting { document: document.to_string(), clock: None, engine };
                let mut hosted = Hosted::beside(&upstream, &setting, &idp);
                cloud.check(&idp, &mut hosted, callers == Callers::Secrets);
                if callers == Callers::People {
                    cloud.check_login(&idp, &mut hosted.proxied);
                }
            }
        }
    }
}

/// The config with what its references lead to: by whoever follows them, or on Kong by hand.
fn followed(text: &str) -> String {
    VARIABLES
        .iter()
        .fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{vault://env/{name}}}"), value))
}

/// A provider, the shape of its tokens, and the claim that names the caller in them.
const PROVIDERS: [(Provider, &str, &str); 6] = [
    (Provider::Entra, "entra-v1", "appid"),
    (Provider::Entra, "entra-v2", "azp"),
    (Provider::Okta, "okta", "cid"),
    (Provider::Ping, "pingone", "client_id"),
    (Provider::Keycloak, "keycloak", "azp"),
    (Provider::Auth0, "auth0", "azp"),
];

const TARGETS: [(Target, Engine); 3] =
    [(Target::Host, Engine::Any), (Target::Envoy, Engine::Envoy), (Target::Kong, Engine::Nginx)];
