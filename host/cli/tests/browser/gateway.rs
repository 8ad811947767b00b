//! A gateway whose service `orders` is for people: in this project's host, and in Envoy.

use crate::process::Serving;
use crate::scene::Scene;
use crate::support::port::Held;
use crate::support::{traces, wasm};
use crate::{bootstrap, envoy};
use claimgate_idp::Secret;
use claimgate_idp::config::Client;
use serde_json::{Value, json};
use std::any::Any;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;

/// It and whom it needs, until this is dropped.
pub(crate) struct Site {
    _engine: Box<dyn Any>,
    pub(crate) scene: Scene,
    /// The redirect URI has the port in it, so the gateway must know it before it listens.
    port: Held,
}

impl Site {
    /// With `claimgate run`.
    pub(crate) fn of_host() -> Self {
        Self::of(|scene, address, document| {
            let service = json!({ "name": "echo", "url": scene.upstream(),
                                  "routes": [{ "name": "all", "paths": ["/"], "strip_path": false, "preserve_host": true }] });
            let filter = json!({ "name": "claimgate", "wasm": wasm::path(), "configuration": document });
            let config = json!({ "listen": [address], "services": [service], "filters": [filter] });
            let file =
                Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("gateway-{}.yaml", address.port()));
            fs::write(&file, config.to_string()).unwrap();
            let mut running = Serving::start(["run", "--config", file.to_str().unwrap()]);
            assert_eq!(running.address(), address);
            fs::remove_file(&file).unwrap();
            Box::new(running)
        })
    }

    /// With Envoy, as `examples/envoy/provider.yaml` has it run the filter.
    pub(crate) fn of_envoy() -> Self {
        Self::of(|scene, address, document| {
            let mut config = bootstrap::asking(scene.client.address, scene.address);
            config["static_resources"]["listeners"][0]["address"]["socket_address"]["port_value"] =
                json!(address.port());
            let mut document: Value = serde_json::from_str(document).unwrap();
            document["origins"] = json!([{ "url": scene.provider.base_url(), "upstream": "idp" }]);
            *bootstrap::document(&mut config) = json!(document.to_string());
            bootstrap::manager(&mut config)["route_config"]["virtual_hosts"][0]["routes"] = json!([
                { "match": { "prefix": "/" }, "route": { "cluster": "echo", "prefix_rewrite": "/anything/" } }
            ]);
            Box::new(envoy::Envoy::start(&format!("browser-{}", address.port()), &config))
        })
    }

    fn of(engine: impl FnOnce(&Scene, SocketAddr, &str) -> Box<dyn Any>) -> Self {
        let (port, secret) = (Held::port(), traces::canary("secret"));
        let address = port.address;
        let scene = Scene::changed(|config| {
            let realm = config.realms.iter_mut().find(|realm| realm.name == REALM).unwrap();
            let home = realm.clients[0].post_logout_redirect_uris.clone();
            realm.clients.push(Client {
                client_id: CLIENT.to_owned(),
                secret: Some(Secret::new(&secret)),
                redirect_uris: vec![format!("http://{address}{CALLBACK}")],
                post_logout_redirect_uris: home,
                consent: true,
                ..Client::default()
            });
        });
        let document = document(&scene, address, &secret).to_string();
        Self { _engine: engine(&scene, address, &document), scene, port }
    }

    /// A URL of the gateway's.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.port.address)
    }
}

fn document(scene: &Scene, gateway: SocketAddr, secret: &str) -> Value {
    let base = scene.provider.base_url();
    let config = json!({
        "issuer": format!("{base}/{REALM}"),
        "client_id": [CLIENT],
        "client_secret": [secret],
        "auth_methods": ["session", "authorization_code"],
        "session_secret": traces::canary("session-secret-of-many-bytes"),
        "redirect_uri": [format!("http://{gateway}{CALLBACK}")],
        "scopes": ["openid", "orders:read"],
        "logout_uri_suffix": "/logout",
        "logout_methods": ["POST", "DELETE", "GET"],
        "logout_redirect_uri": [scene.home()],
        "consumer_claim": ["sub"],
        "consumer_optional": true,
    });
    json!({
        "version": 1,
        "audit": "all",
        "services": [{
            "id": "orders",
            "name": "orders",
            "routes": [{ "id": "orders", "paths": ["/orders"] }],
            "plugins": [{ "name": "openid-connect", "config": config }],
        }],
    })
}

/// The provider's realm, and the gateway's name there.
const REALM: &str = "shop";
const CLIENT: &str = "web-app";

/// Where the provider sends people back to: no service's path.
pub(crate) const CALLBACK: &str = "/callback";
