//! Requests of any bytes: none ends the provider, and none is answered with what it must not know.

use crate::support::{BASE, BILLING, ENVIRONMENT, Scene, TENANT, built_in};
use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Value, json};

/// The generator of SplitMix64: the same numbers in each run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next()).unwrap() % bound
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        let length = self.below(most);
        (0..length).map(|_| self.next().to_be_bytes()[0]).collect()
    }
}

const PORTAL: &str = "c3d2e1f0-a9b8-4c7d-8e6f-5a4b3c2d1e0f";
const GRAPH_ID: &str = "00000003-0000-0000-c000-000000000000";

fn paths() -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    for base in [
        format!("/{TENANT}"),
        "/oauth2/default".to_owned(),
        format!("/{ENVIRONMENT}/as"),
        "/shop".to_owned(),
        "/_idp".to_owned(),
        "/_interact/plain".to_owned(),
    ] {
        for path in [
            "token",
            "v1/token",
            "oauth2/token",
            "oauth2/v2.0/token",
            "introspect",
            "v1/introspect",
            "revoke",
            "userinfo",
            "jwks",
            "v1/keys",
            ".well-known/openid-configuration",
            "clock",
            "realms/shop/rotate",
            "realms/shop/jwks",
            "realms/shop/faults/token",
            "authorize",
            "logout",
            "signoff",
            "v1/authorize",
            "oauth2/v2.0/authorize",
            "register",
        ] {
            paths.push(format!("{base}/{path}"));
        }
    }
    paths
}

/// A form of words that mean something and bytes that do not.
fn form(random: &mut Random) -> Vec<u8> {
    let names = [
        "grant_type",
        "client_id",
        "client_secret",
        "scope",
        "username",
        "password",
        "refresh_token",
        "token",
        "resource",
        "audience",
        "client_assertion",
        "client_assertion_type",
        "response_type",
        "redirect_uri",
        "state",
        "interaction",
        "decision",
        "code",
        "prompt",
        "response_mode",
        "subject_token",
        "subject_token_type",
        "offset",
        "status",
        "times",
    ];
    let values = [
        "client_credentials",
        "password",
        "refresh_token",
        "billing",
        BILLING,
        "billing-secret",
        "alice@example.com",
        "alice",
        "openid offline_access",
        "code",
        "id_token token",
        "none",
        "form_post",
        "http://127.0.0.1:8000/callback",
        "authorization_code",
        "orders:read",
        "/.default",
        "https://graph.microsoft.com/.default",
        "api://x/",
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJiaWxsaW5nIn0.AA",
        "9223372036854775807",
        "-9223372036854775808",
        "",
    ];
    let mut body = Vec::new();
    for _ in 0..random.below(8) {
        body.extend_from_slice(random.pick(&names).as_bytes());
        body.push(b'=');
        if random.below(4) == 0 {
            body.extend(random.bytes(40))
        } else {
            body.extend_from_slice(random.pick(&values).as_bytes())
        }
        body.push(b'&');
    }
    body
}

