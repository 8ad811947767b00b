//! The case table through the filter in a real Envoy.
//!
//! These tests are ignored unless they are asked for, since Envoy does not come with cargo: `scripts/test.sh` installs
//! it, names it in `CLAIMGATE_ENVOY` and runs them. Asked for without that variable, they fail. Those that ask a
//! certified provider need `CLAIMGATE_OIDC_PROVIDER` too.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "test code outside of test functions: a wrong case file ends the run with a message"
)]

#[path = "../support/authority.rs"]
mod authority;
#[path = "../support/lib.rs"]
mod support;

mod bodies;
mod bootstrap;
mod capabilities;
mod cases;
mod certified;
mod example;
mod flows;
mod hostile;
mod init;
mod log;
mod module;
mod pages;
mod process;
mod provider;
mod pushed;
mod reload;
mod scene;
mod secrets;
mod tls_front;
mod updates;
mod upload;
