//! The binary as a user meets it: arguments in; exit code, stdout, stderr and files out.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code outside of test functions: what is not there ends the test with a message"
)]

#[path = "../support/authority.rs"]
mod authority;
#[path = "../support/port.rs"]
mod port;
#[path = "../support/traces.rs"]
mod traces;

mod abi;
mod arguments;
mod check;
mod directory;
mod doctor;
mod echo;
mod http;
mod idp;
mod init;
mod inspect;
mod keys;
mod mint;
mod process;
mod run;
mod schema;
mod secrets;
