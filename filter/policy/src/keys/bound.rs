//! For which issuer a key may sign, where its entry says so.
//!
//! Entra publishes the keys of all tenants in one set; the member `issuer` of an entry, which no RFC knows, says whose
//! the key is: a template for those that sign for every tenant, one tenant's issuer for its own.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;

use crate::json::Value;
use crate::tenant::{IssuerTemplate, entra};

/// The `issuer` of a key's entry. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyIssuer(Arc<Bound>);

#[derive(Debug, PartialEq, Eq)]
enum Bound {
    /// One issuer.
    Exactly(Box<str>),
    /// Every tenant's, for itself.
    EachTenant(IssuerTemplate),
}

impl KeyIssuer {
    pub(super) fn new(issuer: &str) -> Self {
        let exactly = || Bound::Exactly(issuer.into());
        Self(Arc::new(IssuerTemplate::parse(issuer).map_or_else(exactly, Bound::EachTenant)))
    }

    /// Whether the key may sign a token with these claims: `iss` is the key's, with `tid` in its place if that is a
    /// template. A tenant of Entra is one issuer under two names, and its key sets name the later one only.
    #[must_use]
    pub fn admits(&self, claims: &Value) -> bool {
        let Some(iss) = claims.get("iss").and_then(Value::as_str) else { return false };
        match &*self.0 {
            Bound::Exactly(issuer) => **issuer == *iss || same_tenant(iss, entra(issuer).map(second)),
            Bound::EachTenant(template) => {
                let tid = claims.get("tid").and_then(Value::as_str);
                let own = tid.is_some() && template.tenant_of(iss) == tid;
                own || (template.entra().is_some() && same_tenant(iss, tid))
            }
        }
    }
}

/// Whether `iss` is one of the two names of this tenant in Entra.
fn same_tenant(iss: &str, tenant: Option<&str>) -> bool {
    tenant.is_some() && entra(iss).map(second) == tenant
}

fn second<A, B>((_, second): (A, B)) -> B {
    second
}

/// As it stands in the key's entry.
impl fmt::Display for KeyIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Bound::Exactly(issuer) => f.write_str(issuer),
            Bound::EachTenant(template) => fmt::Display::fmt(template, f),
        }
    }
}

#[cfg(test)]
mod tests;
