//! The token endpoint by grant and by error: RFC 6749 4.3, 4.4, 5, 6.

use crate::support::{API_V1, API_V2, BILLING, Reply, Scene, TENANT, built_in, decoded, posted};
use bytes::Bytes;
use claimgate_idp::config::GrantType;
use http::Request;
use serde_json::json;

const CLIENT: (&str, &str) = ("grant_type", "client_credentials");
const ALICE: [(&str, &str); 3] =
    [("grant_type", "password"), ("username", "alice@example.com"), ("password", "alice")];

fn alice(scene: &mut Scene, scope: &str) -> Reply {
    scene.shop("token", &[&ALICE[..], &[("scope", scope)]].concat())
}

fn refresh(scene: &mut Scene, token: &str) -> Reply {
    scene.shop("token", &[("grant_type", "refresh_token"), ("refresh_token", token)])
}

fn entra(scene: &mut Scene, version: &str, form: &[(&str, &str)]) -> Reply {
    let form = [form, &[("client_id", BILLING), ("client_secret", "billing-secret")]].concat();
    scene.post(&format!("/{TENANT}/oauth2/{version}token"), &form)
}

#[test]
fn an_answer_has_what_rfc_6749_5_1_wants() {
    let mut scene = Scene::new();
    let reply = scene.shop("token", &[CLIENT, ("scope", "orders:read")]);
    assert_eq!((reply.header("cache-control"), reply.header("pragma")), ("no-store", "no-cache"));
    let body = reply.json();
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(3_600)));
    assert_eq!(body["scope"], "orders:read");
    assert_eq!((body.get("refresh_token"), body.get("id_token")), (None, None));
}

#[test]
fn a_request_that_is_not_one_is_refused() {
    let mut scene = Scene::new();
    let billing = [("client_id", "billing"), ("client_secret", "billing-secret")];
    for (form, error) in [
        (vec![], "invalid_request"),
        (vec![("grant_type", "")], "invalid_request"),
        (vec![CLIENT, CLIENT], "invalid_request"),
        (vec![("grant_type", "magic")], "unsupported_grant_type"),
        (vec![("grant_type", "password"), ("username", "alice@example.com")], "invalid_request"),
        (vec![("grant_type", "password"), ("password", "alice")], "invalid_request"),
        (
            vec![("grant_type", "password"), ("username", "alice@example.com"), ("password", "bob")],
            "invalid_grant",
        ),
        (vec![("grant_type", "password"), ("username", "nobody"), ("password", "alice")], "invalid_grant"),
        (vec![("grant_type", "refresh_token")], "invalid_request"),
        (vec![("grant_type", "refresh_token"), ("refresh_token", "none")], "invalid_grant"),
        (vec![CLIENT, ("scope", "orders:burn")], "invalid_scope"),
        (vec![CLIENT, ("scope", "openid")], "invalid_scope"),
        (vec![CLIENT, ("scope", "orders:read stock:read")], "invalid_request"),
        (vec![CLIENT, ("audience", "https://other.example/")], "invalid_target"),
        (vec![CLIENT, ("resource", "https://stock.example.com/"), ("scope", "stock:burn")], "invalid_scope"),
    ] {
        let reply = scene.post("/shop/token", &[&billing[..], &form].concat());
        assert_eq!(reply.error(), (400, error.to_owned()), "{form:?}");
        assert_eq!(reply.header("cache-control"), "no-store", "{form:?}");
    }
}

#[test]
fn a_body_that_is_no_form_is_refused() {
    let mut scene = Scene::new();
    for content_type in ["application/json", "text/plain", "application/x-www-form-urlencodedx"] {
        let request = Request::post("/shop/token").header("content-type", content_type);
        let reply = scene.ask(&request.body(Bytes::from_static(b"grant_type=client_credentials")).unwrap());
        assert_eq!(reply.error(), (400, "invalid_request".to_owned()), "{content_type}");
    }
    let mut request =
        posted("/shop/token", &[CLIENT, ("client_id", "billing"), ("client_secret", "billing-secret")]);
    request
        .headers_mut()
        .insert("content-type", "Application/X-WWW-Form-Urlencoded; charset=UTF-8".parse().unwrap());
    assert_eq!(scene.ask(&request).status, 200);
}

#[test]
fn parameters_in_the_query_are_none() {
    let mut scene = Scene::new();
    let query = "/shop/token?grant_type=client_credentials&client_id=billing&client_secret=billing-secret";
    assert_eq!(scene.post(query, &[]).status, 401);
    assert_eq!(scene.get(query).status, 405);
}

#[test]
fn client_credentials_are_for_confidential_clients() {
    let mut scene = Scene::new();
    let reply = scene.post("/shop/token", &[CLIENT, ("client_id", "phone")]);
    assert_eq!(reply.error(), (400, "unauthorized_client".to_owned()));
}

