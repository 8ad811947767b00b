//! The page that lists app registrations, and the consent that an administrator gives on it.

use crate::support::{BASE, Reply, Scene, TENANT, built_in, posted};
use http::{Method, StatusCode};

const PORTAL: &str = "c3d2e1f0-a9b8-4c7d-8e6f-5a4b3c2d1e0f";

/// The built-in realms, before an administrator has consented to what the portal asks for.
fn unconsented() -> Scene {
    let mut config = built_in();
    config.realms[0].clients.iter_mut().for_each(|client| client.roles.clear());
    Scene::of(config)
}

fn page(scene: &mut Scene) -> String {
    let reply = scene.get("/_idp/registrations");
    assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
    String::from_utf8(reply.body.to_vec()).unwrap()
}

/// What a browser sends when the button is pressed.
fn press(scene: &mut Scene, origin: &str, host: &str) -> Reply {
    let mut request = posted(&format!("/_idp/realms/entra/clients/{PORTAL}/consent"), &[]);
    request.headers_mut().insert("origin", origin.parse().unwrap());
    request.headers_mut().insert("host", host.parse().unwrap());
    scene.ask(&request)
}

fn status(scene: &mut Scene) -> u16 {
    let token =
        scene.tokens(PORTAL, "portal-secret", "https://graph.microsoft.com/.default").text("access_token");
    let reply = scene.with_token(Method::GET, "/v1.0/applications", &token, &serde_json::Value::Null);
    reply.status.as_u16()
}

#[test]
fn shows_ids_and_permissions_and_no_secret() {
    let mut scene = unconsented();
    let text = page(&mut scene);
    for shown in [
        PORTAL,
        TENANT,
        "Developer portal",
        "2f6b1c3a-8d4e-4f70-9b21-5a6c7d8e9f01",
        "Application.ReadWrite.OwnedBy",
    ] {
        assert!(text.contains(shown), "{shown}");
    }
    for secret in ["billing-secret", "portal-secret"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn an_administrator_consents_with_a_button() {
    let mut scene = unconsented();
    assert!(page(&mut scene).contains("Grant admin consent"));
    assert_eq!(status(&mut scene), 403);
    let pressed = press(&mut scene, BASE, "127.0.0.1:9090");
    assert_eq!((pressed.status, pressed.header("location")), (StatusCode::SEE_OTHER, "/_idp/registrations"));
    assert_eq!(status(&mut scene), 200);
    assert!(!page(&mut scene).contains("Grant admin consent"));
    let path = format!("/_idp/realms/entra/clients/{PORTAL}/consent");
    scene.command(Method::DELETE, &path);
    assert_eq!(status(&mut scene), 403);
    scene.command(Method::POST, &path);
    assert_eq!(status(&mut scene), 200);
}

#[test]
fn only_pages_of_this_machine_have_such_buttons() {
    for (origin, host, status) in [
        ("http://localhost:9090", "localhost:9090", 303),
        ("http://[::1]:9090", "[::1]:9090", 303),
        ("http://localhost:3000", "localhost:9090", 403),
        ("https://evil.example", "127.0.0.1:9090", 403),
        ("http://evil.example:9090", "evil.example:9090", 403),
        ("null", "127.0.0.1:9090", 403),
    ] {
        assert_eq!(press(&mut unconsented(), origin, host).status.as_u16(), status, "{origin} {host}");
    }
}
