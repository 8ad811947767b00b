use super::{Default, Group, Key, Kind, OURS, PLUGINS, Status};
use crate::config::Config;
use crate::fixtures::{ISSUER, jwks};
use crate::json::{Limits, Value};
use crate::signature::vectors::{EC_JWK, EC_PRIVATE, with};
use std::format;
use std::string::{String, ToString};

#[test]
fn names_are_unique_and_sorted() {
    for plugin in &PLUGINS {
        let sorted = plugin.keys.is_sorted_by(|one, other| one.name < other.name);
        assert!(sorted, "{} has a key twice or out of order", plugin.name);
    }
}

#[test]
fn what_is_not_kong_s_stands_in_a_table_all_the_same() {
    for name in OURS {
        assert!(every_key().any(|key| key.name == name), "{name}");
    }
}

#[test]
fn every_key_says_in_one_line_what_it_does() {
    for key in every_key() {
        let line = !key.doc.is_empty() && !key.doc.contains('\n') && !key.doc.ends_with('.');
        assert!(line, "{}: {:?}", key.name, key.doc);
    }
}

#[test]
fn a_default_is_its_own_value() {
    for key in every_key() {
        let written = Value::parse(key.default.to_string().as_bytes(), &Limits::CONFIG).unwrap();
        assert!(key.default.is(&written), "{}: {}", key.name, key.default);
    }
}

#[test]
fn every_key_of_openid_connect_may_be_written_with_its_default() {
    for key in PLUGINS[0].keys.iter().filter(|key| key.name != "issuer") {
        let document = with_openid_connect(key.name, &key.default.to_string());
        assert!(Config::parse(document.as_bytes()).is_ok(), "{}", key.name);
    }
}

#[test]
fn a_key_that_works_has_the_default_that_the_table_names() {
    let plain = Config::parse(with_openid_connect("leeway", "0").as_bytes()).unwrap().effective();
    for key in
        PLUGINS[0].keys.iter().filter(|key| key.status == Status::Works && key.default != Default::Unset)
    {
        let document = with_openid_connect(key.name, &key.default.to_string());
        assert_eq!(Config::parse(document.as_bytes()).unwrap().effective(), plain, "{}", key.name);
    }
}

