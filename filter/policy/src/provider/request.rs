//! A request to an identity provider, before it is known how the engine calls it.

use super::Url;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

/// A request to an identity provider. Its headers and its body may hold secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// Header fields, without pseudo headers; names in lower case.
    pub headers: Vec<(Box<str>, Box<[u8]>)>,
    /// The body; empty with [`Method::Get`].
    pub body: Box<[u8]>,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `GET`.
    Get,
    /// `POST`.
    Post,
}

impl Request {
    /// A `GET` that accepts `accept`.
    #[must_use]
    pub fn get(url: Url, accept: &str) -> Self {
        let headers = Vec::from([("accept".into(), accept.as_bytes().into())]);
        Self { method: Method::Get, url, headers, body: Box::default() }
    }

    /// A `POST` of a form (`application/x-www-form-urlencoded`) that accepts `accept`.
    #[must_use]
    pub fn post(url: Url, accept: &str, form: Vec<u8>) -> Self {
        let mut request = Self::get(url, accept);
        request.method = Method::Post;
        request.headers.push(("content-type".into(), FORM.as_bytes().into()));
        request.body = form.into_boxed_slice();
        request
    }

    /// With one more header field.
    #[must_use]
    pub fn with(mut self, name: &str, value: &[u8]) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

impl Method {
    /// As it stands in a request.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// Without headers and body.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method.name(), self.url.origin())
    }
}

const FORM: &str = "application/x-www-form-urlencoded";
