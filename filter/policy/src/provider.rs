//! What the gateway asks of an identity provider, and what it knows of one.
//!
//! No I/O: a request is a value that the edge sends, and an answer is bytes that are read here.

mod agreement;
mod answers;
mod ask;
mod client;
mod client_auth;
mod draft;
mod extras;
mod failure;
mod fetch;
mod form;
mod http_date;
mod introspection;
mod known;
mod metadata;
mod note;
mod out;
mod request;
mod revocation;
mod targets;
mod token;
mod url;
pub mod userinfo;

pub use agreement::{Disagreement, about_people, disagreement};
pub use answers::{Answer, AnswerCache, AnswerKey, CacheRules, Question};
pub use ask::{Ask, Expects, Terms};
pub use client::{Client, Secret};
pub use client_auth::{ClientAuth, ClientAuthError, Signing};
pub use draft::Draft;
pub use extras::Extras;
pub use failure::{Blame, Failure, LONGEST_ANSWER, LONGEST_RETRY, MalformedAnswer, RetryAfter, Unavailable};
pub use fetch::{Fetch, Fetched, Progress, Trouble, What};
pub use form::{Form, escaped};
pub use introspection::{Introspection, IntrospectionRequest};
pub use known::{Leave, Provider, Providers, Why};
pub use metadata::{Metadata, MetadataError, without_slash};
pub use note::Note;
pub use out::{Out, Turn, Twice};
pub use request::{Method, Request};
pub use revocation::RevocationRequest;
pub use targets::{Target, Targets};
pub use token::{Grant, TokenAnswer, TokenRequest};
pub use url::{Url, UrlError};
