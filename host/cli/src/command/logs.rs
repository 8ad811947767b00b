//! Logs on stderr, as text or as one JSON object a line.

use crate::command::failure::Failure;
use std::io;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

/// From here on what the gateway and its filters have to say is written.
pub(super) fn start(json: bool) -> Result<(), Failure> {
    let builder = tracing_subscriber::fmt().with_env_filter(filter()?).with_writer(io::stderr);
    let started = if json { builder.json().finish().try_init() } else { builder.finish().try_init() };
    started.map_err(|error| Failure::System { what: "logs", error: io::Error::other(error) })
}

/// What `RUST_LOG` says, or else everything from `info` up.
fn filter() -> Result<EnvFilter, Failure> {
    match std::env::var(EnvFilter::DEFAULT_ENV) {
        Ok(directives) => EnvFilter::try_new(&directives).map_err(|error| Failure::Argument {
            option: EnvFilter::DEFAULT_ENV,
            expected: "directives such as info or claimgate_host=debug".into(),
            found: error.to_string(),
        }),
        Err(_) => Ok(EnvFilter::new("info")),
    }
}
