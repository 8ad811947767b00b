//! The scenes that the benches measure.

/// A policy, its tokens and its config document.
pub mod scene;

/// What a measured instance is lent.
pub mod embedder;

/// What a request costs in Envoy and in the gateway.
pub mod envoy;

/// The same policy with its callers in shared data.
pub mod pushed;

pub use scene::{NoEntropy, Scene};
