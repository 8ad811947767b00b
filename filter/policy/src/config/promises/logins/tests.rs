use crate::config::Config;
use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

/// What is said of a document with these members, routes and config of openid-connect; errors and warnings alike.
fn said(members: &str, routes: &str, config: &str) -> Vec<String> {
    let document = format!(
        r#"{{"version":1,{members},"services":[{{"name":"orders","routes":{routes},"plugins":[{{"name":"openid-connect","config":{{
            "issuer":"https://idp.example/","client_id":["app"],"client_secret":["x"],
            "session_secret":"a secret of at least 32 bytes, yes",{config}}}}}]}}]}}"#
    );
    match Config::parse(document.as_bytes()) {
        Ok(config) => config.warnings.iter().map(ToString::to_string).collect(),
        Err(errors) => errors.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn where_filters_run_on_routes_alone_one_leads_to_every_redirect_uri() {
    let route = |more: &str| format!(r#"[{{"id":"r","paths":["/orders"]{more}}}]"#);
    let uri = "https://app.example/orders/back";
    for (engine, routes, uri, mode, warned) in [
        ("nginx", route(""), uri, "query", false),
        ("nginx", route(r#","hosts":["*.example"],"methods":["GET"]"#), uri, "query", false),
        ("nginx", route(r#","hosts":["other.example"]"#), uri, "query", true),
        ("nginx", route(r#","methods":["POST"]"#), uri, "query", true),
        ("nginx", route(""), "https://app.example/back", "query", true),
        ("nginx", "[]".into(), "https://app.example/back", "query", false),
        ("auto", route(""), "https://app.example/back", "query", true),
        ("envoy", route(""), "https://app.example/back", "query", false),
        ("claimgate", route(""), "https://app.example/back", "query", false),
        ("claimgate", route(r#","methods":["GET"]"#), uri, "form_post", false),
    ] {
        let config = format!(r#""redirect_uri":["{uri}"],"response_mode":"{mode}""#);
        let said = said(&format!(r#""engine":"{engine}","body_tokens":true"#), &routes, &config);
        let expected =
            format!(r#"services: orders: openid-connect.redirect_uri: no route takes "{uri}": on Kong"#);
        assert_eq!(said.len(), usize::from(warned), "{engine} {routes}: {said:?}");
        assert!(said.iter().all(|line| line.starts_with(&expected)), "{said:?}");
    }
}

#[test]
fn what_stands_in_bodies_needs_an_engine_that_shows_them() {
    for (key, config) in [
        ("response_mode", r#""response_mode":"form_post""#),
        ("logout_post_arg", r#""logout_post_arg":"logout""#),
    ] {
        for (members, expected) in [
            (r#""engine":"envoy","body_tokens":true"#, None),
            (r#""engine":"claimgate","body_tokens":true"#, None),
            (r#""engine":"auto","body_tokens":true"#, Some("Kong's engine shows a filter no body")),
            (
                r#""engine":"nginx","body_tokens":true"#,
                Some("expected nothing that is in a body, with engine nginx"),
            ),
            (r#""engine":"envoy""#, Some("expected body_tokens at the top of the document")),
        ] {
            let said = said(members, r#"[{"id":"r","paths":["/"]}]"#, config);
            let path = format!("services: orders: openid-connect.{key}: ");
            assert_eq!(said.len(), usize::from(expected.is_some()), "{members} {config}: {said:?}");
            let fits =
                |line: &String| line.starts_with(&path) && expected.is_some_and(|text| line.contains(text));
            assert!(said.iter().all(fits), "{members}: {said:?}");
        }
    }
}
