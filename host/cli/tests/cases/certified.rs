//! A certified provider, asked by the filter in this project's host, and in the same host as Kong's engine.

use crate::hosted::Hosted;
use crate::support::certified::{Gateway, Place};
use crate::support::file::Engine;
use crate::support::table::Setting;
use crate::support::upstream::Upstream;
use serde_json::Value;
use std::sync::Arc;

mod host {
    const HOST: super::Place = super::Place {
        name: "host",
        signs: true,
        holds: true,
        wakes: true,
        open: |_, _, document| super::gate(document, super::Engine::Any),
    };

    crate::support::certified::scenarios!(HOST);
}

mod nginx {
    const NGINX: super::Place = super::Place {
        name: "nginx",
        signs: false,
        holds: false,
        wakes: false,
        open: |_, _, document| super::gate(document, super::Engine::Nginx),
    };

    crate::support::certified::scenarios!(NGINX);
}

/// Hosts find a provider by its URL.
fn gate(document: &Value, engine: Engine) -> Gateway {
    let setting = Setting { document: document.to_string(), clock: None, engine };
    let hosted = Hosted::start(&Arc::new(Upstream::start()), &setting);
    Gateway { proxied: hosted.proxied.clone(), _engine: Box::new(hosted) }
}
