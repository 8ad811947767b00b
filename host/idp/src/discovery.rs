//! Discovery documents (OpenID Connect Discovery 3, RFC 8414 2).

use crate::config::{AuthMethod, GrantType};
use crate::endpoint::{Endpoint, Version};
use crate::realm::Realm;
use crate::scope::OPENID_SCOPES;
use crate::shape::Shape;
use serde_json::{Map, Value, json};

/// The document of a realm. Entra's names the keys of one app, if it is asked for that app's.
pub(crate) fn document(realm: &Realm, version: Version, app: Option<&str>) -> Value {
    let mut document = Map::new();
    document.insert("issuer".into(), realm.issuer(version).into());
    for (name, endpoint) in [
        ("authorization_endpoint", Endpoint::Authorize(version)),
        ("token_endpoint", Endpoint::Token(version)),
        ("jwks_uri", Endpoint::Jwks(version)),
        ("userinfo_endpoint", Endpoint::UserInfo),
        ("introspection_endpoint", Endpoint::Introspect),
        ("revocation_endpoint", Endpoint::Revoke),
        ("end_session_endpoint", Endpoint::Logout(version)),
    ] {
        document.extend(realm.url(endpoint).map(|url| (name.to_owned(), url.into())));
    }
    if let (Shape::Entra, Some(app), Some(url)) = (realm.shape(), app, realm.url(Endpoint::Jwks(version))) {
        let app: String = form_urlencoded::byte_serialize(app.as_bytes()).collect();
        document.insert("jwks_uri".into(), format!("{url}?appid={app}").into());
    }
    let methods: Vec<&str> = AuthMethod::ALL.map(AuthMethod::name).to_vec();
    if realm.config.registration.is_some() {
        let path = realm.shape().registration(realm.id());
        document.extend(
            path.map(|path| ("registration_endpoint".to_owned(), format!("{}{path}", realm.base_url).into())),
        );
    }
    let lists = [
        ("scopes_supported", json!(scopes(realm))),
        ("response_types_supported", json!(["code", "token", "id_token", "id_token token"])),
        ("response_modes_supported", json!(["query", "fragment", "form_post"])),
        ("grant_types_supported", json!(grants(realm))),
        ("code_challenge_methods_supported", json!(["S256"])),
        ("prompt_values_supported", json!(["none", "login", "consent", "select_account"])),
        (
            "subject_types_supported",
            json!([if realm.shape() == Shape::Entra { "pairwise" } else { "public" }]),
        ),
        ("id_token_signing_alg_values_supported", json!(realm.keys.algorithms())),
        ("token_endpoint_auth_methods_supported", json!(methods)),
        (
            "claims_supported",
            json!(["iss", "sub", "aud", "exp", "iat", "name", "email", "preferred_username"]),
        ),
    ];
    document.extend(lists.map(|(name, list)| (name.to_owned(), list)));
    document.insert("request_parameter_supported".into(), false.into());
    document.insert("request_uri_parameter_supported".into(), false.into());
    if realm.shape() == Shape::Plain {
        document.insert("authorization_response_iss_parameter_supported".into(), true.into());
    }
    if realm.shape() == Shape::Entra {
        document.insert("tenant_region_scope".into(), "EU".into());
        document.insert("msgraph_host".into(), realm.base_url.clone().into());
    }
    Value::Object(document)
}

fn grants(realm: &Realm) -> Vec<&'static str> {
    let served = GrantType::ALL.into_iter();
    let served = served.filter(|grant| (realm.shape(), *grant) != (Shape::Entra, GrantType::TokenExchange));
    served.map(GrantType::name).collect()
}

/// Entra names only those of OpenID Connect; the others belong to APIs.
fn scopes(realm: &Realm) -> Vec<&str> {
    let own = realm.apis.iter().flat_map(|api| &api.scopes).map(String::as_str);
    let own = own.filter(|_| realm.shape() != Shape::Entra);
    OPENID_SCOPES.into_iter().chain(own).collect()
}
