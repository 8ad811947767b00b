//! Which issuers are meant.

use crate::tenant::{IssuerTemplate, Tenants};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

/// The values that `iss` may have. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedIssuers(Box<[AcceptedIssuer]>);

/// One value that `iss` may have, or one for each of several tenants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AcceptedIssuer {
    /// This text, byte for byte.
    Exactly(Box<str>),
    /// The template with one of the tenants in its place, which `tid` must repeat.
    OfTenants {
        /// The template.
        template: IssuerTemplate,
        /// The tenants; never empty.
        tenants: Tenants,
    },
}

impl AcceptedIssuer {
    /// Whether some token's `iss` could be both this and `other`.
    pub(in crate::config) fn overlaps(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Exactly(one), _) => other.has(one),
            (_, Self::Exactly(one)) => self.has(one),
            (Self::OfTenants { template, tenants }, _) => {
                tenants.iter().any(|tenant| other.has(&template.with(tenant)))
            }
        }
    }

    /// Whether a token's `iss` may be this, whatever else the token says.
    fn has(&self, iss: &str) -> bool {
        match self {
            Self::Exactly(issuer) => **issuer == *iss,
            Self::OfTenants { template, tenants } => {
                template.tenant_of(iss).is_some_and(|tenant| tenants.contains(tenant))
            }
        }
    }
}

impl AcceptedIssuers {
    /// `None` if `issuers` is empty.
    #[must_use]
    pub fn new(issuers: Vec<AcceptedIssuer>) -> Option<Self> {
        (!issuers.is_empty()).then(|| Self(issuers.into()))
    }

    /// Whether a token's `iss` may be this, whatever else the token says.
    #[must_use]
    pub fn has(&self, iss: &str) -> bool {
        self.iter().any(|issuer| issuer.has(iss))
    }

    /// Whether some token's `iss` could be both one of these and one of `other`.
    pub(in crate::config) fn overlap(&self, other: &Self) -> bool {
        self.iter().any(|one| other.iter().any(|another| one.overlaps(another)))
    }

    /// In the order of the config.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &AcceptedIssuer> {
        self.0.iter()
    }
}

/// As they are written in the config, joined by ` or `.
impl fmt::Display for AcceptedIssuers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, issuer) in self.0.iter().enumerate() {
            let or = if position == 0 { "" } else { " or " };
            write!(f, "{or}{issuer}")?;
        }
        Ok(())
    }
}

/// The issuer of a lone tenant, or the template of several.
impl fmt::Display for AcceptedIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(issuer) => f.write_str(issuer),
            Self::OfTenants { template, tenants } => match tenants.only() {
                Some(tenant) => f.write_str(&template.with(tenant)),
                None => fmt::Display::fmt(template, f),
            },
        }
    }
}
