//! Each host function as a guest sees it: what it answers, and what a bad argument comes to.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail"
)]

#[path = "../support/embedder.rs"]
mod embedder;

mod buffers;
mod done;
mod foreign;
mod grpc;
mod http_call;
mod local_response;
mod log;
mod maps;
mod metrics;
mod nginx;
mod probe;
mod properties;
mod shared_data;
mod shared_queue;
mod stream;
mod table;
mod time;
mod wasi;
