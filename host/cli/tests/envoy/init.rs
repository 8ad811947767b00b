//! What `claimgate init --for envoy` prints, as it is, but for ports, the path of the filter, and an audit line for
//! every request.

use crate::process::Envoy;
use crate::support::observed::{Effect, Observed};
use crate::support::proxied::Proxied;
use crate::support::run::Gate as _;
use crate::support::table::{Request, real_time};
use crate::support::upstream::Upstream;
use crate::support::wasm;
use claimgate::init::{Provider, Starter, Target};
use claimgate::mint::{Signer, SigningAlgorithm};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;

/// The config for this key and upstream.
fn bootstrap(signer: &Signer, upstream: SocketAddr) -> Value {
    let starter = Starter {
        provider: Provider::Keycloak,
        issuer: Some(ISSUER.to_owned()),
        audience: Some("orders-api".to_owned()),
        client_id: Some("billing".to_owned()),
        jwks: Some(json!({ "keys": [signer.public_jwk().unwrap()] })),
        upstream: format!("http://{upstream}/anything").parse().unwrap(),
    };
    let text =
        starter.print(Target::Envoy).unwrap().text.replace(r#""audit": "denied""#, r#""audit": "all""#);
    let mut bootstrap: Value = serde_norway::from_str(&text).unwrap();
    bootstrap["admin"] =
        json!({ "address": { "socket_address": { "address": "127.0.0.1", "port_value": 0 } } });
    let listener = "/static_resources/listeners/0";
    let filter = format!(
        "{listener}/filter_chains/0/filters/0/typed_config/http_filters/0/typed_config/config/vm_config/code/local/filename"
    );
    *bootstrap.pointer_mut(&format!("{listener}/address/socket_address/port_value")).unwrap() = json!(0);
    *bootstrap.pointer_mut(&filter).unwrap() = json!(wasm::path());
    bootstrap
}

/// The config for whom it may concern.
pub(crate) fn any() -> Value {
    let signer = Signer::generate(SigningAlgorithm::Es256, "demo").unwrap();
    bootstrap(&signer, SocketAddr::from(([127, 0, 0, 1], 9000)))
}

fn request(signer: &Signer, caller: &str) -> Request {
    let claims = json!({ "iss": ISSUER, "aud": ["orders-api"], "azp": caller, "exp": real_time() + 600 });
    let token = signer.sign(&signer.header(), claims.as_object().unwrap()).unwrap();
    let mut request = Request::get("/orders/1", "gateway.example");
    request.headers.push(("authorization".to_owned(), format!("Bearer {token}")));
    request
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn a_printed_config_lets_its_application_pass_and_nobody_else() {
    let signer = Signer::generate(SigningAlgorithm::Es256, "demo").unwrap();
    let upstream = Arc::new(Upstream::start());
    let envoy = Envoy::start("init", &bootstrap(&signer, upstream.address));
    let audit = Arc::clone(&envoy.audit);
    let mut gate = Proxied { address: envoy.listeners["gateway"], upstream, audit, filter: None };
    let Observed { effect: Effect::Forwarded(headers), .. } = gate.answer(&request(&signer, "billing"))
    else {
        panic!("expected the application's request at the upstream");
    };
    assert_eq!(headers["x-consumer-custom-id"], ["billing"]);
    assert_eq!(gate.answer(&request(&signer, "another")).outcome.as_deref(), Some("ConsumerUnknown"));
}

const ISSUER: &str = "https://sso.example/realms/shop";
