//! Microsoft Graph, as far as app registrations need it, and what its tokens allow.

use crate::support::{API_V2, BILLING, Reply, Scene, TENANT, built_in, decoded};
use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Value, json};

const PORTAL: &str = "c3d2e1f0-a9b8-4c7d-8e6f-5a4b3c2d1e0f";
const GRAPH: &str = "https://graph.microsoft.com";

/// The built-in realms, where the portal has these roles of Graph.
fn with_roles(roles: &[&str]) -> Scene {
    let mut config = built_in();
    let portal = config.realms[0].clients.iter_mut().find(|client| client.client_id == PORTAL).unwrap();
    portal.roles.insert(GRAPH.to_owned(), roles.iter().map(|role| (*role).to_owned()).collect());
    Scene::of(config)
}

fn portal(scene: &mut Scene) -> String {
    scene.tokens(PORTAL, "portal-secret", "https://graph.microsoft.com/.default").text("access_token")
}

/// An app that the portal has made, with a service principal.
fn created(scene: &mut Scene, token: &str) -> Value {
    let app = scene.with_token(Method::POST, "/v1.0/applications", token, &json!({ "displayName": "New" }));
    assert_eq!(app.status, 201, "{:?}", app.body);
    let app = app.json();
    let principal =
        scene.with_token(Method::POST, "/v1.0/servicePrincipals", token, &json!({ "appId": app["appId"] }));
    assert_eq!(principal.status, 201, "{:?}", principal.body);
    app
}

fn path(app: &Value) -> String {
    format!("/v1.0/applications/{}", app["id"].as_str().unwrap())
}

#[track_caller]
fn assert_denied(reply: &Reply) {
    assert_eq!(
        (reply.status.as_u16(), &reply.json()["error"]["code"]),
        (403, &json!("Authorization_RequestDenied"))
    );
}

#[test]
fn an_app_is_made_gets_a_secret_gets_tokens_and_is_deleted() {
    let mut scene = with_roles(&["Application.ReadWrite.OwnedBy"]);
    let token = portal(&mut scene);
    let app = created(&mut scene, &token);
    let id = app["appId"].as_str().unwrap();
    let body = json!({ "passwordCredential": { "displayName": "first" } });
    let password =
        scene.with_token(Method::POST, &format!("{}/addPassword", path(&app)), &token, &body).json();
    let secret = password["secretText"].as_str().unwrap();
    assert_eq!(password["hint"], secret[..3]);
    let scope = format!("{id}/.default");
    let (_, claims) = decoded(&scene.tokens(id, secret, &scope).text("access_token"));
    assert_eq!((&claims["appid"], &claims["ver"]), (&json!(id), &json!("1.0")));
    let read = scene.with_token(Method::GET, &path(&app), &token, &Value::Null).json();
    assert_eq!(read["passwordCredentials"][0]["secretText"], Value::Null);
    assert_eq!(read["passwordCredentials"][0]["displayName"], "first");
    let remove = json!({ "keyId": password["keyId"] });
    assert_eq!(
        scene.with_token(Method::POST, &format!("{}/removePassword", path(&app)), &token, &remove).status,
        204
    );
    assert_eq!(scene.tokens(id, secret, &scope).error().0, 401);
    assert_eq!(scene.with_token(Method::DELETE, &path(&app), &token, &Value::Null).status, 204);
    let gone = scene.with_token(Method::GET, &path(&app), &token, &Value::Null);
    assert_eq!(
        (gone.status.as_u16(), &gone.json()["error"]["code"]),
        (404, &json!("Request_ResourceNotFound"))
    );
}

#[test]
fn an_app_without_a_service_principal_gets_no_tokens() {
    let mut scene = with_roles(&["Application.ReadWrite.All"]);
    let token = portal(&mut scene);
    let app =
        scene.with_token(Method::POST, "/v1.0/applications", &token, &json!({ "displayName": "New" })).json();
    let password =
        scene.with_token(Method::POST, &format!("{}/addPassword", path(&app)), &token, &Value::Null).json();
    let (id, secret) = (app["appId"].as_str().unwrap(), password["secretText"].as_str().unwrap());
    let refused = scene.tokens(id, secret, &format!("{id}/.default"));
    assert_eq!(refused.json()["error_codes"], json!([7_000_229]));
    let twice = [0; 2].map(|_| {
        scene
            .with_token(Method::POST, "/v1.0/servicePrincipals", &token, &json!({ "appId": id }))
            .status
            .as_u16()
    });
    assert_eq!(twice, [201, 400]);
    assert_eq!(scene.tokens(id, secret, &format!("{id}/.default")).status, 200);
}

