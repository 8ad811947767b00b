//! What each provider's tokens look like, member by member, and that the project's own verifier takes them.

use crate::support::{API_V1, API_V2, BASE, BILLING, ENVIRONMENT, NOW, Scene, TENANT, built_in, decoded};
use claimgate_idp::Config;
use claimgate_policy::Denial;
use serde_json::{Value, json};

/// A text that is another one in each token, of this length.
fn random(length: usize) -> Value {
    json!({ "random": length })
}

/// Compares with what is expected, where [`random`] stands for any text of its length.
#[track_caller]
fn assert_like(found: &Value, expected: &Value) {
    let (found, expected) = (found.as_object().unwrap(), expected.as_object().unwrap());
    let names = |of: &serde_json::Map<String, Value>| of.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(found), names(expected));
    for (name, expected) in expected {
        match expected.get("random").and_then(Value::as_u64) {
            Some(length) => assert_eq!(found[name].as_str().unwrap().len() as u64, length, "{name}"),
            None => assert_eq!(found[name], *expected, "{name}"),
        }
    }
}

/// A token, by its path and form; the verifier has taken it with the keys at `jwks`.
#[track_caller]
fn token(scene: &mut Scene, path: &str, jwks: &str, form: &[(&str, &str)]) -> (Value, Value) {
    let token = scene.post(path, form).text("access_token");
    scene.verify(jwks, &token).unwrap();
    decoded(&token)
}

const CLIENT: (&str, &str) = ("grant_type", "client_credentials");
const ALICE: [(&str, &str); 3] =
    [("grant_type", "password"), ("username", "alice@example.com"), ("password", "alice")];
const SECRET: (&str, &str) = ("client_secret", "billing-secret");
const OKTA_CLIENT: &str = "0oa1b2c3d4e5f6g7h8i9";
const PING_CLIENT: &str = "3c0f9a1e-6a52-4f8d-9c3f-0f7d5e1b2a44";

fn v1() -> (String, String) {
    (format!("/{TENANT}/oauth2/token"), format!("/{TENANT}/discovery/keys"))
}

fn v2() -> (String, String) {
    (format!("/{TENANT}/oauth2/v2.0/token"), format!("/{TENANT}/discovery/v2.0/keys"))
}

/// What every token of Entra says here.
fn entra(version: &str) -> Value {
    let (ver, iss) = if version == "1.0" {
        ("1.0", format!("{BASE}/sts/{TENANT}/"))
    } else {
        ("2.0", format!("{BASE}/{TENANT}/v2.0"))
    };
    json!({
        "iss": iss, "iat": NOW - 300, "nbf": NOW - 300, "exp": NOW + 3_600, "tid": TENANT, "ver": ver,
        "aio": random(22), "rh": random(25), "uti": random(22),
    })
}

fn with(mut claims: Value, more: Value) -> Value {
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    claims
}

#[test]
fn entra_v1_of_a_client() {
    let mut scene = Scene::new();
    let (path, jwks) = v1();
    let resource = format!("api://{API_V1}");
    let form = [CLIENT, ("client_id", BILLING), SECRET, ("resource", &*resource)];
    let (header, claims) = token(&mut scene, &path, &jwks, &form);
    let kid = header["kid"].clone();
    assert_eq!(header, json!({"typ": "JWT", "alg": "ES256", "kid": kid, "x5t": kid}));
    let oid = claims["oid"].clone();
    assert_eq!(oid.as_str().unwrap().len(), 36);
    let expected = json!({
        "aud": resource, "appid": BILLING, "appidacr": "1", "idp": format!("{BASE}/sts/{TENANT}/"), "oid": oid, "sub": oid,
        "roles": ["Orders.Read"], "application_id": "billing",
    });
    assert_like(&claims, &with(entra("1.0"), expected));
}

#[test]
fn entra_v1_names_the_api_as_it_was_asked_for() {
    let mut scene = Scene::new();
    let (path, jwks) = v1();
    let form = [CLIENT, ("client_id", BILLING), SECRET, ("resource", API_V1)];
    let (_, claims) = token(&mut scene, &path, &jwks, &form);
    assert_eq!(claims["aud"], API_V1);
}

