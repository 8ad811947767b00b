use super::{AccessTokenHeader, Config, OpenIdConnect, Scope};
use crate::fixtures::{ISSUER, jwks};
use crate::registry::LookupKind;
use crate::verified::SourceId;
use std::format;
use std::string::{String, ToString};
use std::sync::Arc;
use std::vec::Vec;

#[test]
fn the_nearest_config_of_a_plugin_applies_as_a_whole() {
    let config = Config::parse(layers().as_bytes()).unwrap();
    let rules = |service: usize, route: usize| &config.services[service].routes[route].rules;
    let cases = [
        // (service, route, where it is from, leeway, whether the text of the layer behind shows through)
        (0, 0, Scope::Route, 3, "Unauthorized"),
        (0, 1, Scope::Service, 2, "Unauthorized"),
        (1, 0, Scope::Defaults, 1, "from defaults"),
    ];
    for (service, route, scope, leeway, message) in cases {
        let openid_connect = &rules(service, route).strategies().next().expect("a strategy");
        assert_eq!((openid_connect.scope, openid_connect.token.leeway), (scope, leeway));
        assert_eq!(&*openid_connect.errors.unauthorized_error_message, message);
    }
}

#[test]
fn a_plugin_of_the_service_applies_on_a_route_that_configures_another() {
    let config = Config::parse(layers().as_bytes()).unwrap();
    assert!(config.services[0].routes.iter().all(|route| route.rules.application_registration.is_some()));
    assert!(config.services[1].routes[0].rules.application_registration.is_none());
}

