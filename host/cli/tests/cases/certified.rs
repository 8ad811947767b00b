//! A certified provider, asked by the filter in this project's host, and in the same host as Kong's engine.

use crate::hosted::Hosted;
use crate::support::certified::{Gateway, Place};
use crate::support::file::Engine;
use crate::support::table::Setting;
use crate::support::upstream::Upstream;
use serde_json::Value;
use std::num::NonZeroUsize;
use std::sync::Arc;

mod host {
    const HOST: super::Place = super::Place {
        name: "host",
        signs: true,
        holds: true,
        wakes: true,
        meets: true,
        open: |_, _, document, workers| super::gate(document, super::Engine::Any, workers),
    };

    crate::support::certified::scenarios!(HOST);
}

mod nginx {
    const NGINX: super::Place = super::Place {
        name: "nginx",
        signs: false,
        holds: false,
        wakes: false,
        meets: false,
        open: |_, _, document, workers| super::gate(document, super::Engine::Nginx, workers),
    };

    crate::support::certified::scenarios!(NGINX);
}

/// Hosts find a provider by its URL.
fn gate(document: &Value, engine: Engine, workers: usize) -> Gateway {
    let setting = Setting { document: document.to_string(), clock: None, engine };
    let upstream = Arc::new(Upstream::start());
    let hosted =
        Hosted::changed(&upstream, &setting, |config| config.workers = NonZeroUsize::new(workers).unwrap());
    Gateway { proxied: hosted.proxied.clone(), _engine: Box::new(hosted) }
}
