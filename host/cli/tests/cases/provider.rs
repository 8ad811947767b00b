//! A provider that is asked for its keys, behind the gateway: the document of `examples/envoy/provider.yaml`.

use crate::hosted::Hosted;
use crate::support::file::{Engine, repository};
use crate::support::provider::{self, Provider};
use crate::support::table::Setting;
use crate::support::upstream::Upstream;
use serde_json::{Value, json};
use std::fs;
use std::sync::Arc;

/// A gateway on `engine` that asks `provider`.
fn gateway(provider: &Provider, engine: Engine) -> Hosted {
    let text = fs::read_to_string(repository().join("examples/envoy/provider.yaml")).unwrap();
    let bootstrap: Value = serde_norway::from_str(&text).unwrap();
    let document = bootstrap.pointer(DOCUMENT).and_then(Value::as_str).unwrap();
    let mut document: Value = serde_json::from_str(&provider.in_document(document)).unwrap();
    document.as_object_mut().unwrap().remove("origins");
    document["services"][0]["plugins"][0]["config"]["rediscovery_lifetime"] = json!(2);
    let setting = Setting { document: document.to_string(), clock: None, engine };
    Hosted::start(&Arc::new(Upstream::start()), &setting)
}

#[test]
fn a_provider_may_be_away_at_first_and_change_its_key() {
    let provider = Provider::start("gateway-provider");
    let mut gateway = gateway(&provider, Engine::Any);
    provider::comes_and_changes_its_key(&provider, &mut gateway.proxied);
}

#[test]
fn and_so_it_may_with_the_quirks_of_kong_s_engine() {
    let provider = Provider::start("nginx-provider");
    let mut gateway = gateway(&provider, Engine::Nginx);
    provider::comes_and_changes_its_key(&provider, &mut gateway.proxied);
}

const DOCUMENT: &str = "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config/http_filters/0\
                        /typed_config/config/configuration/value";
