//! A request, as it is explained.

use claimgate_policy::request::RequestHead;

/// A request with its body.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    /// `GET`, `POST`, ...
    pub method: String,
    /// Path and query.
    pub target: Vec<u8>,
    /// Host, with port.
    pub authority: String,
    /// Header fields in order.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// The body; empty: none.
    pub body: Vec<u8>,
}

impl Sent {
    /// A GET with nothing but this credential: a bare token as a client sends it, or the whole value of an
    /// `Authorization` header.
    #[must_use]
    pub fn with_credential(credential: &str) -> Self {
        let mut sent = Self { method: "GET".to_owned(), target: b"/".to_vec(), ..Self::default() };
        sent.add_credential(credential);
        sent
    }

    /// Adds an `Authorization` header: a bare token gets its scheme.
    pub fn add_credential(&mut self, credential: &str) {
        let credential = credential.trim();
        let bare = !credential.contains(char::is_whitespace);
        let value = if bare { format!("Bearer {credential}") } else { credential.to_owned() };
        self.headers.push((b"authorization".to_vec(), value.into_bytes()));
    }

    /// Lends the head.
    pub(super) fn with<T>(&self, then: impl FnOnce(&RequestHead<'_>) -> T) -> T {
        let headers: Vec<(&[u8], &[u8])> =
            self.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
        then(&RequestHead {
            method: self.method.as_bytes(),
            target: &self.target,
            authority: self.authority.as_bytes(),
            headers: &headers,
            has_body: !self.body.is_empty(),
            https: false,
        })
    }

    pub(super) fn body(&self) -> Option<&[u8]> {
        (!self.body.is_empty()).then_some(&*self.body)
    }

    /// What stands behind the scheme of `Authorization`: the best guess at a token where the gate found none.
    pub(super) fn credential(&self) -> Vec<u8> {
        let line = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(b"authorization"));
        let value = line.map(|(_, value)| value.trim_ascii()).unwrap_or_default();
        value.rsplit(u8::is_ascii_whitespace).next().unwrap_or_default().to_vec()
    }
}