#[test]
fn a_client_may_be_held_to_some_grants() {
    let mut config = built_in();
    config.realms[3].clients[0].grants = vec![GrantType::Password];
    let mut scene = Scene::of(config);
    assert_eq!(scene.shop("token", &[CLIENT]).error(), (400, "unauthorized_client".to_owned()));
    let tokens = alice(&mut scene, "openid offline_access").json();
    assert_eq!(tokens.get("refresh_token"), None, "it could not use one");
}

#[test]
fn without_a_scope_a_client_gets_those_of_the_api() {
    let mut scene = Scene::new();
    assert_eq!(scene.shop("token", &[CLIENT]).text("scope"), "orders:read orders:write");
    let other = scene.shop("token", &[CLIENT, ("audience", "https://stock.example.com/")]);
    assert_eq!(other.text("scope"), "stock:read");
}

#[test]
fn okta_gives_no_scope_that_was_not_asked_for() {
    let mut scene = Scene::new();
    let billing = [CLIENT, ("client_id", "0oa1b2c3d4e5f6g7h8i9"), ("client_secret", "billing-secret")];
    let reply = scene.post("/oauth2/default/v1/token", &billing);
    assert_eq!(reply.error(), (400, "invalid_scope".to_owned()));
}

#[test]
fn a_user_with_a_password_gets_what_was_asked_for() {
    let mut scene = Scene::new();
    let plain = alice(&mut scene, "orders:read").json();
    assert_eq!((plain.get("id_token"), plain.get("refresh_token")), (None, None));
    let full = alice(&mut scene, "openid email offline_access").json();
    let (header, claims) = decoded(full["id_token"].as_str().unwrap());
    assert_eq!((&header["typ"], &claims["aud"]), (&json!("JWT"), &json!("billing")));
    assert_eq!((&claims["email"], &claims["auth_time"]), (&json!("alice@example.com"), &json!(scene.now)));
    assert!(full["refresh_token"].is_string());
    let form = [("grant_type", "password"), ("username", "Alice@Example.com"), ("password", "alice")];
    assert_eq!(scene.shop("token", &form).status, 200, "names are read in any case");
}

#[test]
fn an_id_token_carries_the_hash_of_the_access_token() {
    let mut scene = Scene::new();
    let tokens = alice(&mut scene, "openid").json();
    let (_, claims) = decoded(tokens["id_token"].as_str().unwrap());
    let digest = aws_lc_rs::digest::digest(
        &aws_lc_rs::digest::SHA256,
        tokens["access_token"].as_str().unwrap().as_bytes(),
    );
    assert_eq!(claims["at_hash"], claimgate_idp::mint::base64url(&digest.as_ref()[..16]));
}

#[test]
fn a_refresh_token_is_good_once_and_its_reuse_ends_the_grant() {
    let mut scene = Scene::new();
    let first = alice(&mut scene, "offline_access orders:read").json();
    let second = refresh(&mut scene, first["refresh_token"].as_str().unwrap()).json();
    assert_eq!(second["scope"], "offline_access orders:read");
    let access = second["access_token"].as_str().unwrap().to_owned();
    assert_eq!(scene.shop("introspect", &[("token", &access)]).json()["active"], true);
    let again = refresh(&mut scene, first["refresh_token"].as_str().unwrap());
    assert_eq!(again.error(), (400, "invalid_grant".to_owned()));
    assert_eq!(scene.shop("introspect", &[("token", &access)]).json()["active"], false);
    let last = refresh(&mut scene, second["refresh_token"].as_str().unwrap());
    assert_eq!(last.error(), (400, "invalid_grant".to_owned()));
}

#[test]
fn a_refresh_token_gives_no_more_than_there_was() {
    let mut scene = Scene::new();
    let token = alice(&mut scene, "openid offline_access orders:read").text("refresh_token");
    let form = [("grant_type", "refresh_token"), ("refresh_token", &*token)];
    let more = scene.shop("token", &[&form[..], &[("scope", "orders:read orders:write")]].concat());
    assert_eq!(more.error(), (400, "invalid_scope".to_owned()));
    let less = scene.shop("token", &[&form[..], &[("scope", "orders:read")]].concat());
    assert_eq!(less.text("scope"), "orders:read");
}

#[test]
fn a_refresh_token_is_its_clients_and_dies_in_time() {
    let mut scene = Scene::new();
    let token = alice(&mut scene, "offline_access").text("refresh_token");
    let form = [("grant_type", "refresh_token"), ("refresh_token", &*token), ("client_id", "phone")];
    assert_eq!(scene.post("/shop/token", &form).error(), (400, "invalid_grant".to_owned()));
    scene.now += 86_400;
    assert_eq!(refresh(&mut scene, &token).error(), (400, "invalid_grant".to_owned()));
}

