//! The gateway from outside: real sockets on both sides, filters as WebAssembly modules.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test's helpers fail like the test itself"
)]

mod admin;
#[path = "../cli/tests/support/authority.rs"]
mod authority;
mod clients;
mod config;
mod egress;
mod filters;
mod nginx;
mod proxy;
mod reload;
mod shutdown;
mod support;
mod tls;
#[path = "../cli/tests/support/traces.rs"]
mod traces;
mod watch;
