//! The issuer that a person asks about.

use claimgate_host::egress::Address;

/// An issuer, by its own name or by the address of its discovery document.
#[derive(Debug)]
pub(crate) struct Asked {
    /// Without the document's path.
    pub(crate) issuer: String,
    pub(crate) address: Address,
    /// Of the issuer, without a slash at its end.
    path: String,
    /// The document was named, and with it the issuer but for a slash at its end.
    by_document: bool,
}

impl Asked {
    /// `None` for what is no URL of http or https, or has a user, a query or a fragment.
    pub(crate) fn parse(url: &str) -> Option<Self> {
        let (address, rest) = Address::split(url)?;
        let plain = rest.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#\"<>\\^`{|}".contains(&byte));
        let named = rest.strip_suffix(DOCUMENT);
        let issuer = url.strip_suffix(DOCUMENT).unwrap_or(url).to_owned();
        let path = named.unwrap_or(rest).trim_end_matches('/').to_owned();
        plain.then_some(Self { issuer, address, path, by_document: named.is_some() })
    }

    /// Where the document is (OpenID Connect Discovery 1.0, 4.1).
    pub(crate) fn discovery_path(&self) -> String {
        format!("{}{DOCUMENT}", self.path)
    }

    /// Whether the issuer that a document names is the one that was asked for.
    pub(crate) fn is(&self, issuer: &str) -> bool {
        issuer == self.issuer || self.by_document && issuer.strip_suffix('/') == Some(&self.issuer)
    }
}

const DOCUMENT: &str = "/.well-known/openid-configuration";
