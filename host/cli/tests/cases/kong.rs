//! `examples/kong`: both declarative files, the schema beside the module, and what becomes of a document on its way
//! through Kong.

use crate::examples::{APPROVED, Issuer, PENDING, accept, read};
use crate::init;
use crate::support::cloud::CLOUDS;
use crate::support::file::Engine;
use claimgate::init::{Callers, Target};
use claimgate_policy::config::members::{DOCUMENT, SERVICE, SOURCE};
use jsonschema::Validator;
use serde_json::{Value, json};
use std::net::SocketAddr;

/// The document of each service's one chain: by service, in the form that the version takes.
fn configs(file: &str) -> Vec<(String, Value)> {
    let declarative = read(file);
    assert_eq!(declarative["_format_version"], "3.0");
    let services = declarative["services"].as_array().unwrap().iter();
    let config = |service: &Value| {
        let chains = service["filter_chains"].as_array().unwrap();
        let filters = chains[0]["filters"].as_array().unwrap();
        assert_eq!((chains.len(), filters.len(), &filters[0]["name"]), (1, 1, &json!("claimgate")));
        (service["name"].as_str().unwrap().to_owned(), filters[0]["config"].clone())
    };
    services.map(config).collect()
}

fn objects() -> Vec<(String, Value)> {
    configs("examples/kong/kong.yaml")
}

/// Of 3.4: texts that hold JSON.
fn texts() -> Vec<(String, String)> {
    let text = |(name, config): (String, Value)| (name, config.as_str().unwrap().to_owned());
    configs("examples/kong/kong-3.4.yaml").into_iter().map(text).collect()
}

/// Kong's own validator knows draft 4.
fn validator() -> Validator {
    let meta = read("examples/kong/claimgate.meta.json");
    assert!(jsonschema::draft4::meta::is_valid(&meta["config_schema"]));
    jsonschema::draft4::new(&meta["config_schema"]).unwrap()
}

/// As Kong's encoder writes a document: an empty array is an empty object, and a slash has a backslash before it.
fn as_kong_encodes(value: &Value) -> String {
    empty_arrays_as_objects(value).to_string().replace('/', "\\/")
}

fn empty_arrays_as_objects(value: &Value) -> Value {
    match value {
        Value::Array(items) if items.is_empty() => json!({}),
        Value::Array(items) => items.iter().map(empty_arrays_as_objects).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), empty_arrays_as_objects(value))).collect()
        }
        _ => value.clone(),
    }
}

#[test]
fn both_forms_hold_the_same_documents_and_the_filter_takes_them() {
    let (texts, objects) = (texts(), objects());
    assert_eq!(texts.len(), 2);
    for ((name, text), (other, object)) in texts.iter().zip(&objects) {
        accept(text);
        accept(&object.to_string());
        assert_eq!((name, serde_json::from_str::<Value>(text).unwrap()), (other, object.clone()));
    }
}

#[test]
fn the_filter_takes_a_document_as_kong_encodes_it() {
    for (_, mut document) in objects() {
        document["consumers"] = json!([]);
        document["services"][0]["routes"] = json!([]);
        let encoded = as_kong_encodes(&document);
        assert!(encoded.contains(r#""consumers":{}"#) && encoded.contains(r"https:\/\/"), "{encoded}");
        accept(&encoded);
    }
}

#[test]
fn the_schema_takes_the_documents_with_empty_arrays_in_either_form() {
    for (_, mut document) in objects() {
        document["applications"] = json!([]);
        document["services"][0]["routes"] = json!([]);
        for document in [empty_arrays_as_objects(&document), document] {
            let errors: Vec<String> =
                validator().iter_errors(&document).map(|error| error.to_string()).collect();
            assert_eq!(errors, Vec::<String>::new());
        }
    }
}

#[test]
fn the_schema_takes_what_is_printed_for_each_provider() {
    let upstream = SocketAddr::from(([127, 0, 0, 1], 9000));
    let all = [Callers::Tokens, Callers::Secrets, Callers::People];
    for (cloud, callers) in CLOUDS.iter().flat_map(|cloud| all.map(|callers| (cloud, callers))) {
        let printed = init::document(Target::Kong, &cloud.printed(Target::Kong, upstream, callers));
        let errors: Vec<String> = validator().iter_errors(&printed).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new());
    }
}

#[test]
fn the_schema_knows_every_member_that_means_something_to_this_engine() {
    let schema = read("examples/kong/claimgate.meta.json");
    for (pointer, object) in
        [("", &DOCUMENT), ("/properties/sources/items", &SOURCE), ("/properties/services/items", &SERVICE)]
    {
        let known = schema.pointer(&format!("/config_schema{pointer}/properties")).unwrap();
        let missing: Vec<&str> = object
            .members
            .iter()
            .map(|member| member.name)
            .filter(|name| known.get(name).is_none())
            .collect();
        // The engine calls host and port, and shows no body in time.
        let elsewhere: &[&str] = if pointer.is_empty() { &["body_tokens", "origins"] } else { &[] };
        assert_eq!(missing, elsewhere, "{pointer}");
    }
}

#[test]
fn the_schema_refuses_a_document_of_another_shape() {
    let changes = [
        ("/version", json!(2)),
        ("/engine", json!("envoy")),
        ("/audit", json!("everything")),
        ("/sources", json!({})),
        ("/sources/0/jwks", json!({ "keys": {} })),
        ("/services/0", json!({ "id": "orders", "plugin": [] })),
        ("/services/0/plugins", json!({ "openid-connect": {} })),
        ("/services/0/plugins/0/config", json!(["bearer"])),
    ];
    let document = objects().remove(0).1;
    for (pointer, value) in changes {
        let mut document = document.clone();
        *document.pointer_mut(pointer).unwrap() = value;
        assert!(!validator().is_valid(&document), "{pointer}");
    }
    let mut document = document;
    document["aplications"] = json!([]);
    assert!(!validator().is_valid(&document), "a misspelt member");
    assert!(!validator().is_valid(&json!(document.to_string())), "a text, as for 3.4");
}

#[test]
fn approved_applications_pass_under_the_rules_of_kongs_engine() {
    let issuer = Issuer::new();
    let [(_, profile), (_, orders)] = objects().try_into().unwrap();
    let outcome = |document: &Value, application: &str| {
        issuer.outcome(document, Engine::Nginx, "/orders/1", application).outcome.unwrap()
    };
    assert_eq!(outcome(&orders, APPROVED), "permitted");
    assert_eq!(outcome(&orders, PENDING), "ApplicationPending");
    assert_eq!(outcome(&orders, "nobody"), "ConsumerUnknown");
    assert_eq!(outcome(&profile, "nobody"), "permitted");
}
