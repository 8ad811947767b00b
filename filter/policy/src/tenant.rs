//! Issuers that have a name per tenant.
//!
//! Entra's endpoints for many tenants publish one template and one key set; each token names its tenant in `tid`, and
//! its `iss` is the template with that tenant in place. Whoever can make a tenant gets tokens with good signatures, so
//! an issuer alone says little: the tenant decides.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

/// An issuer's URL with one place for a tenant, such as `https://login.microsoftonline.com/{tenantid}/v2.0`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerTemplate {
    before: Box<str>,
    after: Box<str>,
}

/// Tenants by their GUIDs. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tenants(Arc<[Box<str>]>);

/// The version of Entra's access tokens: the API chooses it, not the endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntraVersion {
    /// `iss` on `sts.windows.net`.
    V1,
    /// `iss` on `login.microsoftonline.com`.
    V2,
}

impl IssuerTemplate {
    /// `None` unless `{tenantid}` stands in `url` once, as a whole part of the path, and no other brace does.
    #[must_use]
    pub fn parse(url: &str) -> Option<Self> {
        let (before, after) = url.split_once(PLACE)?;
        let whole = before.ends_with('/') && (after.is_empty() || after.starts_with('/'));
        let plain = !before.contains(BRACES) && !after.contains(BRACES);
        (whole && plain).then(|| Self { before: before.into(), after: after.into() })
    }

    /// Whether `url` has a place for something, of whatever name: such a text is no tenant's issuer.
    #[must_use]
    pub fn looks_like_one(url: &str) -> bool {
        url.contains(BRACES)
    }

    /// The GUID that stands in the tenant's place, where `iss` is this template with one.
    #[must_use]
    pub fn tenant_of<'i>(&self, iss: &'i str) -> Option<&'i str> {
        let tenant = iss.strip_prefix(&*self.before)?.strip_suffix(&*self.after)?;
        is_guid(tenant).then_some(tenant)
    }

    /// The issuer of one tenant.
    #[must_use]
    pub fn with(&self, tenant: &str) -> String {
        format!("{}{tenant}{}", self.before, self.after)
    }

    /// Which of Entra's two forms this is, if one.
    #[must_use]
    pub fn entra(&self) -> Option<EntraVersion> {
        [EntraVersion::V1, EntraVersion::V2].into_iter().find(|version| version.is(&self.before, &self.after))
    }
}

impl Tenants {
    /// GUIDs in any case and order; Entra writes them in lower case.
    #[must_use]
    pub fn new(guids: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let lower = |guid: &str| guid.to_ascii_lowercase().into_boxed_str();
        let mut guids: Vec<Box<str>> = guids.into_iter().map(|guid| lower(guid.as_ref())).collect();
        guids.sort_unstable();
        guids.dedup();
        Self(guids.into())
    }

    /// Whether this very tenant is one of them.
    #[must_use]
    pub fn contains(&self, tenant: &str) -> bool {
        self.0.binary_search_by(|one| (**one).cmp(tenant)).is_ok()
    }

    /// In order, each once, in lower case.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(|tenant| &**tenant)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The one tenant, if there is but one.
    #[must_use]
    pub fn only(&self) -> Option<&str> {
        match &*self.0 {
            [tenant] => Some(tenant),
            _ => None,
        }
    }
}

impl EntraVersion {
    /// As the claim `ver` has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::V1 => "1.0",
            Self::V2 => "2.0",
        }
    }

    fn is(self, before: &str, after: &str) -> bool {
        (before, after) == self.parts()
    }

    /// What stands before and after the tenant in `iss`.
    const fn parts(self) -> (&'static str, &'static str) {
        match self {
            Self::V1 => ("https://sts.windows.net/", "/"),
            Self::V2 => ("https://login.microsoftonline.com/", "/v2.0"),
        }
    }
}

/// Version and tenant, where `iss` is one of the two names that a tenant has in Entra.
#[must_use]
pub fn entra(iss: &str) -> Option<(EntraVersion, &str)> {
    [EntraVersion::V1, EntraVersion::V2].into_iter().find_map(|version| {
        let (before, after) = version.parts();
        let tenant = iss.strip_prefix(before)?.strip_suffix(after)?;
        is_guid(tenant).then_some((version, tenant))
    })
}

/// Five groups of 8, 4, 4, 4 and 12 hexadecimal digits (RFC 9562 4).
#[must_use]
pub fn is_guid(text: &str) -> bool {
    let hexadecimal = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && text.split('-').all(hexadecimal)
}

/// As it is written in the config.
impl fmt::Display for IssuerTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{PLACE}{}", self.before, self.after)
    }
}

const PLACE: &str = "{tenantid}";

const BRACES: [char; 2] = ['{', '}'];

#[cfg(test)]
mod tests;
