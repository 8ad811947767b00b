//! Parameters of a request.

use crate::problem::Problem;
use bytes::Bytes;
use http::{Request, header};
use std::collections::BTreeMap;

/// Parameters by name, each once (RFC 6749 3.2). Holds secrets: no `Debug`.
#[derive(Default)]
pub(crate) struct Form(BTreeMap<String, String>);

impl Form {
    /// The form in the body (RFC 6749 4.1.3 and others).
    pub(crate) fn of_body(request: &Request<Bytes>) -> Result<Self, Problem> {
        let content_type =
            request.headers().get(header::CONTENT_TYPE).map_or(&b""[..], |value| value.as_bytes());
        let media_type = content_type.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
        if !media_type.eq_ignore_ascii_case(b"application/x-www-form-urlencoded") {
            return Err(Problem::NotAForm);
        }
        Self::parse(request.body())
    }

    /// The query.
    pub(crate) fn of_query(request: &Request<Bytes>) -> Result<Self, Problem> {
        Self::parse(request.uri().query().unwrap_or_default().as_bytes())
    }

    /// A parameter without a value is treated as absent (RFC 6749 3.2).
    fn parse(encoded: &[u8]) -> Result<Self, Problem> {
        let mut parameters = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(encoded).filter(|(_, value)| !value.is_empty()) {
            if parameters.contains_key(&*name) {
                return Err(Problem::Repeated { parameter: shown(&name) });
            }
            parameters.insert(name.into_owned(), value.into_owned());
        }
        Ok(Self(parameters))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(crate) fn required(&self, name: &'static str) -> Result<&str, Problem> {
        self.get(name).ok_or(Problem::Missing { parameter: name })
    }

    /// Words of a list with spaces between them, such as `scope`.
    pub(crate) fn words(&self, name: &str) -> Vec<&str> {
        self.get(name).unwrap_or_default().split(' ').filter(|word| !word.is_empty()).collect()
    }
}

/// What a request says, cut short and without what a terminal or a page could take for its own.
pub(crate) fn shown(text: &str) -> String {
    let plain =
        |letter: char| if letter.is_ascii_graphic() && !matches!(letter, '"' | '\\') { letter } else { '?' };
    text.chars().take(SHOWN).map(plain).collect()
}

const SHOWN: usize = 100;
