//! `examples/istio/wasmplugin.yaml` against Istio's schema and the filter.

use crate::examples::{APPROVED, Issuer, PENDING, accept, read};
use crate::support::file::Engine;
use jsonschema::Validator;
use serde_json::{Value, json};

fn plugin() -> Value {
    read("examples/istio/wasmplugin.yaml")
}

/// Istio's schema of a spec, with unknown members refused, as `kubectl` and the API server do under strict validation.
fn validator() -> Validator {
    let mut schema = read("testdata/istio/wasmplugin-crd.yaml");
    refuse_unknown(&mut schema);
    jsonschema::draft4::new(&schema).unwrap()
}

fn refuse_unknown(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else { return };
    if members.contains_key("properties") {
        members.insert("additionalProperties".to_owned(), json!(false));
    }
    if let Some(properties) = members.get_mut("properties").and_then(Value::as_object_mut) {
        properties.values_mut().for_each(refuse_unknown);
    }
    if let Some(items) = members.get_mut("items") {
        refuse_unknown(items);
    }
}

#[test]
fn the_example_is_a_plugin_by_istios_schema() {
    let plugin = plugin();
    assert_eq!(
        (&plugin["apiVersion"], &plugin["kind"]),
        (&json!("extensions.istio.io/v1alpha1"), &json!("WasmPlugin"))
    );
    let errors: Vec<String> =
        validator().iter_errors(&plugin["spec"]).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn the_schema_refuses_what_istio_would() {
    let changes = [
        ("/failStrategy", json!("FAIL_CLOSED")),
        ("/phase", json!("authn")),
        ("/sha256", json!("not-a-digest")),
        ("/match/0/mode", json!("INBOUND")),
        ("/vmConfig", json!({ "environment": [] })),
        ("/pluginConfig", json!("{}")),
    ];
    for (pointer, value) in changes {
        let mut spec = plugin()["spec"].take();
        *spec.pointer_mut(pointer).unwrap() = value;
        assert!(!validator().is_valid(&spec), "{pointer}");
    }
    let mut spec = plugin()["spec"].take();
    spec["failStratgy"] = json!("FAIL_RELOAD");
    assert!(!validator().is_valid(&spec), "a misspelt member");
}

#[test]
fn the_example_fails_closed() {
    let spec = plugin()["spec"].take();
    assert_eq!((&spec["failStrategy"], &spec["phase"]), (&json!("FAIL_RELOAD"), &json!("AUTHN")));
    // On a gateway the filter is not there with SERVER.
    assert_eq!(spec["match"], json!([{ "mode": "CLIENT_AND_SERVER" }]));
}

#[test]
fn the_filter_takes_the_document_and_lets_approved_applications_pass() {
    let (document, issuer) = (plugin()["spec"]["pluginConfig"].take(), Issuer::new());
    accept(&document.to_string());
    let outcome = |target: &str, application: &str| {
        issuer.outcome(&document, Engine::Envoy, target, application).outcome.unwrap()
    };
    assert_eq!(outcome("/orders", APPROVED), "permitted");
    assert_eq!(outcome("/orders", PENDING), "ApplicationPending");
    assert_eq!(outcome("/profile", PENDING), "permitted");
    assert_eq!(outcome("/other", APPROVED), "RouteUnknown");
}