#[test]
fn a_broken_plugin_does_not_give_way_to_a_farther_one() {
    let document = layers().replace(r#""leeway":2"#, r#""leeway":"2""#);
    let errors = Config::parse(document.as_bytes()).unwrap_err();
    let paths: Vec<&str> = errors.iter().map(|error| &*error.path).collect();
    assert_eq!(paths, ["services[0].plugins[0].config.leeway"]);
}

/// The one strategy of a document with this further member in its config.
fn strategy(member: &str) -> Arc<OpenIdConnect> {
    let config = Config::parse(one(member).as_bytes()).unwrap();
    let rules = config.services[0].rules.as_ref().unwrap();
    Arc::clone(rules.strategies().next().expect("a strategy"))
}

#[test]
fn null_takes_the_access_token_away_and_absence_does_not() {
    let header = |member: &str| strategy(member).headers.upstream.access_token.clone();
    assert_eq!(header(r#""leeway":0"#), AccessTokenHeader::Bearer);
    assert_eq!(header(r#""upstream_access_token_header":"Authorization:Bearer""#), AccessTokenHeader::Bearer);
    assert_eq!(header(r#""upstream_access_token_header":null"#), AccessTokenHeader::Off);
}

#[test]
fn alternatives_of_words_are_kept_apart() {
    let strategy = strategy(r#""scopes_required":["a  b","c"]"#);
    let scopes = &strategy.requirements.scopes;
    assert_eq!(scopes.required, [["a", "b"].map(Into::into).to_vec(), ["c"].map(Into::into).to_vec()]);
    assert_eq!(&*scopes.written, r#""a  b" or "c""#);
    assert_eq!(scopes.claim.to_string(), "scope");
}

#[test]
fn an_application_is_found_by_each_of_its_names_within_its_source() {
    let config = Config::parse(layers().as_bytes()).unwrap();
    let idp = SourceId::new("idp");
    let names = [
        (LookupKind::Id, "c-1"),
        (LookupKind::Username, "web"),
        (LookupKind::CustomId, "app"),
        (LookupKind::ClientId, "client"),
    ];
    for (kind, value) in names {
        let record = config.registry.find(&idp, kind, value).unwrap();
        assert_eq!(&*record.application.as_ref().unwrap().id, "a-1");
        assert_eq!(&*record.registrations[0].service, "s1", "the name of a service becomes its id");
        assert!(config.registry.find(&SourceId::new("other"), kind, value).is_none());
    }
    assert!(config.registry.find(&idp, LookupKind::Id, "a-1").is_none(), "its consumer has an id of its own");
}

#[test]
fn usernames_must_differ_in_more_than_case_only_where_a_service_of_their_source_ignores_it() {
    let twins = |source: &str| {
        let twin = |name: &str| format!(r#"{{"username":"{name}","source":"{source}"}}"#);
        let consumers = format!(r#""consumers":[{},{}]"#, twin("Ann"), twin("aNN"));
        layers().replace(r#""consumers":[{"id":"c-9","username":"ann","source":"other"}]"#, &consumers)
    };
    let ignoring = |document: String| {
        document.replace(r#""leeway":2,"#, r#""leeway":2,"by_username_ignore_case":true,"#)
    };
    assert!(Config::parse(twins("idp").as_bytes()).is_ok());
    assert!(Config::parse(ignoring(twins("other")).as_bytes()).is_ok());
    let errors = Config::parse(ignoring(twins("idp")).as_bytes()).unwrap_err();
    let paths: Vec<&str> = errors.iter().map(|error| &*error.path).collect();
    assert_eq!(paths, ["consumers[1].username"]);
    assert!(errors.to_string().contains("consumers[0].username has it"), "{errors}");
}

#[test]
fn acl_applies_from_the_nearest_list_like_any_plugin() {
    let acl = |group: &str| format!(r#",{{"name":"acl","config":{{"allow":["{group}"]}}}}"#);
    let end = r#"message":"from defaults"}}"#;
    let document = layers().replace(end, &format!("{end}{}", acl("defaults")));
    let end = r#""consumer_by":["id"]}}"#;
    let document = document.replace(end, &format!("{end}{}", acl("route")));
    let config = Config::parse(document.as_bytes()).unwrap();
    let groups = |service: usize, route: usize| {
        let rules = &config.services[service].routes[route].rules;
        rules.acl.as_ref().unwrap().list.groups()[0].clone()
    };
    assert_eq!(
        [groups(0, 0), groups(0, 1), groups(1, 0)].map(String::from),
        ["route", "defaults", "defaults"]
    );
}

#[test]
fn a_service_is_found_by_id_before_name() {
    let config = Config::parse(layers().as_bytes()).unwrap();
    assert_eq!(config.service("s1").map(|service| &*service.name), Some("orders"));
    assert_eq!(config.service("orders").map(|service| &*service.id), Some("s1"));
    assert!(config.service("nobody").is_none());
}

#[test]
fn control_characters_of_a_document_do_not_reach_the_log() {
    let document = one("\"a\\nb\":1").replace(r#""id":"s""#, "\"id\":\"s\\r\\n\"");
    let errors = Config::parse(document.as_bytes()).unwrap_err();
    for error in errors.iter() {
        assert!(!error.to_string().chars().any(char::is_control), "{error:?}");
    }
}

/// Parsing is total: whatever a document becomes, there is a config or a list of errors, and no panic.
#[test]
fn a_damaged_document_is_accepted_or_refused() {
    let document = layers();
    let mut random = Xorshift(0x9e37_79b9_7f4a_7c15);
    for _ in 0..2_000 {
        let mut bytes = document.clone().into_bytes();
        for _ in 0..=random.below(4) {
            damage(&mut bytes, &mut random);
        }
        match Config::parse(&bytes) {
            Ok(config) => assert!(!config.effective().is_empty()),
            Err(errors) => assert!(!errors.to_string().is_empty()),
        }
    }
}

#[test]
fn a_document_that_ends_early_is_refused() {
    let document = layers();
    for end in 0..document.len() {
        assert!(Config::parse(&document.as_bytes()[..end]).is_err(), "{end}");
    }
}

fn damage(bytes: &mut Vec<u8>, random: &mut Xorshift) {
    let place = random.below(bytes.len());
    match random.below(4) {
        0 => bytes[place] = VALUES[random.below(VALUES.len())][0],
        1 => drop(bytes.remove(place)),
        2 => {
            let value = VALUES[random.below(VALUES.len())];
            bytes.splice(place..place, value.iter().copied());
        }
        _ => replace_a_value(bytes, place, VALUES[random.below(VALUES.len())]),
    }
}

/// Puts `value` in the place of whatever follows the next colon: such a document is still JSON, mostly.
fn replace_a_value(bytes: &mut Vec<u8>, from: usize, value: &[u8]) {
    let Some(start) = bytes.iter().skip(from).position(|byte| *byte == b':') else { return };
    let start = start.saturating_add(from).saturating_add(1);
    let end = (start..bytes.len()).find(|place| b",}]".contains(&bytes[*place])).unwrap_or(bytes.len());
    bytes.splice(start..end, value.iter().copied());
}

const VALUES: [&[u8]; 14] = [
    b"null",
    b"{}",
    b"[]",
    b"\"\"",
    b"-1",
    b"1e400",
    b"0.5",
    b"true",
    b"[[]]",
    b"{\"a\":{}}",
    b"\"\\u0000\"",
    b"\xff",
    b"99999999999999999999",
    b"\"*.\"",
];

/// A generator whose numbers are the same in every run.
struct Xorshift(u64);

impl Xorshift {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 32).unwrap().checked_rem(limit).unwrap_or(0)
    }
}

/// A config of one service whose openid-connect has one more member.
fn one(member: &str) -> String {
    let jwks = jwks();
    format!(
        r#"{{"version":1,"sources":[{{"id":"idp","issuer":"{ISSUER}","jwks":{jwks}}}],
            "services":[{{"id":"s","plugins":[{{"name":"openid-connect","config":{{"issuer":"{ISSUER}",{member}}}}}]}}]}}"#
    )
}

/// A config with openid-connect in defaults, on a service and on a route.
fn layers() -> String {
    let jwks = jwks();
    let plugin =
        |more: &str| format!(r#"{{"name":"openid-connect","config":{{"issuer":"{ISSUER}",{more}}}}}"#);
    let defaults = plugin(r#""leeway":1,"unauthorized_error_message":"from defaults""#);
    let service = plugin(r#""leeway":2,"consumer_claim":["azp"],"scopes_required":["a b"]"#);
    let route = plugin(r#""leeway":3,"consumer_claims":[["a","b"]],"consumer_by":["id"]"#);
    format!(
        r#"{{"version":1,"realm":"shop","audit":"all","engine":"envoy",
            "sources":[{{"id":"idp","issuer":"{ISSUER}","jwks":{jwks}}},
                       {{"id":"other","issuer":"https://other.example","jwks":{jwks}}}],
            "defaults":{{"plugins":[{defaults}]}},
            "services":[{{"id":"s1","name":"orders",
                "routes":[{{"id":"r1","paths":["/a"],"plugins":[{route}]}},
                          {{"id":"r2","hosts":["*.example.com"],"methods":["GET"],"headers":{{"x-v":["1"]}}}}],
                "plugins":[{service},{{"name":"application-registration","config":{{"display_name":"Orders"}}}}]}},
                {{"id":"s2","routes":[{{"id":"r3","paths":["/b"]}}]}}],
            "consumers":[{{"id":"c-9","username":"ann","source":"other"}}],
            "applications":[{{"id":"a-1","custom_id":"app","client_id":"client","source":"idp",
                "consumer":{{"id":"c-1","username":"web"}},
                "registrations":[{{"service":"orders","status":"approved","expires_at":1900000000}}]}}]}}"#
    )
}