#[test]
fn entra_v2_of_a_client() {
    let mut scene = Scene::new();
    let (path, jwks) = v2();
    let scope = format!("api://{API_V2}/.default");
    let form = [CLIENT, ("client_id", BILLING), SECRET, ("scope", &*scope)];
    let (header, claims) = token(&mut scene, &path, &jwks, &form);
    assert_eq!(header, json!({"typ": "JWT", "alg": "ES256", "kid": header["kid"]}));
    let oid = claims["oid"].clone();
    let expected = json!({
        "aud": API_V2, "azp": BILLING, "azpacr": "1", "oid": oid, "sub": oid, "roles": ["Orders.Read"],
        "application_id": "billing",
    });
    assert_like(&claims, &with(entra("2.0"), expected));
}

#[test]
fn entras_api_decides_the_version_whatever_the_endpoint() {
    let mut scene = Scene::new();
    let (v1_path, v1_jwks) = v1();
    let (v2_path, v2_jwks) = v2();
    let default = format!("api://{API_V1}/.default");
    let through_v2 = [CLIENT, ("client_id", BILLING), SECRET, ("scope", &*default)];
    assert_eq!(token(&mut scene, &v2_path, &v1_jwks, &through_v2).1["ver"], "1.0");
    let through_v1 = [CLIENT, ("client_id", BILLING), SECRET, ("resource", API_V2)];
    let (_, claims) = token(&mut scene, &v1_path, &v2_jwks, &through_v1);
    assert_eq!((&claims["ver"], &claims["aud"]), (&json!("2.0"), &json!(API_V2)));
}

#[test]
fn entras_client_without_assigned_roles_has_none() {
    let mut scene = Scene::new();
    let (path, jwks) = v2();
    let id = "9d1c7f52-3b8a-4e6d-a0c4-1f2e3d4c5b6a";
    // An app that asks for itself, as Kong's Azure page does.
    let scope = format!("{id}/.default");
    let form = [CLIENT, ("client_id", id), ("client_secret", "httpbin-azure-secret"), ("scope", &*scope)];
    let (_, claims) = token(&mut scene, &path, &v1().1, &form);
    assert_eq!((claims.get("roles"), &claims["aud"], &claims["ver"]), (None, &json!(id), &json!("1.0")));
    let form = [
        CLIENT,
        ("client_id", id),
        ("client_secret", "httpbin-azure-secret"),
        ("scope", &*format!("{API_V2}/.default")),
    ];
    assert_eq!(token(&mut scene, &path, &jwks, &form).1.get("roles"), None);
}

#[test]
fn entra_v2_of_a_user() {
    let mut scene = Scene::new();
    let (path, jwks) = v2();
    let scope = format!("openid api://{API_V2}/access_as_user");
    let public = "5a1f0e9d-8c7b-4a69-b857-463524130f1e";
    let form = [&ALICE[..], &[("client_id", public), ("scope", &*scope)]].concat();
    let (_, claims) = token(&mut scene, &path, &jwks, &form);
    assert_ne!(claims["sub"], claims["oid"]);
    let expected = json!({
        "aud": API_V2, "azp": public, "azpacr": "0", "oid": claims["oid"], "sub": random(43), "name": "Alice Archer",
        "preferred_username": "alice@example.com", "scp": "access_as_user", "roles": ["Orders.Write"],
        "groups": ["8f1d2c3b-4a59-4687-9b0c-d1e2f3a4b5c6"],
    });
    assert_like(&claims, &with(entra("2.0"), expected));
}