#[test]
fn no_request_ends_the_provider() {
    let mut scene = Scene::new();
    let (mut random, paths) = (Random(7), paths());
    for _ in 0..20_000 {
        let method = [Method::GET, Method::POST, Method::DELETE, Method::HEAD][random.below(4)].clone();
        let path = &paths[random.below(paths.len())];
        let query: String =
            form(&mut random).into_iter().filter(u8::is_ascii_graphic).map(char::from).collect();
        let query = query.replace(['#', '<', '>', '"', '`', '{', '}', '\\', '^', '|'], "");
        let mut request = Request::builder().method(method).uri(format!("{path}?{query}"));
        if random.below(2) == 0 {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        if random.below(3) == 0 {
            let scheme = random.pick(&["Basic ", "Bearer ", "basic", ""]);
            let value: Vec<u8> =
                scheme.bytes().chain(random.bytes(30).into_iter().filter(u8::is_ascii_graphic)).collect();
            request = request.header("authorization", value);
        }
        let body = if random.below(5) == 0 { random.bytes(200) } else { form(&mut random) };
        let Ok(request) = request.body(Bytes::from(body)) else { continue };
        // Some of these make an endpoint hang; that is an answer too.
        drop(scene.tell(&request));
    }
    let shown = format!("{:?}", scene.state);
    for secret in ["billing-secret", "portal-secret", "\"alice\"", TOKEN] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

/// How every token's header begins, `{"alg":`. The state has names of keys in it, which may have any three letters.
const TOKEN: &str = "eyJhbGciOi";

/// JSON of members that mean something, in places where they may not.
fn json(random: &mut Random, depth: usize) -> Value {
    let names = [
        "displayName",
        "api",
        "web",
        "redirectUris",
        "requestedAccessTokenVersion",
        "appRoles",
        "value",
        "identifierUris",
        "requiredResourceAccess",
        "resourceAppId",
        "resourceAccess",
        "id",
        "passwordCredential",
        "endDateTime",
        "keyId",
        "appId",
        "resourceId",
        "appRoleId",
        "redirect_uris",
        "grant_types",
        "jwks",
        "keys",
        "kty",
        "client_name",
        "name",
        "callbacks",
        "audience",
        "scope",
        "client_id",
    ];
    match random.below(if depth == 0 { 4 } else { 7 }) {
        0 => Value::Null,
        1 => json!(random.next()),
        2 => json!(random.pick(&[
            "",
            "a:b",
            "client_credentials",
            "2",
            "2025-10-09T09:00:00Z",
            BILLING,
            GRAPH_ID
        ])),
        3 => json!(random.below(2) == 0),
        4 => (0..random.below(4)).map(|_| json(random, depth - 1)).collect(),
        _ => {
            (0..random.below(5)).map(|_| (random.pick(&names).to_owned(), json(random, depth - 1))).collect()
        }
    }
}

#[test]
fn no_json_ends_the_provider() {
    let mut config = built_in();
    let portal = config.realms[0].clients.iter_mut().find(|client| client.client_id == PORTAL).unwrap();
    let roles = ["Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All", "User.Read.All"];
    portal.roles.insert("https://graph.microsoft.com".to_owned(), roles.map(str::to_owned).to_vec());
    let mut scene = Scene::of(config);
    let token =
        scene.tokens(PORTAL, "portal-secret", "https://graph.microsoft.com/.default").text("access_token");
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", "pR8mV3sKq6NzYb1TdXw5HcLj9GfEo2Ua"),
        ("client_secret", "portal-secret"),
        ("audience", &*format!("{BASE}/dev-shop/api/v2/")),
    ];
    let management = scene.post("/dev-shop/oauth/token", &form).text("access_token");
    let mut random = Random(11);
    let mut good = 0;
    for _ in 0..20_000 {
        let collection = random.pick(&["applications", "servicePrincipals", "users", "groups", "me", ""]);
        let key = random
            .pick(&["", "/x", "(appId='", &format!("(appId='{BILLING}')"), &format!("(appId='{PORTAL}')")])
            .to_owned();
        let command = random.pick(&[
            "",
            "/addPassword",
            "/removePassword",
            "/appRoleAssignments",
            "/getMemberObjects",
            "//",
        ]);
        let method = [Method::GET, Method::POST, Method::PATCH, Method::DELETE][random.below(4)].clone();
        // Otherwise there would soon be nobody left to ask.
        if method == Method::DELETE && key.contains(PORTAL) {
            continue;
        }
        let body = json(&mut random, 3);
        let reply = scene.with_token(method, &format!("/v1.0/{collection}{key}{command}"), &token, &body);
        good += usize::from(reply.status.is_success());
        scene.with_token(Method::POST, "/shop/register", "shop-initial-token", &body);
        let path = random.pick(&[
            "clients",
            "clients/x",
            "client-grants",
            "client-grants/x",
            "clients/x/rotate-secret",
            "",
        ]);
        let method = [Method::GET, Method::POST, Method::PATCH][random.below(3)].clone();
        let reply = scene.with_token(method, &format!("/dev-shop/api/v2/{path}"), &management, &body);
        good += usize::from(reply.status.is_success());
    }
    assert!(good > 100, "only {good} requests were understood");
}

#[test]
fn what_is_handed_out_is_bounded() {
    let mut scene = Scene::new();
    let form = [("grant_type", "client_credentials"), ("scope", "stock:read")];
    (0..10_050).for_each(|_| drop(scene.shop("token", &form)));
    assert_eq!(scene.get("/_idp/realms/shop").json()["tokens"], 10_000);
}

#[test]
fn what_has_expired_is_forgotten() {
    let mut scene = Scene::new();
    let form = [("grant_type", "client_credentials"), ("scope", "stock:read")];
    (0..50).for_each(|_| drop(scene.shop("token", &form)));
    scene.now += 3_600;
    scene.shop("token", &form);
    assert_eq!(scene.get("/_idp/realms/shop").json()["tokens"], 1);
}

#[test]
fn an_error_shows_nothing_that_a_page_or_a_terminal_takes_for_its_own() {
    let mut scene = Scene::new();
    let hostile = "<script>\"\\\u{1b}[31m\u{202e}";
    for form in [
        [("grant_type", hostile), ("scope", "a")],
        [("grant_type", "client_credentials"), ("scope", hostile)],
        [("grant_type", "client_credentials"), ("audience", hostile)],
    ] {
        let reply = scene.shop("token", &form);
        assert_eq!(reply.header("content-type"), "application/json");
        let text = reply.json()["error_description"].as_str().unwrap().to_owned();
        assert!(text.is_ascii() && !text.contains(['"', '\\', '\u{1b}']), "{text}");
    }
}
