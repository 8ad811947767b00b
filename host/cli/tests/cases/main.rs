//! The case table, natively and through the filter in this project's host; and the configs that users start from,
//! the examples and those that `claimgate init` prints, with tokens that are to pass them or not.
//!
//! Tests that ask a certified provider are ignored unless they are asked for, since it does not come with cargo:
//! `scripts/test.sh` installs it, names it in `CLAIMGATE_OIDC_PROVIDER` and runs them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "test code outside of test functions: a wrong case file ends the run with a message"
)]

#[path = "../support/lib.rs"]
mod support;

use support::traces;

mod certified;
mod closed;
mod closed_pushed;
mod examples;
mod flows;
mod hosted;
mod hostile;
mod init;
mod inspect;
mod istio;
mod kong;
mod native;
mod pages;
#[path = "../cli/process.rs"]
mod process;
mod provider;
mod pushed;
mod run_push;
mod secrets;
mod table;
