//! What the development identity provider is made of: so far, the keys and tokens that it signs. Never for production.

/// Keys and tokens for development and tests.
pub mod mint;