#[test]
fn no_key_is_accepted_and_then_ignored() {
    let records = |key: &Key| matches!((key.status, key.kind), (Status::Inert(_), Kind::Record));
    for key in PLUGINS[0].keys.iter().filter(|key| key.name != "issuer" && !records(key)) {
        // An object with a member is the default of no key, and no key that works takes one.
        let document = with_openid_connect(key.name, r#"{"member":"of an object"}"#);
        let errors = Config::parse(document.as_bytes()).expect_err(key.name).to_string();
        assert!(errors.contains(&format!("config.{}", key.name)), "{}: {errors}", key.name);
    }
}

/// A configuration that was dumped from Kong names what its stores would be.
#[test]
fn a_key_that_has_nothing_to_act_on_may_say_anything_of_its_kind() {
    let plain = Config::parse(with_openid_connect("leeway", "0").as_bytes()).unwrap().effective();
    let mut seen = 0;
    for key in PLUGINS[0].keys.iter().filter(|key| matches!(key.status, Status::Inert(_))) {
        let (value, other) = match key.kind {
            Kind::Flag => ("true", "1"),
            Kind::Number => ("6390", r#""6390""#),
            Kind::Text => (r#""a.example""#, "7"),
            Kind::Choices(names) => (&*format!("[{:?}]", names[0]), r#"["s3cr3t"]"#),
            Kind::Record => (r#"{"host":"a.example","password":null}"#, r#""s3cr3t""#),
            Kind::Records => (r#"[{"ip":"127.0.0.1","port":6379}]"#, r#"["s3cr3t"]"#),
            kind => panic!("no value of the kind {kind:?}"),
        };
        let with = |value: &str| Config::parse(with_openid_connect(key.name, value).as_bytes());
        assert_eq!(with(value).unwrap().effective(), plain, "{}", key.name);
        let errors = with(other).unwrap_err().to_string();
        assert!(errors.contains(&format!("config.{}: expected ", key.name)) && !errors.contains("s3cr3t"));
        seen += 1;
    }
    assert_ne!(seen, 0);
}

#[test]
fn a_key_of_ours_says_so_and_stands_in_the_list() {
    let ours: std::vec::Vec<_> =
        every_key().filter(|key| key.doc.starts_with("ours: ")).map(|key| key.name).collect();
    assert_eq!(ours, OURS);
}

#[test]
fn a_secret_is_not_shown_in_an_error() {
    for name in ["session_secret", "client_secret", "client_jwk", "http_proxy_authorization"] {
        for value in [r#""s3cr3t""#, r#"["s3cr3t"]"#, r#"{"a":"s3cr3t"}"#] {
            let errors = Config::parse(with_openid_connect(name, value).as_bytes()).unwrap_err().to_string();
            assert!(!errors.contains("s3cr3t"), "{errors}");
        }
    }
}

#[test]
fn a_client_secret_is_shown_neither_in_an_error_nor_in_the_effective_config_nor_for_debugging() {
    let with = |value: &str| {
        with_openid_connect("enable_hs_signatures", &format!(r#"true,"client_secret":{value}"#))
    };
    let refused = [
        (r#""s3cr3t""#, "found a value that is no array"),
        (r#"["s3cr3t"]"#, "found 6 bytes"),
        (r#"["s3cr3t_s3cr3t_s3cr3t_s3cr3t_s3c"]"#, "found 31 bytes"),
        (r#"["s3cr3t",7]"#, "found several values"),
        (r#"[48151623]"#, "found a value that is no text"),
        (r#"{"a":"s3cr3t"}"#, "found a value that is no array"),
        ("[]", "found nothing"),
        ("null", "found nothing"),
    ];
    for (value, expected) in refused {
        let errors = Config::parse(with(value).as_bytes()).unwrap_err().to_string();
        assert!(errors.contains("config.client_secret: ") && errors.contains(expected), "{errors}");
        assert!(!errors.contains("s3cr3t") && !errors.contains("48151623"), "{errors}");
    }
    let config = Config::parse(with(r#"["s3cr3t_s3cr3t_s3cr3t_s3cr3t_s3cr"]"#).as_bytes()).unwrap();
    let effective = config.effective();
    assert!(effective.contains(r#""enable_hs_signatures": true"#));
    assert!(!effective.contains("s3cr3t") && !format!("{config:?}").contains("s3cr3t"));
}

#[test]
fn what_the_gateway_proves_itself_with_is_shown_neither_in_the_effective_config_nor_for_debugging() {
    let jwk = with(EC_JWK, EC_PRIVATE);
    let members = format!(
        r#"["app"],"client_secret":["s3cr3t"],"client_jwk":[{jwk}],"token_endpoint":"https://idp.example/t",
           "introspection_endpoint":"https://idp.example/i","introspection_endpoint_auth_method":"private_key_jwt",
           "token_post_args_names":["a"],"token_post_args_values":["s3cr3t"],
           "token_headers_names":["x-a"],"token_headers_values":["s3cr3t"]"#
    );
    let config = Config::parse(with_openid_connect("client_id", &members).as_bytes()).unwrap();
    let shown = format!("{}{config:?}", config.effective());
    let private = EC_PRIVATE.split('"').nth(3).unwrap();
    assert!(shown.contains("token_post_args_names") && shown.contains("PrivateKey"));
    assert!(!shown.contains("s3cr3t") && !shown.contains(private), "{shown}");
    let errors = with_openid_connect("client_jwk", r#"[{"kty":"RSA","d":"s3cr3t"},"s3cr3t",48151623]"#);
    let errors = errors.replace(r#""client_jwk""#, r#""client_id":["a","b","c"],"client_jwk""#);
    let errors = Config::parse(errors.as_bytes()).unwrap_err().to_string();
    assert!(errors.contains("config.client_jwk[2]") && !errors.contains("s3cr3t"), "{errors}");
    assert!(!errors.contains("48151623"), "{errors}");
}

#[test]
fn a_plugin_misses_the_keys_that_the_table_requires_and_no_others() {
    for plugin in PLUGINS.iter().filter(|plugin| plugin.status == Status::Works) {
        let document = with_plugin(plugin.name, "{}");
        let errors = Config::parse(document.as_bytes()).expect_err(plugin.name).to_string();
        for key in plugin.keys {
            let path = format!("config.{}: ", key.name);
            let missed = errors.lines().any(|line| line.contains(&path) && line.contains("found nothing"));
            assert_eq!(missed, plugin.required.contains(&key.name), "{}: {errors}", key.name);
        }
    }
}

#[test]
fn a_default_of_several_texts_is_a_set() {
    let default = Default::Texts(&["a", "b"]);
    let is = |json: &str| default.is(&Value::parse(json.as_bytes(), &Limits::CONFIG).unwrap());
    assert!(is(r#"["a","b"]"#) && is(r#"["b","a"]"#));
    assert!(!is(r#"["a"]"#) && !is(r#"["a","a"]"#) && !is(r#"["a","b","c"]"#) && !is("[]"));
}

#[test]
fn every_key_of_openid_connect_is_about_something() {
    for key in PLUGINS[0].keys {
        assert!(Group::of(key.name).is_some(), "{} has no group in keys/group.rs", key.name);
    }
    for group in Group::ALL {
        assert!(PLUGINS[0].keys.iter().any(|key| Group::of(key.name) == Some(group)), "{group} is empty");
    }
}

fn every_key() -> impl Iterator<Item = &'static Key> {
    PLUGINS.iter().flat_map(|plugin| plugin.keys)
}

fn with_plugin(name: &str, config: &str) -> String {
    with_openid_connect("leeway", "0").replace(
        r#""services":[{"id":"s","plugins":["#,
        &format!(r#""services":[{{"id":"t","plugins":[{{"name":"{name}","config":{config}}}]}},{{"id":"s","plugins":["#),
    )
}

fn with_openid_connect(name: &str, value: &str) -> String {
    let jwks = jwks();
    format!(
        r#"{{"version":1,"sources":[{{"id":"idp","issuer":"{ISSUER}","jwks":{jwks}}}],
            "services":[{{"id":"s","plugins":[{{"name":"openid-connect","config":{{"issuer":"{ISSUER}","{name}":{value}}}}}]}}]}}"#
    )
}
