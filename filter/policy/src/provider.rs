//! What the gateway asks of an identity provider, and what it knows of one.
//!
//! No I/O: a request is a value that the edge sends, and an answer is bytes that are read here.

mod fetch;
mod http_date;
mod known;
mod metadata;
mod note;
mod request;
mod targets;
mod url;

pub use fetch::{Fault, Fetch, Fetched, Progress, What};
pub use known::{Leave, Provider, Providers, Why};
pub use metadata::{Metadata, MetadataError, without_slash};
pub use note::Note;
pub use request::{Method, Request};
pub use targets::{Target, Targets};
pub use url::{Url, UrlError};