#[test]
fn entra_v1_of_a_user() {
    let mut scene = Scene::new();
    let (path, jwks) = v1();
    let form =
        [&ALICE[..], &[("client_id", BILLING), SECRET, ("resource", API_V1), ("scope", "openid")]].concat();
    let reply = scene.post(&path, &form).json();
    assert_eq!(
        (&reply["expires_in"], &reply["expires_on"]),
        (&json!("3600"), &json!((NOW + 3_600).to_string()))
    );
    assert_eq!(reply["resource"], API_V1);
    assert!(reply["refresh_token"].is_string(), "without being asked for");
    let access = reply["access_token"].as_str().unwrap();
    scene.verify(&jwks, access).unwrap();
    let (_, claims) = decoded(access);
    let expected = json!({
        "aud": API_V1, "appid": BILLING, "appidacr": "1", "idp": format!("{BASE}/sts/{TENANT}/"), "acr": "1", "amr": ["pwd"],
        "ipaddr": "127.0.0.1", "oid": claims["oid"], "sub": random(43), "name": "Alice Archer", "scp": "access_as_user",
        "unique_name": "alice@example.com", "upn": "alice@example.com", "application_id": "billing",
        "groups": ["8f1d2c3b-4a59-4687-9b0c-d1e2f3a4b5c6"],
    });
    assert_like(&claims, &with(entra("1.0"), expected));
    let id_token = reply["id_token"].as_str().unwrap();
    scene.verify(&jwks, id_token).unwrap();
    assert_eq!(decoded(id_token).1["iss"], format!("{BASE}/sts/{TENANT}/"));
}

#[test]
fn entras_subject_is_another_one_for_each_app() {
    let mut scene = Scene::new();
    let subjects = [API_V1, API_V2].map(|api| {
        let scope = format!("api://{api}/access_as_user");
        let form = [&ALICE[..], &[("client_id", BILLING), SECRET, ("scope", &*scope)]].concat();
        let (_, claims) = decoded(&scene.post(&v2().0, &form).text("access_token"));
        (claims["sub"].clone(), claims["oid"].clone())
    });
    assert_ne!(subjects[0].0, subjects[1].0);
    assert_eq!(subjects[0].1, subjects[1].1);
}

#[test]
fn too_many_groups_are_named_by_where_to_get_them() {
    let mut config = built_in();
    config.realms[0].users[0].groups = (0..201).map(|number| format!("group-{number}")).collect();
    let mut scene = Scene::of(config);
    let scope = format!("api://{API_V2}/access_as_user");
    let form = [&ALICE[..], &[("client_id", BILLING), SECRET, ("scope", &*scope)]].concat();
    let (_, claims) = token(&mut scene, &v2().0, &v2().1, &form);
    assert_eq!((claims.get("groups"), &claims["_claim_names"]), (None, &json!({"groups": "src1"})));
    let endpoint = claims["_claim_sources"]["src1"]["endpoint"].as_str().unwrap();
    assert!(endpoint.ends_with("/getMemberObjects"), "{endpoint}");
}

#[test]
fn nobody_can_verify_a_token_for_graph() {
    let mut scene = Scene::new();
    let scopes = ["https://graph.microsoft.com/.default", "00000003-0000-0000-c000-000000000000/.default"];
    for scope in scopes {
        let form = [CLIENT, ("client_id", BILLING), SECRET, ("scope", scope)];
        let token = scene.post(&v2().0, &form).text("access_token");
        let (header, claims) = decoded(&token);
        assert!(header["nonce"].is_string());
        assert_eq!(header["x5t"], header["kid"]);
        assert_eq!(
            (&claims["aud"], &claims["ver"]),
            (&json!("00000003-0000-0000-c000-000000000000"), &json!("1.0"))
        );
        let denial = scene.verify(&v1().1, &token).unwrap_err();
        assert!(!matches!(denial, Denial::KeyUnknown { .. }), "{denial:?}");
        // Whoever hashes the nonce, as Microsoft's libraries are said to, gets no further.
        let parts: Vec<&str> = token.split('.').collect();
        let mut hashed = header.clone();
        let digest = aws_lc_rs::digest::digest(
            &aws_lc_rs::digest::SHA256,
            header["nonce"].as_str().unwrap().as_bytes(),
        );
        hashed["nonce"] = claimgate_idp::mint::base64url(digest.as_ref()).into();
        let header = claimgate_idp::mint::base64url(hashed.to_string().as_bytes());
        assert!(scene.verify(&v1().1, &format!("{header}.{}.{}", parts[1], parts[2])).is_err());
    }
}