#[test]
fn entras_refresh_tokens_stay_good_and_are_good_for_every_api() {
    let mut scene = Scene::new();
    let scope = format!("offline_access api://{API_V2}/access_as_user");
    let first = [&ALICE[..], &[("scope", &*scope)]].concat();
    let token = entra(&mut scene, "v2.0/", &first).text("refresh_token");
    for api in [API_V1, API_V2] {
        let scope = format!("api://{api}/.default");
        let form = [("grant_type", "refresh_token"), ("refresh_token", &*token), ("scope", &*scope)];
        let (_, claims) = decoded(&entra(&mut scene, "v2.0/", &form).text("access_token"));
        assert!(claims["aud"].as_str().unwrap().ends_with(api), "{claims}");
    }
}

#[test]
fn entra_refuses_with_its_numbers() {
    let mut scene = Scene::new();
    let api = format!("api://{API_V2}");
    let default = format!("{api}/.default");
    let two = format!("openid {default}");
    let both = format!("{api}/access_as_user api://{API_V1}/access_as_user");
    let burn = format!("{api}/burn");
    for (form, status, error, number) in [
        (vec![], 400, "invalid_request", 900_144),
        (vec![CLIENT], 400, "invalid_request", 900_144),
        (vec![CLIENT, ("scope", &*api)], 400, "invalid_scope", 70_011),
        (vec![CLIENT, ("scope", &*two)], 400, "invalid_scope", 70_011),
        (vec![CLIENT, ("scope", "api://none/.default")], 400, "invalid_resource", 500_011),
        (vec![("grant_type", "magic")], 400, "unsupported_grant_type", 70_003),
        ([&ALICE[..], &[("scope", &*both)]].concat(), 400, "invalid_request", 28_000),
        ([&ALICE[..], &[("scope", &*burn)]].concat(), 400, "invalid_scope", 70_011),
        (
            vec![("grant_type", "password"), ("username", "a"), ("password", "b"), ("scope", &*default)],
            400,
            "invalid_grant",
            50_126,
        ),
    ] {
        let reply = entra(&mut scene, "v2.0/", &form);
        assert_eq!(reply.error(), (status, error.to_owned()), "{form:?} {:?}", reply.body);
        assert_eq!(reply.json()["error_codes"], json!([number]), "{form:?}");
    }
    let unknown = [CLIENT, ("client_id", "none"), ("client_secret", "x"), ("scope", &*default)];
    let reply = scene.post(&format!("/{TENANT}/oauth2/v2.0/token"), &unknown);
    assert_eq!(reply.error(), (400, "unauthorized_client".to_owned()));
    assert_eq!(reply.json()["error_codes"], json!([700_016]));
    let silent = [CLIENT, ("client_id", BILLING), ("scope", &*default)];
    let reply = scene.post(&format!("/{TENANT}/oauth2/v2.0/token"), &silent);
    assert_eq!(reply.error(), (401, "invalid_client".to_owned()));
    assert_eq!(reply.json()["error_codes"], json!([7_000_218]));
}

#[test]
fn entras_first_endpoint_answers_a_form_that_is_sent_with_get() {
    let mut scene = Scene::new();
    let form = [CLIENT, ("client_id", BILLING), ("client_secret", "billing-secret")];
    let (mut head, body) = posted(&format!("/{TENANT}/oauth2/token"), &form).into_parts();
    head.method = http::Method::GET;
    assert_eq!(scene.ask(&Request::from_parts(head, body)).status, 200);
}

#[test]
fn entra_names_scopes_in_full() {
    let mut scene = Scene::new();
    let scope = format!("openid api://{API_V2}/access_as_user");
    let form = [&ALICE[..], &[("scope", &*scope)]].concat();
    assert_eq!(entra(&mut scene, "v2.0/", &form).text("scope"), scope);
    let graph = [&ALICE[..], &[("scope", "openid User.Read")]].concat();
    assert_eq!(entra(&mut scene, "v2.0/", &graph).text("scope"), "openid User.Read");
}

#[test]
fn a_client_may_be_held_to_some_apis_for_itself() {
    let mut config = built_in();
    let orders = ("https://orders.example.com/".to_owned(), vec!["orders:read".to_owned()]);
    config.realms[3].clients[0].client_grants = Some([orders].into());
    let mut scene = Scene::of(config);
    assert_eq!(scene.shop("token", &[CLIENT]).text("scope"), "orders:read");
    let more = scene.shop("token", &[CLIENT, ("scope", "orders:write")]);
    assert_eq!(more.error(), (400, "invalid_scope".to_owned()));
    let other = scene.shop("token", &[CLIENT, ("audience", "https://stock.example.com/")]);
    assert_eq!(other.error(), (403, "access_denied".to_owned()));
    assert_eq!(alice(&mut scene, "orders:write").status, 200, "users have what they consent to");
}
