use super::{Callers, Provider, Starter, Target};
use claimgate_policy::config::Config;
use clap::ValueEnum as _;
use serde_json::json;
use serde_norway::Value;

fn starter(provider: Provider) -> Starter {
    let upstream = "http://127.0.0.1:9000".parse().unwrap();
    Starter {
        provider,
        issuer: None,
        audience: None,
        client_id: None,
        jwks: None,
        callers: Callers::Tokens,
        scope: None,
        redirect_uri: None,
        upstream,
    }
}

/// Every provider for every target, and tokens of Entra's version 1.0 and an upstream with TLS; all of it once more
/// with client credentials, and for people; and one with its keys.
fn every_text() -> Vec<String> {
    let mut starters: Vec<Starter> =
        Provider::value_variants().iter().map(|provider| starter(*provider)).collect();
    starters.push(Starter {
        issuer: Some("https://sts.windows.net/TENANT/".to_owned()),
        upstream: "https://api.example/v1".parse().unwrap(),
        ..starter(Provider::Entra)
    });
    let for_others = |starter: &Starter| {
        [Callers::Secrets, Callers::People].map(|callers| Starter { callers, ..starter.clone() })
    };
    starters.extend(starters.iter().flat_map(for_others).collect::<Vec<_>>());
    let key = "31Uo2TrVZEqxHc2u6Q72OaLjbWCSf5GXXwdte4fKnAo";
    let jwks = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": key }] });
    starters.push(Starter { jwks: Some(jwks), ..starter(Provider::Keycloak) });
    let texts = starters.iter().flat_map(|starter| TARGETS.map(|target| starter.print(target).unwrap()));
    texts.map(|printed| printed.text).collect()
}

#[test]
fn every_text_is_yaml_with_every_place_filled() {
    for text in every_text() {
        assert!(serde_norway::from_str::<Value>(&text).unwrap().is_mapping(), "{text}");
        assert!(!text.contains("{{"), "{text}");
    }
}

#[test]
fn no_placeholder_makes_the_filter_warn() {
    for provider in Provider::value_variants() {
        for (target, callers) in
            TARGETS.into_iter().flat_map(|target| CALLERS.map(|callers| (target, callers)))
        {
            let starter = Starter { callers, ..starter(*provider) };
            assert_eq!(starter.print(target).unwrap().warnings, [], "{provider:?} {target:?} {callers:?}");
        }
    }
}

#[test]
fn every_line_fits_a_terminal_but_for_keys_addresses_and_type_names() {
    let may_be_long = ["jwks: ", "@type", "\"discovery\": ", "discovery: ", "token_endpoint"];
    for text in every_text() {
        let long = text.lines().filter(|line| line.chars().count() > 120);
        let long: Vec<&str> =
            long.filter(|line| !may_be_long.iter().any(|name| line.contains(name))).collect();
        assert_eq!(long, Vec::<&str>::new());
    }
}

#[test]
fn a_value_cannot_break_out_of_its_place() {
    let hostile = "a\"\n# b: {{jwks}}\n]}";
    let printed = Starter { audience: Some(hostile.to_owned()), ..starter(Provider::Okta) }
        .print(Target::Host)
        .unwrap();
    let yaml: Value = serde_norway::from_str(&printed.text).unwrap();
    let required =
        &yaml["filters"][0]["configuration"]["services"][0]["plugins"][0]["config"]["audience_required"];
    assert_eq!(required[0].as_str(), Some(hostile));
}

#[test]
fn envoy_calls_a_provider_with_tls_by_its_name_and_checks_it_and_one_without_by_its_port() {
    let cluster = |issuer: &str| {
        let starter = Starter { issuer: Some(issuer.to_owned()), ..starter(Provider::Keycloak) };
        let yaml: Value = serde_norway::from_str(&starter.print(Target::Envoy).unwrap().text).unwrap();
        yaml["static_resources"]["clusters"][1].clone()
    };
    let (with, without) =
        (cluster("https://sso.example:8443/realms/shop"), cluster("http://127.0.0.1:9090/shop"));
    let tls = &with["transport_socket"]["typed_config"];
    let names = &tls["common_tls_context"]["validation_context"]["match_typed_subject_alt_names"];
    assert_eq!(tls["sni"], "sso.example");
    assert_eq!(names[0]["matcher"]["exact"], "sso.example");
    let port = |cluster: &Value| {
        let endpoint = &cluster["load_assignment"]["endpoints"][0]["lb_endpoints"][0]["endpoint"];
        endpoint["address"]["socket_address"]["port_value"].clone()
    };
    assert_eq!((port(&with), port(&without)), (8443.into(), 9090.into()));
    assert!(without.get("transport_socket").is_none());
}

