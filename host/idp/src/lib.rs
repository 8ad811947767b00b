//! A development identity provider: OpenID Connect and OAuth 2.0 in the shapes of Microsoft Entra ID, Okta,
//! PingOne and Auth0, for walk-throughs and tests without a cloud. **Never for production**: its secrets lie in a file, its
//! control endpoints ask nobody who they are, and its keys are gone when it ends.
//!
//! The core is [`answer`]: state, a request, the time and randomness in; an answer out. The edge is [`serve`].
//!
//! ```no_run
//! use claimgate_idp::{Config, serve};
//! use std::net::TcpListener;
//!
//! let provider = serve(Config::built_in()?, TcpListener::bind("127.0.0.1:0")?)?;
//! println!("{}/shop/.well-known/openid-configuration", provider.base_url());
//! provider.stop();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

/// One request, one answer.
mod answer;

/// The authorization endpoint.
mod authorize;

/// Endpoints that take an access token, or ask about one.
mod bearer;

/// What tokens say.
mod claims;

/// Client authentication.
mod client;

/// What is served.
pub mod config;

/// Commands for tests and for people.
mod control;

/// Elements of DER, one after the other.
pub mod der;

/// Discovery documents.
mod discovery;

/// What can be asked of a realm.
mod endpoint;

/// Random texts.
mod entropy;

/// Endpoints that fail because a test wants them to.
mod fault;

/// Parameters of a request.
mod form;

/// Microsoft Graph, as far as app registrations need it.
mod graph;

/// What a person answers on a page.
mod interact;

/// What was granted and handed out.
mod issued;

/// The keys of a realm.
mod keys;

/// Logout.
mod logout;

/// Auth0's Management API.
mod management;

/// Keys and tokens for development and tests.
pub mod mint;

/// Pages for people.
mod page;

/// Why a request is refused.
mod problem;

/// A realm at work.
mod realm;

/// Clients that came later than the config.
mod registered;

/// Registration of clients.
mod registration;

/// Answers of the usual kinds.
mod reply;

/// What a client asks for.
mod scope;

/// Texts that prove something to who knows them.
mod secret;

/// The edge.
mod server;

/// Logins that browsers remember.
mod session;

/// Whose paths, tokens and errors a realm has.
mod shape;

/// Everything that the provider knows.
mod state;

/// What is handed out and must be found again.
mod store;

/// Entra's paths for every tenant.
mod tenants;

/// The token endpoint.
mod token;

pub use answer::{Answer, answer};
pub use config::Config;
pub use secret::Secret;
pub use server::{Handle, ServeError, serve};
pub use shape::Shape;
pub use state::State;
