//! Envoy's configuration: a listener for each row, and one for what the rows are compared to.

use crate::envoy::error::Error;
use crate::envoy::row::{DENIED, Guard, Kind, Row};
use crate::envoy::tokens::Issuer;
use crate::scene::{APPLICATION, AUDIENCE, ISSUER, SCOPE};
use serde_json::{Value, json};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Who answers when all filters have passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answers {
    Envoy,
    Upstream,
}

/// The whole configuration.
pub(crate) fn bootstrap(listeners: &[Value], upstream: SocketAddr) -> Value {
    json!({
        "admin": { "address": address(0) },
        "static_resources": {
            "listeners": listeners,
            "clusters": [{
                "name": "upstream",
                "type": "STATIC",
                "load_assignment": {
                    "cluster_name": "upstream",
                    "endpoints": [{ "lb_endpoints": [{ "endpoint": { "address": address(upstream.port()) } }] }],
                },
            }],
        },
    })
}

/// The modules that filters are made of.
pub(crate) struct Modules {
    pub(crate) empty: PathBuf,
    pub(crate) claimgate: PathBuf,
}

/// The filters of a row's listener. Its name is that of its VM, for the filters that have one.
pub(crate) fn filters(name: &str, row: &Row<'_>, modules: &Modules) -> Result<Vec<Value>, Error> {
    let guard = match row.contest {
        Kind::Added(guard) | Kind::Hosts(guard) => guard,
        Kind::Against => DENIED,
    };
    Ok(match guard {
        Guard::Nothing => Vec::new(),
        Guard::Native => vec![jwt_authn(&provider(row.issuer)?)],
        Guard::NativeCachedWithRbac => {
            let mut provider = provider(row.issuer)?;
            if let Some(members) = provider.as_object_mut() {
                members.insert("payload_in_metadata".to_owned(), json!(PAYLOAD));
                members.insert("jwt_cache_config".to_owned(), json!({ "jwt_cache_size": CACHED }));
            }
            vec![jwt_authn(&provider), rbac()]
        }
        Guard::EmptyModule => vec![wasm(name, &modules.empty, "")],
        Guard::Claimgate { audit } => {
            let mut filter = wasm(name, &modules.claimgate, &row.issuer.document(audit).to_string());
            restrict(&mut filter)?;
            vec![filter]
        }
    })
}

/// A listener on a free port.
pub(crate) fn listener(name: &str, mut filters: Vec<Value>, answers: Answers) -> Value {
    filters.push(filter("router", "router.v3.Router", json!({})));
    let mut route = json!({ "match": { "prefix": "/" } });
    let (action, how) = match answers {
        Answers::Envoy => ("direct_response", json!({ "status": 200, "body": { "inline_string": "hello" } })),
        Answers::Upstream => ("route", json!({ "cluster": "upstream" })),
    };
    if let Some(members) = route.as_object_mut() {
        members.insert(action.to_owned(), how);
    }
    let manager = json!({
        "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "bench",
        "http_filters": filters,
        "route_config": { "virtual_hosts": [{ "name": "all", "domains": ["*"], "routes": [route] }] },
    });
    json!({
        "name": name,
        "address": address(0),
        "filter_chains": [{ "filters": [{
            "name": "envoy.filters.network.http_connection_manager", "typed_config": manager,
        }] }],
    })
}

/// Envoy's own check of the same tokens: signature, issuer, times and audience. Like ours, it takes the token away.
fn provider(issuer: &Issuer) -> Result<Value, Error> {
    Ok(json!({
        "issuer": ISSUER,
        "audiences": [AUDIENCE],
        "local_jwks": { "inline_string": issuer.jwks()?.to_string() },
    }))
}

fn jwt_authn(provider: &Value) -> Value {
    let config = json!({
        "providers": { "entra": provider },
        "rules": [{ "match": { "prefix": "/" }, "requires": { "provider_name": "entra" } }],
    });
    filter("jwt_authn", "jwt_authn.v3.JwtAuthentication", config)
}

/// Lets those pass whose token has the scope and is an application's. It cannot look an application up: a list of
/// some thousand would be read from its beginning for each request.
fn rbac() -> Value {
    let claim = |name: &str, value: Value| {
        json!({ "metadata": {
            "filter": "envoy.filters.http.jwt_authn",
            "path": [{ "key": PAYLOAD }, { "key": name }],
            "value": value,
        } })
    };
    let scope = json!({ "list_match": { "one_of": { "string_match": { "exact": SCOPE } } } });
    let caller = json!({ "string_match": { "prefix": APPLICATION } });
    let principal = json!({ "and_ids": { "ids": [claim("roles", scope), claim("azp", caller)] } });
    let policy = json!({ "permissions": [{ "any": true }], "principals": [principal] });
    filter(
        "rbac",
        "rbac.v3.RBAC",
        json!({ "rules": { "action": "ALLOW", "policies": { "callers": policy } } }),
    )
}

fn wasm(name: &str, module: &Path, document: &str) -> Value {
    let config = json!({
        "name": "claimgate",
        // A VM of its own, with a cache of its own.
        "vm_config": {
            "vm_id": name,
            "runtime": "envoy.wasm.runtime.v8",
            "code": { "local": { "filename": module } },
        },
        "configuration": { "@type": "type.googleapis.com/google.protobuf.StringValue", "value": document },
    });
    filter("wasm", "wasm.v3.Wasm", json!({ "config": config }))
}

/// Allows what the example does. It is not for safety alone: Envoy skips callbacks that are not in the list.
fn restrict(filter: &mut Value) -> Result<(), Error> {
    let example: Value = serde_norway::from_str(EXAMPLE).map_err(not_as_expected)?;
    let list = example.pointer(LIST_OF_EXAMPLE).ok_or_else(|| not_as_expected("no list of capabilities"))?;
    let config = filter.pointer_mut("/typed_config/config").and_then(Value::as_object_mut);
    if let Some(config) = config {
        config.insert("capability_restriction_config".to_owned(), list.clone());
    }
    Ok(())
}

fn not_as_expected(what: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::system("examples/envoy/envoy.yaml")(io::Error::other(what))
}

fn filter(name: &str, kind: &str, mut config: Value) -> Value {
    if let Some(members) = config.as_object_mut() {
        members.insert(
            "@type".to_owned(),
            json!(format!("type.googleapis.com/envoy.extensions.filters.http.{kind}")),
        );
    }
    json!({ "name": format!("envoy.filters.http.{name}"), "typed_config": config })
}

fn address(port: u16) -> Value {
    json!({ "socket_address": { "address": "127.0.0.1", "port_value": port } })
}

const EXAMPLE: &str = include_str!("../../examples/envoy/envoy.yaml");

const LIST_OF_EXAMPLE: &str = "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config/http_filters/0\
    /typed_config/config/capability_restriction_config";

/// Where `jwt_authn` leaves the claims for `rbac`.
const PAYLOAD: &str = "claims";

/// More than there are tokens.
const CACHED: u32 = 10_000;
