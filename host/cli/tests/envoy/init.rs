//! What `claimgate init --for envoy` prints, as it is, but for ports, the path of the filter, and an audit line for
//! every request.

use crate::authority::Authority;
use crate::process::Envoy;
use crate::support::cloud::{CLOUDS, Idp, VARIABLES};
use crate::support::observed::{Effect, Observed};
use crate::support::proxied::Proxied;
use crate::support::run::Gate as _;
use crate::support::table::{Request, real_time};
use crate::support::upstream::Upstream;
use crate::support::wasm;
use crate::tls_front;
use claimgate::init::{Callers, Provider, Starter, Target};
use claimgate::mint::{Signer, SigningAlgorithm};
use serde_json::{Value, json};
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

/// The config for this key and upstream.
fn bootstrap(signer: &Signer, upstream: SocketAddr) -> Value {
    let starter = Starter {
        provider: Provider::Keycloak,
        issuer: Some(ISSUER.to_owned()),
        audience: Some("orders-api".to_owned()),
        client_id: Some("billing".to_owned()),
        jwks: Some(json!({ "keys": [signer.public_jwk().unwrap()] })),
        callers: Callers::Tokens,
        scope: None,
        redirect_uri: None,
        upstream: format!("http://{upstream}/anything").parse().unwrap(),
    };
    of_this_run(&starter.print(Target::Envoy).unwrap().text)
}

/// What is printed, with the filter of this run and free ports.
fn of_this_run(printed: &str) -> Value {
    let text = printed.replace(r#""audit": "denied""#, r#""audit": "all""#);
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

/// The config of one whose keys are fetched.
pub(crate) fn asking() -> Value {
    of_this_run(&CLOUDS[0].printed(Target::Envoy, SocketAddr::from(([127, 0, 0, 1], 9000)), Callers::Tokens))
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
    let mut gate = gate(&envoy, &upstream);
    let Observed { effect: Effect::Forwarded(headers), .. } = gate.answer(&request(&signer, "billing"))
    else {
        panic!("expected the application's request at the upstream");
    };
    assert_eq!(headers["x-consumer-custom-id"], ["billing"]);
    assert_eq!(gate.answer(&request(&signer, "another")).outcome.as_deref(), Some("ConsumerUnknown"));
}

/// Where the cluster that leads to the provider stands, which is at another address here.
fn provider(bootstrap: &mut Value, address: SocketAddr) -> &mut Value {
    let cluster = &mut bootstrap["static_resources"]["clusters"][1];
    assert_eq!(cluster["name"], "idp");
    let endpoint = &mut cluster["load_assignment"]["endpoints"][0]["lb_endpoints"][0]["endpoint"];
    endpoint["address"]["socket_address"] = json!({ "address": "127.0.0.1", "port_value": address.port() });
    cluster
}

fn gate(envoy: &Envoy, upstream: &Arc<Upstream>) -> Proxied {
    let (upstream, audit) = (Arc::clone(upstream), Arc::clone(&envoy.audit));
    Proxied { address: envoy.listeners["gateway"], upstream, audit, filter: None }
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn keys_are_fetched_secrets_exchanged_and_people_logged_in_with_the_printed_config_of_each_provider() {
    let upstream = Arc::new(Upstream::start());
    for cloud in &CLOUDS {
        let idp = Idp::start(cloud);
        for callers in [Callers::Tokens, Callers::Secrets, Callers::People] {
            let text = cloud.printed(Target::Envoy, upstream.address, callers);
            let mut bootstrap = of_this_run(&cloud.here(&text, &idp));
            // The provider is without TLS here; see below.
            let cluster = provider(&mut bootstrap, idp.address).as_object_mut().unwrap();
            assert!(cluster.remove("transport_socket").is_some());
            let envoy = Envoy::try_start_given(&VARIABLES, "init-fetched", &bootstrap).unwrap();
            let mut gate = gate(&envoy, &upstream);
            cloud.check(&idp, &mut gate, callers == Callers::Secrets);
            if callers == Callers::People {
                cloud.check_login(&idp, &mut gate);
            }
        }
    }
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn the_printed_config_believes_a_provider_with_a_certificate_of_its_name_and_no_other() {
    let cloud = &CLOUDS[0];
    let idp = Idp::start(cloud);
    let (authority, upstream) = (Authority::new(), Arc::new(Upstream::start()));
    let trusted = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("init-ca-{}.pem", std::process::id()));
    fs::write(&trusted, authority.pem()).unwrap();
    let answers = ["login.microsoftonline.com", "login.microsoftonline.example"].map(|name| {
        let front = tls_front::start(&authority, name, idp.address);
        let text = cloud.here(&cloud.printed(Target::Envoy, upstream.address, Callers::Secrets), &idp);
        let mut bootstrap = of_this_run(&text);
        let cluster = provider(&mut bootstrap, front);
        let context = &mut cluster["transport_socket"]["typed_config"]["common_tls_context"];
        context["validation_context"]["trusted_ca"]["filename"] = json!(trusted);
        let envoy = Envoy::start("init-tls", &bootstrap);
        gate(&envoy, &upstream).answer(&cloud.request_with_secret()).outcome
    });
    fs::remove_file(&trusted).unwrap();
    assert_eq!(answers.map(Option::unwrap_or_default), ["permitted", "ProviderUnavailable"]);
}

const ISSUER: &str = "https://sso.example/realms/shop";
