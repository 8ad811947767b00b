//! The thinking half of Claimgate, with no host, no clock, no randomness, no I/O and no log.
//!
//! Bytes and the time go in, a [`Step`] comes out. Modules stand in the order in which a request meets them;
//! each proof type has one constructor, so that [`Permit`] cannot be had without every check before it:
//!
//! ```text
//! RequestHead -> route -> headers -> credential -> Unverified -> Verified -> Current -> Authorized
//!             -> Caller -> Registered -> Admitted -> Permit -> Step
//! ```
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

/// What the engine around the filter can and cannot do.
pub mod capabilities;

/// The config document: raw, checked, valid.
pub mod config;

/// The snapshot that a request is decided against.
pub mod world;

/// The head of a request, borrowed.
pub mod request;

/// The life of one request: events in, steps out.
pub mod gate;

/// What the gate asks its edge to do.
pub mod step;

/// Which service and route a request belongs to.
pub mod route;

/// Headers that the gateway owns, and edits of headers.
pub mod headers;

/// Where the token stands in the request.
pub mod credential;

/// A token before anything about it is proven.
pub mod jwt;

/// Keys of an issuer.
pub mod keys;

/// The algorithms.
pub mod signature;

/// A token whose signature is proven.
pub mod verified;

/// Tokens whose signature was proven before.
pub mod cache;

/// A token that is from the right issuer and within its time.
pub mod current;

/// A token that has the audiences and scopes that the service requires.
pub mod authorization;

/// Who calls.
pub mod consumer;

/// Whether the caller's application is approved for the service.
pub mod registration;

/// Whether the caller's groups let it in.
pub mod acl;

/// The leave to forward a request.
pub mod permit;

/// Why a request was refused.
pub mod denial;

/// Consumers, applications and their registrations, and the record that carries them.
pub mod registry;

/// State that is pushed: callers and keys in the engine's shared data.
pub mod shared;

/// Gets what is pushed from a feed.
pub mod publisher;

/// What is asked of an identity provider, and what is known of one.
pub mod provider;

/// What a caller proved once, and comes back with.
pub mod session;

/// Logins that are under way, and what the provider sends people back with.
pub mod login;

/// Cookies that the gateway has browsers keep.
pub mod cookies;

/// What browsers keep for the gateway: text that nobody else can read or change.
pub mod sealed;

/// Issuers that have a name per tenant.
pub mod tenant;

/// Strict JSON: no duplicate members, bounded depth and size.
pub mod json;

/// Seconds since 1970.
pub mod time;

#[cfg(test)]
mod fixtures;

pub use denial::Denial;
pub use gate::Gate;
pub use permit::Permit;
pub use step::{Event, Step};
pub use verified::Verified;
pub use world::World;