#[test]
fn a_secret_ends_when_it_was_said_to() {
    let mut scene = with_roles(&["Application.ReadWrite.OwnedBy"]);
    let token = portal(&mut scene);
    let app = created(&mut scene, &token);
    let body = json!({ "passwordCredential": { "endDateTime": "2025-10-09T09:00:00Z" } });
    let password =
        scene.with_token(Method::POST, &format!("{}/addPassword", path(&app)), &token, &body).json();
    assert_eq!(password["endDateTime"], "2025-10-09T09:00:00Z");
    let (id, secret) = (app["appId"].as_str().unwrap(), password["secretText"].as_str().unwrap());
    let scope = format!("{id}/.default");
    assert_eq!(scene.tokens(id, secret, &scope).status, 200);
    scene.now += 400;
    let ended = scene.tokens(id, secret, &scope);
    assert_eq!((ended.status.as_u16(), &ended.json()["error_codes"]), (401, &json!([7_000_222])));
}

#[test]
fn what_an_app_says_of_itself_is_kept_and_decides_its_tokens() {
    let mut scene = with_roles(&["Application.ReadWrite.OwnedBy", "AppRoleAssignment.ReadWrite.All"]);
    let token = portal(&mut scene);
    let app = created(&mut scene, &token);
    let id = app["appId"].as_str().unwrap();
    let change = json!({
        "displayName": "Renamed", "identifierUris": [format!("api://{id}")],
        "api": { "requestedAccessTokenVersion": 2, "oauth2PermissionScopes": [{ "value": "read" }] },
        "appRoles": [{ "value": "Reader" }], "web": { "redirectUris": ["https://a.example/cb"] },
        "requiredResourceAccess": [{
            "resourceAppId": "00000003-0000-0000-c000-000000000000",
            "resourceAccess": [{ "id": "18a4783c-866b-4cc7-a460-3d5e5662c884", "type": "Role" }],
        }],
    });
    assert_eq!(scene.with_token(Method::PATCH, &path(&app), &token, &change).status, 204);
    let read = scene
        .with_token(Method::GET, &format!("/v1.0/applications(appId='{id}')"), &token, &Value::Null)
        .json();
    assert_eq!((&read["displayName"], &read["id"]), (&json!("Renamed"), &app["id"]));
    assert_eq!(read["identifierUris"], change["identifierUris"]);
    assert_eq!(read["web"], change["web"]);
    assert_eq!(read["requiredResourceAccess"], change["requiredResourceAccess"]);
    assert_eq!(read["api"]["oauth2PermissionScopes"][0]["value"], "read");

    // A role of it, for a client of the config.
    let principal = |scene: &mut Scene, id: &str| {
        let path = format!("/v1.0/servicePrincipals(appId='{id}')");
        scene.with_token(Method::GET, &path, &token, &Value::Null)
    };
    let resource = principal(&mut scene, id).json()["id"].clone();
    let scope = format!("api://{id}/.default");
    let before = decoded(&scene.tokens(BILLING, "billing-secret", &scope).text("access_token")).1;
    assert_eq!((&before["ver"], &before["aud"], before.get("roles")), (&json!("2.0"), &json!(id), None));
    let billing = format!("/v1.0/servicePrincipals(appId='{BILLING}')/appRoleAssignments");
    let assign =
        json!({ "principalId": "x", "resourceId": resource, "appRoleId": read["appRoles"][0]["id"] });
    let assignment = scene.with_token(Method::POST, &billing, &token, &assign);
    assert_eq!(assignment.status, 201, "{:?}", assignment.body);
    let after = decoded(&scene.tokens(BILLING, "billing-secret", &scope).text("access_token")).1;
    assert_eq!(after["roles"], json!(["Reader"]));
    assert_eq!(scene.with_token(Method::POST, &billing, &token, &assign).status, 400, "twice");
    let taken = format!("{billing}/{}", assignment.json()["id"].as_str().unwrap());
    assert_eq!(scene.with_token(Method::DELETE, &taken, &token, &Value::Null).status, 204);
    let last = decoded(&scene.tokens(BILLING, "billing-secret", &scope).text("access_token")).1;
    assert_eq!(last.get("roles"), None);
}

