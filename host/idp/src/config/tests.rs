use super::*;

fn errors(text: &str) -> Vec<String> {
    Config::parse(text).unwrap_err().to_string().lines().map(str::to_owned).collect()
}

#[test]
fn the_built_in_config_is_valid() {
    let config = Config::built_in().unwrap();
    assert_eq!(config.realms.len(), 5);
}

#[test]
fn json_is_read_too() {
    let text =
        r#"{"realms":[{"name":"a","shape":"plain","apis":[{"identifier":"b"}],"algorithms":["ES256"]}]}"#;
    let config = Config::parse(text).unwrap();
    assert_eq!(config.realms[0].algorithms, [SigningAlgorithm::Es256]);
}

#[test]
fn every_mistake_is_named_with_its_place() {
    let text = "
base_url: http://a/
realms:
  - { name: a b, shape: plain, apis: [{ identifier: x }, { identifier: x }] }
  - name: e
    shape: entra
    apis: [{ identifier: y, access_token_version: 3 }]
    clients: [{ client_id: c, jwks: {} }, { client_id: c }]
    keys: [{ kty: oct, k: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA }]
  - { name: p, shape: ping, issuer_v1: z, algorithms: [] }
  - { name: v1, shape: plain, apis: [{ identifier: x }], trusted_realms: [nobody] }
";
    let found = errors(text);
    for place in [
        "base_url",
        "realms[0].name",
        "realms[0].apis[1].identifier",
        "realms[1].id",
        "realms[1].apis[0].client_id",
        "realms[1].apis[0].access_token_version",
        "realms[1].clients[0].jwks",
        "realms[1].clients[1].client_id",
        "realms[1].keys[0]",
        "realms[2].id",
        "realms[2].issuer_v1",
        "realms[2].apis",
        "realms[2].algorithms",
        "realms[3].id",
        "realms[3].trusted_realms[0]",
    ] {
        assert!(found.iter().any(|line| line.starts_with(&format!("{place}: "))), "{place}: {found:#?}");
    }
}

#[test]
fn a_key_that_nobody_knows_is_refused() {
    assert!(errors("realms: []\nrealm: 1")[0].contains("realm"));
}

#[test]
fn a_secret_in_the_wrong_place_is_not_shown() {
    for text in [
        "realms: c4n4ry-place",
        "realms: [{ name: a, shape: plain, access_token_lifetime: c4n4ry-place }]",
        "realms: [{ name: a, shape: plain, algorithms: c4n4ry-place }]",
        "realms: [{ name: a, shape: plain, keys: [{ kty: EC, d: c4n4ry-place }] }]",
    ] {
        let found = errors(text).join("\n");
        assert!(!found.contains("c4n4ry"), "{found}");
    }
}

#[test]
fn debug_shows_no_secret() {
    let text = r#"{"realms":[{"name":"a","shape":"plain","apis":[{"identifier":"b"}],
        "clients":[{"client_id":"c","secret":"c4n4ry-1","secrets":[{"id":"d","value":"c4n4ry-2"}]}],
        "users":[{"username":"e","password":"c4n4ry-3"}]}]}"#;
    let shown = format!("{:?}", Config::parse(text).unwrap());
    assert!(shown.contains("Secret(..)") && !shown.contains("c4n4ry"), "{shown}");
}