#[test]
fn without_a_resource_entras_first_endpoint_gives_a_token_for_the_directory_that_can_be_verified() {
    let mut scene = Scene::new();
    // The walk-through for dynamic client registration sends a scope, which this endpoint passes over.
    let form = [CLIENT, ("client_id", BILLING), SECRET, ("scope", "https://graph.microsoft.com/.default")];
    let (header, claims) = token(&mut scene, &v1().0, &v1().1, &form);
    assert_eq!((header.get("nonce"), &claims["aud"]), (None, &json!("00000002-0000-0000-c000-000000000000")));
    assert_eq!(claims["appid"], BILLING);
}

#[test]
fn with_the_issuers_of_the_cloud_each_version_is_verified_with_the_keys_of_either() {
    let mut config = built_in();
    config.realms[0].issuer = Some(format!("https://login.microsoftonline.com/{TENANT}/v2.0"));
    config.realms[0].issuer_v1 = Some(format!("https://sts.windows.net/{TENANT}/"));
    let mut scene = Scene::of(config);
    for (api, iss) in [
        (API_V1, format!("https://sts.windows.net/{TENANT}/")),
        (API_V2, format!("https://login.microsoftonline.com/{TENANT}/v2.0")),
    ] {
        let scope = format!("{api}/.default");
        let form = [CLIENT, ("client_id", BILLING), SECRET, ("scope", &*scope)];
        for jwks in [v1().1, v2().1] {
            assert_eq!(token(&mut scene, &v2().0, &jwks, &form).1["iss"], iss);
        }
    }
}

#[test]
fn okta_of_a_client_and_of_a_user() {
    let mut scene = Scene::new();
    let (path, jwks) = ("/oauth2/default/v1/token", "/oauth2/default/v1/keys");
    let client = [("client_id", OKTA_CLIENT), SECRET];
    let of_client = [&[CLIENT, ("scope", "api.access")][..], &client].concat();
    let (header, claims) = token(&mut scene, path, jwks, &of_client);
    assert_eq!(header, json!({"alg": "ES256", "kid": header["kid"]}));
    let expected = json!({
        "ver": 1, "jti": random(46), "iss": format!("{BASE}/oauth2/default"), "aud": "api://default", "iat": NOW,
        "exp": NOW + 3_600, "cid": OKTA_CLIENT, "scp": ["api.access"], "sub": OKTA_CLIENT, "application_id": OKTA_CLIENT,
    });
    assert_like(&claims, &expected);
    let of_user = [&ALICE[..], &client, &[("scope", "openid api.access")]].concat();
    let (_, claims) = token(&mut scene, path, jwks, &of_user);
    let user = json!({
        "scp": ["openid", "api.access"], "sub": "alice@example.com", "uid": random(36), "auth_time": NOW,
        "groups": ["8f1d2c3b-4a59-4687-9b0c-d1e2f3a4b5c6"],
    });
    assert_like(&claims, &with(expected, user));
}

#[test]
fn ping_of_a_client_and_of_a_user() {
    let mut scene = Scene::new();
    let (path, jwks) = (format!("/{ENVIRONMENT}/as/token"), format!("/{ENVIRONMENT}/as/jwks"));
    let client = [("client_id", PING_CLIENT), SECRET];
    let of_client = [&[CLIENT, ("scope", "orders:read")][..], &client].concat();
    let (header, claims) = token(&mut scene, &path, &jwks, &of_client);
    assert_eq!(header, json!({"alg": "ES256", "kid": header["kid"], "typ": "at+jwt"}));
    let expected = json!({
        "client_id": PING_CLIENT, "iss": format!("{BASE}/{ENVIRONMENT}/as"), "jti": random(36), "iat": NOW, "exp": NOW + 3_600,
        "aud": ["https://api.example.com"], "scope": "orders:read",
    });
    assert_like(&claims, &expected);
    let of_user = [&ALICE[..], &client, &[("scope", "orders:read")]].concat();
    let (_, claims) = token(&mut scene, &path, &jwks, &of_user);
    assert_like(&claims, &with(expected, json!({ "sub": random(36), "sid": random(36) })));
}

