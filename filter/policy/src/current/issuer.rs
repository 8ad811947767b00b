//! From whom a token is: `iss`, and with it `tid` where an issuer has a name per tenant.

use crate::config::{AcceptedIssuer, AcceptedIssuers};
use crate::denial::{Denial, shown, shown_claim};
use crate::json::Value;
use crate::tenant::{EntraVersion, entra};
use alloc::string::ToString;

/// Byte for byte (OpenID Connect Core 3.1.3.7, 2): a missing slash is another issuer.
pub(super) fn check(claims: &Value, issuers: &AcceptedIssuers) -> Result<(), Denial> {
    let iss = claims.get("iss").and_then(Value::as_str);
    match iss {
        Some(iss) if issuers.iter().any(|issuer| accepts(issuer, iss, claims)) => Ok(()),
        _ => Err(refusal(iss, claims, issuers)),
    }
}

fn accepts(issuer: &AcceptedIssuer, iss: &str, claims: &Value) -> bool {
    match issuer {
        AcceptedIssuer::Exactly(text) => **text == *iss,
        AcceptedIssuer::OfTenants { template, tenants } => template
            .tenant_of(iss)
            .is_some_and(|tenant| tid(claims) == Some(tenant) && tenants.contains(tenant)),
    }
}

/// The most telling reason for an issuer that is not accepted.
fn refusal(iss: Option<&str>, claims: &Value, issuers: &AcceptedIssuers) -> Denial {
    if let Some(tenant) = iss.and_then(|iss| issuers.iter().find_map(|issuer| tenant_in(issuer, iss))) {
        return match tid(claims) {
            Some(tid) if tid == tenant => Denial::TenantNotAllowed { found: shown(tenant) },
            _ => Denial::TenantMismatch { expected: shown(tenant), found: shown_claim(claims.get("tid")) },
        };
    }
    let found = shown_claim(claims.get("iss"));
    match iss.and_then(|iss| accepted_version(iss, issuers)) {
        Some(expected) => Denial::TokenVersionMismatch { expected, found },
        None => Denial::IssuerMismatch { expected: issuers.to_string().into(), found },
    }
}

fn tid(claims: &Value) -> Option<&str> {
    claims.get("tid").and_then(Value::as_str)
}

fn tenant_in<'i>(issuer: &AcceptedIssuer, iss: &'i str) -> Option<&'i str> {
    match issuer {
        AcceptedIssuer::Exactly(_) => None,
        AcceptedIssuer::OfTenants { template, .. } => template.tenant_of(iss),
    }
}

/// The version of token whose `iss` is accepted, where this one is the other version's of the same tenant.
fn accepted_version(iss: &str, issuers: &AcceptedIssuers) -> Option<EntraVersion> {
    let (_, tenant) = entra(iss)?;
    issuers.iter().find_map(|issuer| match issuer {
        AcceptedIssuer::Exactly(text) => {
            entra(text).filter(|(_, other)| *other == tenant).map(|(version, _)| version)
        }
        AcceptedIssuer::OfTenants { template, tenants } => {
            template.entra().filter(|_| tenants.contains(tenant))
        }
    })
}
