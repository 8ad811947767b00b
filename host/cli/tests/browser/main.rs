//! The development identity provider's pages in a real browser.
//!
//! These tests are ignored unless they are asked for, since Chromium does not come with cargo: `scripts/test.sh` installs
//! it, names its driver in `CLAIMGATE_CHROMEDRIVER` and runs them. Asked for without that variable, they fail.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "test code outside of test functions: what is not there ends the test with a message"
)]

#[path = "../support/browser.rs"]
mod browser;
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

mod login;
mod logout;
mod looks;
mod pages;
mod registrations;
mod scene;