#[test]
fn the_issuers_version_decides_who_calls_with_entra() {
    let caller = |issuer: &str| {
        let starter = Starter { issuer: Some(issuer.to_owned()), ..starter(Provider::Entra) };
        starter.print(Target::Kong).unwrap().text.contains("consumer_claim: [appid]")
    };
    assert!(caller("https://sts.windows.net/72f988bf-86f1-41af-91ab-2d7cd011db47/"));
    assert!(!caller("https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0"));
}

#[test]
fn no_secret_is_printed_but_by_reference_and_the_reference_itself_is_refused() {
    let people = Starter { callers: Callers::People, ..starter(Provider::Okta) };
    let document = people.print(Target::Envoy).unwrap().text;
    let yaml: Value = serde_norway::from_str(&document).unwrap();
    let hcm = &yaml["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"];
    let plugin = &hcm["http_filters"][0]["typed_config"]["config"];
    let document = plugin["configuration"]["value"].as_str().unwrap();
    for name in ["CLIENT", "SESSION"] {
        assert!(document.contains(&format!("\"{{vault://env/CLAIMGATE_{name}_SECRET}}\"")), "{document}");
    }
    let variables = &plugin["vm_config"]["environment_variables"]["host_env_keys"];
    assert_eq!(variables.as_sequence().unwrap(), &["CLAIMGATE_CLIENT_SECRET", "CLAIMGATE_SESSION_SECRET"]);
    let refused = Config::parse(document.as_bytes()).unwrap_err().to_string();
    let named = ["client_secret", "session_secret"].map(|member| refused.contains(member));
    assert_eq!(named, [true, true], "{refused}");
}

#[test]
fn people_come_back_where_the_provider_may_send_them_and_kong_has_a_route_there() {
    let uri = "https://shop.example/oidc/return";
    let people = Starter {
        callers: Callers::People,
        redirect_uri: Some(uri.to_owned()),
        ..starter(Provider::Keycloak)
    };
    let yaml: Value = serde_norway::from_str(&people.print(Target::Kong).unwrap().text).unwrap();
    let service = &yaml["services"][0];
    let config = &service["filter_chains"][0]["filters"][0]["config"]["services"][0]["plugins"][0]["config"];
    assert_eq!(config["redirect_uri"][0], uri);
    assert_eq!(config["logout_redirect_uri"][0], "https://shop.example/");
    assert_eq!(service["routes"][1]["paths"][0], "/oidc/return");
}

#[test]
fn a_login_asks_for_what_gives_a_token_for_the_api() {
    let asked = |provider: Provider, issuer: Option<&str>, scope: Option<&str>| {
        let issuer = issuer.map(str::to_owned);
        let scope = scope.map(str::to_owned);
        let starter = Starter { callers: Callers::People, issuer, scope, ..starter(provider) };
        let text = starter.print(Target::Host).unwrap().text;
        text.lines().find_map(|line| line.trim().strip_prefix("scopes: ")).unwrap().to_owned()
    };
    let default = r#"["openid", "offline_access", "CLIENT-ID-OF-THE-API/.default"]"#;
    assert_eq!(asked(Provider::Entra, None, None), default);
    let one = r#"["openid", "offline_access", "api://orders/read"]"#;
    assert_eq!(asked(Provider::Entra, None, Some("api://orders/read")), one);
    assert_eq!(asked(Provider::Entra, Some("https://sts.windows.net/TENANT/"), None), r#"["openid"]"#);
    assert_eq!(asked(Provider::Okta, None, Some("orders")), r#"["openid", "orders"]"#);
    assert_eq!(asked(Provider::Auth0, None, None), r#"["openid"]"#);
}

const CALLERS: [Callers; 3] = [Callers::Tokens, Callers::Secrets, Callers::People];

const TARGETS: [Target; 3] = [Target::Host, Target::Envoy, Target::Kong];
