//! The scenes that the benches measure.

/// A policy, its tokens and its config document.
pub mod scene;

/// What a measured instance is lent.
pub mod embedder;

pub use scene::{NoEntropy, Scene};
