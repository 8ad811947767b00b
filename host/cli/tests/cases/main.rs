//! The case table, natively and through the filter in this project's host.

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

mod hosted;
mod inspect;
mod native;
mod table;
