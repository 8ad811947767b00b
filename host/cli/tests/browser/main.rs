//! The development identity provider's pages, and logins through a gateway, in a real browser.
//!
//! These tests are ignored unless they are asked for, since Chromium does not come with cargo: `scripts/test.sh` installs
//! it, names its driver in `CLAIMGATE_CHROMEDRIVER` and runs them. Asked for without that variable, they fail. Those with
//! a gateway need `CLAIMGATE_WASM` too, and those in Envoy `CLAIMGATE_ENVOY`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "test code outside of test functions: what is not there ends the test with a message"
)]

use support::traces;

#[allow(dead_code, reason = "one config of several")]
#[path = "../envoy/bootstrap.rs"]
mod bootstrap;
#[path = "../support/browser.rs"]
mod browser;
#[allow(dead_code, reason = "its numbers matter elsewhere")]
#[path = "../envoy/process.rs"]
mod envoy;
#[allow(dead_code, reason = "its numbers matter elsewhere")]
#[path = "../envoy/log.rs"]
mod log;
#[allow(dead_code, reason = "commands that end are tested elsewhere")]
#[path = "../cli/process.rs"]
mod process;
#[allow(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "most of it is for gates, of which these tests have none"
)]
#[path = "../support/lib.rs"]
mod support;
#[path = "../support/webdriver.rs"]
mod webdriver;

mod flow;
mod gateway;
mod login;
mod logout;
mod looks;
mod pages;
mod registrations;
mod scene;