#[test]
fn without_consent_nothing_is_allowed() {
    let mut scene = with_roles(&[]);
    let token = portal(&mut scene);
    for (method, path, body) in [
        (Method::GET, "/v1.0/applications".to_owned(), Value::Null),
        (Method::POST, "/v1.0/applications".to_owned(), json!({ "displayName": "New" })),
        (Method::PATCH, format!("/v1.0/applications(appId='{PORTAL}')"), json!({})),
        (Method::DELETE, format!("/v1.0/applications(appId='{BILLING}')"), Value::Null),
        (Method::POST, format!("/v1.0/applications(appId='{BILLING}')/addPassword"), Value::Null),
        (Method::GET, "/v1.0/servicePrincipals".to_owned(), Value::Null),
        (Method::POST, "/v1.0/servicePrincipals".to_owned(), json!({ "appId": BILLING })),
        (Method::GET, "/v1.0/users".to_owned(), Value::Null),
        (Method::GET, "/v1.0/groups".to_owned(), Value::Null),
        (Method::GET, "/v1.0/me".to_owned(), Value::Null),
    ] {
        assert_denied(&scene.with_token(method, &path, &token, &body));
    }
}

#[test]
fn who_may_change_its_own_apps_changes_no_other() {
    let mut scene = with_roles(&["Application.ReadWrite.OwnedBy"]);
    let token = portal(&mut scene);
    let app = created(&mut scene, &token);
    let billing = format!("/v1.0/applications(appId='{BILLING}')");
    for (method, path) in [
        (Method::GET, billing.clone()),
        (Method::PATCH, billing.clone()),
        (Method::DELETE, billing.clone()),
        (Method::POST, format!("{billing}/addPassword")),
        (Method::POST, format!("{billing}/removePassword")),
    ] {
        assert_denied(&scene.with_token(
            method,
            &path,
            &token,
            &json!({ "keyId": "2f6b1c3a-8d4e-4f70-9b21-5a6c7d8e9f01" }),
        ));
    }
    let seen = scene.with_token(Method::GET, "/v1.0/applications", &token, &Value::Null).json();
    assert_eq!(seen["value"].as_array().unwrap().len(), 1);
    assert_eq!(seen["value"][0]["appId"], app["appId"]);
}

#[test]
fn who_may_read_all_apps_changes_none() {
    let mut scene = with_roles(&["Application.Read.All"]);
    let token = portal(&mut scene);
    let all = scene.with_token(Method::GET, "/v1.0/applications", &token, &Value::Null).json();
    assert_eq!(all["value"].as_array().unwrap().len(), 5);
    assert!(!all.to_string().contains("billing-secret"));
    assert_denied(&scene.with_token(
        Method::POST,
        "/v1.0/applications",
        &token,
        &json!({ "displayName": "New" }),
    ));
}

#[test]
fn a_filter_picks_one_app_out() {
    let mut scene = with_roles(&["Application.Read.All"]);
    let token = portal(&mut scene);
    for (filter, found) in [
        (format!("appId+eq+%27{BILLING}%27"), Some(1)),
        ("displayName+eq+%27Billing%27".to_owned(), Some(1)),
        ("displayName%20eq%20%27No%27%27body%27".to_owned(), Some(0)),
        ("startswith(displayName,%27B%27)".to_owned(), None),
        ("appId+eq+Billing".to_owned(), None),
    ] {
        let reply = scene.with_token(
            Method::GET,
            &format!("/v1.0/applications?$filter={filter}"),
            &token,
            &Value::Null,
        );
        let number = reply.json()["value"].as_array().map(Vec::len);
        assert_eq!(number, found, "{filter}");
        assert_eq!(reply.status.as_u16(), if found.is_some() { 200 } else { 400 }, "{filter}");
    }
}

#[test]
fn only_tokens_that_were_given_out_for_graph_count() {
    let mut scene = with_roles(&["Application.ReadWrite.All"]);
    let none = scene.ask(&Request::get("/v1.0/applications").body(Bytes::new()).unwrap());
    assert_eq!(
        (none.status.as_u16(), &none.json()["error"]["code"]),
        (401, &json!("InvalidAuthenticationToken"))
    );
    let graph = portal(&mut scene);
    let other = scene.tokens(PORTAL, "portal-secret", &format!("{API_V2}/.default")).text("access_token");
    let forged = format!("{}x", &graph[..graph.len() - 1]);
    for token in [&*other, &*forged, "none"] {
        assert_eq!(scene.with_token(Method::GET, "/v1.0/applications", token, &Value::Null).status, 401);
    }
    scene.now += 3_600;
    assert_eq!(scene.with_token(Method::GET, "/v1.0/applications", &graph, &Value::Null).status, 401);
}

