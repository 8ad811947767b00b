//! Who sees the proofs as the gate makes them.

use crate::config::OpenIdConnect;
use crate::consumer::Caller;
use crate::credential::Credential;
use crate::verified::Verified;
use alloc::sync::Arc;

/// Sees each proof of one decision; what it does not care for it need not see. It cannot change the decision.
pub trait Witness {
    /// The token or API key was found.
    fn credential(&mut self, _credential: &Credential<'_>) {}

    /// The rules that judge it were chosen.
    fn strategy(&mut self, _rules: &Arc<OpenIdConnect>) {}

    /// Its signature is valid.
    fn verified(&mut self, _verified: &Verified) {}

    /// Its caller is known, as far as the service asks.
    fn caller(&mut self, _caller: &Caller<'_>) {}
}

/// Nobody.
impl Witness for () {}
