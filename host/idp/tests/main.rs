//! The provider as clients meet it: requests and the time in, answers out. One test goes over a socket.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::string_slice,
    clippy::panic,
    reason = "test code outside of test functions: what is not there ends the test with a message"
)]

mod authorize;
mod client_authentication;
mod control;
mod discovery;
mod exchange;
mod grants;
mod graph;
mod hostile;
mod introspection;
mod keys;
mod logout;
mod loopback;
mod management;
mod registration;
mod registrations_page;
mod shapes;
mod support;
mod tenants;
mod user_info;
