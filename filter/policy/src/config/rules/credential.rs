//! Where a token is looked for, and what becomes of it.

/// Where a token is looked for, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialRules {
    /// Whether the credential that authenticated is kept from the upstream.
    pub hide_credentials: bool,
}