#[test]
fn plain_of_a_client_and_of_a_user() {
    let mut scene = Scene::new();
    let client = [("client_id", "billing"), SECRET];
    let of_client = [&[CLIENT, ("scope", "orders:read")][..], &client].concat();
    let (header, claims) = token(&mut scene, "/shop/token", "/shop/jwks", &of_client);
    assert_eq!(header, json!({"alg": "ES256", "kid": header["kid"], "typ": "at+jwt"}));
    let expected = json!({
        "iss": format!("{BASE}/shop"), "sub": "billing", "aud": "https://orders.example.com/", "client_id": "billing",
        "azp": "billing", "jti": random(36), "iat": NOW, "exp": NOW + 3_600, "scope": "orders:read",
    });
    assert_like(&claims, &expected);
    let of_user = [&ALICE[..], &client, &[("scope", "orders:read")]].concat();
    let (_, claims) = token(&mut scene, "/shop/token", "/shop/jwks", &of_user);
    let user = json!({
        "sub": random(36), "auth_time": NOW, "groups": ["8f1d2c3b-4a59-4687-9b0c-d1e2f3a4b5c6"],
    });
    assert_like(&claims, &with(expected, user));
}

#[test]
fn auth0_of_a_client_and_of_a_user() {
    let mut scene = Scene::new();
    let (path, jwks) = ("/dev-shop/oauth/token", "/dev-shop/.well-known/jwks.json");
    let id = "nX4kQ7vTz2LbWm9RcYd3JpHs6FgUa1Ee";
    let client = [("client_id", id), SECRET, ("audience", "https://orders.example.com/")];
    let of_client = [&[CLIENT][..], &client].concat();
    let (header, claims) = token(&mut scene, path, jwks, &of_client);
    assert_eq!(header, json!({"alg": "ES256", "kid": header["kid"], "typ": "JWT"}));
    let expected = json!({
        "iss": format!("{BASE}/dev-shop/"), "sub": format!("{id}@clients"), "aud": "https://orders.example.com/",
        "azp": id, "iat": NOW, "exp": NOW + 3_600, "scope": "read:orders", "gty": "client-credentials",
    });
    assert_like(&claims, &expected);
    let of_user = [&ALICE[..], &client, &[("scope", "openid read:orders")]].concat();
    let (_, claims) = token(&mut scene, path, jwks, &of_user);
    let mut expected = expected;
    expected.as_object_mut().unwrap().remove("gty");
    let user = json!({
        "sub": random(42), "scope": "openid read:orders",
        "aud": ["https://orders.example.com/", format!("{BASE}/dev-shop/userinfo")],
    });
    assert_like(&claims, &with(expected, user));
}

#[test]
fn keys_of_the_config_sign_with_rs256() {
    let mut scene = Scene::of(Config::built_in().unwrap());
    let form = [CLIENT, ("client_id", "billing"), SECRET];
    let (header, _) = token(&mut scene, "/shop/token", "/shop/jwks", &form);
    assert_eq!(header["alg"], "RS256");
    let keys = scene.get("/shop/jwks").json()["keys"].clone();
    assert_eq!([&keys[0]["alg"], &keys[1]["alg"]], ["RS256", "ES256"]);
}

#[test]
fn claims_of_the_config_replace_those_of_the_shape_and_null_leaves_one_out() {
    let mut config = built_in();
    let claims = json!({"aud": ["a", "b"], "iss": null, "exp": NOW - 1});
    config.realms[3].clients[0].claims = claims.as_object().unwrap().clone();
    let mut scene = Scene::of(config);
    let token = scene.shop("token", &[CLIENT]).text("access_token");
    let (_, claims) = decoded(&token);
    assert_eq!(
        (&claims["aud"], claims.get("iss"), &claims["exp"]),
        (&json!(["a", "b"]), None, &json!(NOW - 1))
    );
}