#[test]
fn a_body_that_is_not_as_it_must_be_is_refused() {
    let mut scene = with_roles(&["Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All"]);
    let token = portal(&mut scene);
    let app = created(&mut scene, &token);
    for (method, path, body) in [
        (Method::POST, "/v1.0/applications".to_owned(), json!({})),
        (Method::POST, "/v1.0/applications".to_owned(), json!([1])),
        (Method::POST, "/v1.0/applications".to_owned(), json!({ "displayName": "" })),
        (Method::PATCH, path(&app), json!({ "identifierUris": [format!("api://{API_V2}")] })),
        (Method::PATCH, path(&app), json!({ "web": { "redirectUris": ["javascript:1"] } })),
        (Method::PATCH, path(&app), json!({ "api": { "requestedAccessTokenVersion": 3 } })),
        (
            Method::POST,
            format!("{}/addPassword", path(&app)),
            json!({ "passwordCredential": { "endDateTime": "soon" } }),
        ),
        (Method::POST, format!("{}/removePassword", path(&app)), json!({ "keyId": "none" })),
        (Method::POST, "/v1.0/servicePrincipals".to_owned(), json!({ "appId": "none" })),
        (
            Method::POST,
            format!("/v1.0/servicePrincipals(appId='{BILLING}')/appRoleAssignments"),
            json!({ "resourceId": "x", "appRoleId": "y" }),
        ),
        (Method::GET, "/v1.0/magic".to_owned(), Value::Null),
        (Method::GET, "/v1.0/applications(displayName='a')".to_owned(), Value::Null),
    ] {
        let reply = scene.with_token(method, &path, &token, &body);
        assert_eq!(reply.status.as_u16(), 400, "{path} {body}");
    }
}

#[test]
fn users_and_groups_can_be_read() {
    let mut scene = with_roles(&["User.Read.All"]);
    let token = portal(&mut scene);
    let users = scene.with_token(Method::GET, "/v1.0/users", &token, &Value::Null).json();
    assert_eq!(users["value"][0]["userPrincipalName"], "alice@example.com");
    let id = users["value"][0]["id"].as_str().unwrap();
    let user = scene.with_token(Method::GET, &format!("/v1.0/users/{id}"), &token, &Value::Null).json();
    assert_eq!(user, users["value"][0]);
    let groups = json!(["8f1d2c3b-4a59-4687-9b0c-d1e2f3a4b5c6"]);
    let of_user =
        scene.with_token(Method::POST, &format!("/v1.0/users/{id}/getMemberObjects"), &token, &json!({}));
    assert_eq!(of_user.json()["value"], groups);
    let all = scene.with_token(Method::GET, "/v1.0/groups", &token, &Value::Null).json();
    assert_eq!(all["value"][0]["id"], groups[0]);
    assert_eq!(scene.with_token(Method::GET, "/v1.0/users/nobody", &token, &Value::Null).status, 404);
}

#[test]
fn a_users_token_shows_the_user() {
    let mut scene = Scene::new();
    let form = [
        ("grant_type", "password"),
        ("username", "alice@example.com"),
        ("password", "alice"),
        ("scope", "User.Read"),
        ("client_id", BILLING),
        ("client_secret", "billing-secret"),
    ];
    let token = scene.post(&format!("/{TENANT}/oauth2/v2.0/token"), &form).text("access_token");
    let me = scene.with_token(Method::GET, "/v1.0/me", &token, &Value::Null).json();
    assert_eq!(me["displayName"], "Alice Archer");
}

#[test]
fn the_token_names_the_tenant() {
    let mut config = built_in();
    let mut other = config.realms[0].clone();
    other.name = "other".to_owned();
    other.id = Some("11111111-2222-4333-8444-555555555555".to_owned());
    other.users[0].name = Some("Another Alice".to_owned());
    config.realms.push(other);
    let mut scene = Scene::of(config);
    for (tenant, name) in
        [(TENANT, "Alice Archer"), ("11111111-2222-4333-8444-555555555555", "Another Alice")]
    {
        let form = [
            ("grant_type", "password"),
            ("username", "alice@example.com"),
            ("password", "alice"),
            ("scope", "openid profile"),
            ("client_id", BILLING),
            ("client_secret", "billing-secret"),
        ];
        let token = scene.post(&format!("/{tenant}/oauth2/v2.0/token"), &form).text("access_token");
        assert_eq!(
            scene.with_token(Method::GET, "/v1.0/me", &token, &Value::Null).json()["displayName"],
            name
        );
        assert_eq!(
            scene.with_token(Method::GET, "/oidc/userinfo", &token, &Value::Null).json()["name"],
            name
        );
    }
}
