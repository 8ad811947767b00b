//! What an operator has sent along with every request to one endpoint: values of the config, and the client's own.

use super::{Draft, Form};
use crate::config::HeaderName;
use crate::credential::Sent;
use crate::headers::header_value;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

/// Arguments and headers beside those that the endpoint asks for. A client's own value goes before the config's.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Extras {
    /// Arguments with their values.
    pub arguments: Vec<(Box<str>, Box<str>)>,
    /// Arguments whose values are the client's: of its query, its body or its headers.
    pub client_arguments: Vec<Box<str>>,
    /// Headers of the client that are sent as arguments of their names.
    pub client_header_arguments: Vec<Box<str>>,
    /// Headers with their values.
    pub headers: Vec<(HeaderName, Box<str>)>,
    /// Headers whose values are the client's.
    pub client_headers: Vec<HeaderName>,
}

impl Extras {
    /// Adds what there is to a draft.
    pub fn add_to(&self, draft: &mut Draft, sent: Sent<'_>) {
        self.add_arguments(&mut draft.form, sent);
        draft.headers.extend(self.headers(sent));
    }

    /// Adds the arguments.
    pub fn add_arguments(&self, form: &mut Form, sent: Sent<'_>) {
        for (name, value) in &self.arguments {
            form.set(name, value.as_bytes());
        }
        for name in &self.client_arguments {
            if let Some(value) = sent.argument(name) {
                form.set(name, &value);
            }
        }
        for name in &self.client_header_arguments {
            if let Some(value) = sent.header(name) {
                form.set(name, value);
            }
        }
    }

    /// The headers. A client's own value is sent only as it may stand in a header.
    pub fn headers(&self, sent: Sent<'_>) -> Vec<(Box<str>, Box<[u8]>)> {
        let of_client = |name: &HeaderName| {
            let value = core::str::from_utf8(sent.header(name.as_str())?).ok()?;
            Some((name.as_str().into(), header_value(value)?))
        };
        let clients: Vec<(Box<str>, Box<[u8]>)> = self.client_headers.iter().filter_map(of_client).collect();
        let ours = self.headers.iter().map(|(name, value)| (name.as_str().into(), value.as_bytes().into()));
        let ours = ours.filter(|(name, _)| clients.iter().all(|(other, _)| other != name));
        let mut headers: Vec<(Box<str>, Box<[u8]>)> = ours.collect();
        headers.extend(clients);
        headers
    }
}

/// Names alone: values may be secrets.
impl fmt::Debug for Extras {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arguments = self.arguments.iter().map(|(name, _)| &**name);
        let headers = self.headers.iter().map(|(name, _)| name.as_str());
        let clients = self.client_arguments.iter().chain(&self.client_header_arguments).map(|name| &**name);
        let names = arguments.chain(clients).chain(headers);
        f.debug_list().entries(names.chain(self.client_headers.iter().map(HeaderName::as_str))).finish()
    }
}

#[cfg(test)]
mod tests;
