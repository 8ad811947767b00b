//! Where a token is looked for, and what becomes of it.

use crate::config::HeaderName;
use alloc::boxed::Box;

/// Where a token is looked for, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialRules {
    /// Where a token is looked for; at least one place.
    pub places: Places,
    /// The only header that may hold the token; `None`: `Authorization`, `Access-Token` and `X-Access-Token`.
    pub header_name: Option<HeaderName>,
    /// The cookie that may hold the token; there if `places` has cookies.
    pub cookie_name: Option<Box<str>>,
    /// Whether the credential that authenticated is kept from the upstream.
    pub hide_credentials: bool,
    /// Whether CORS preflights need a token too.
    pub run_on_preflight: bool,
    /// Id or username of the consumer that requests without a good token are taken for; `None`: they are refused.
    pub anonymous: Option<Box<str>>,
}

/// Where a token may stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "a set of four places")]
pub struct Places {
    /// In a header.
    pub header: bool,
    /// In the query, as `access_token`.
    pub query: bool,
    /// In a body of form or JSON, as `access_token`.
    pub body: bool,
    /// In a cookie.
    pub cookie: bool,
}

impl Places {
    /// Those that are there, as Kong's `bearer_token_param_type` names them.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let all =
            [("header", self.header), ("query", self.query), ("body", self.body), ("cookie", self.cookie)];
        all.into_iter().filter(|(_, there)| *there).map(|(name, _)| name)
    }
}
