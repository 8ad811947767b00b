//! What the gateway asks of an identity provider, and what it knows of one.
//!
//! No I/O: a request is a value that the edge sends, and an answer is bytes that are read here.

mod request;
mod url;

pub use request::{Method, Request};
pub use url::{Url, UrlError};
