//! What a login is known by, and proves itself with: three texts that are made from one seed.

use super::Login;
use crate::sealed::Place;
use crate::signature::{Hash, mac};
use crate::verified::SourceId;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use core::fmt;
use sha2::{Digest as _, Sha256};

/// Whose rules sent a person to log in, and to which provider.
#[derive(Debug, Clone, Copy)]
pub struct Sender<'a> {
    /// That provider: nobody else gets the code.
    pub source: &'a SourceId,
    /// The service.
    pub service: &'a str,
    /// And the route.
    pub route: Option<&'a str>,
}

/// Texts that nobody can guess. Each is a MAC of its own name under the seed (as HKDF expands, RFC 5869 2.3), so that who
/// knows state and nonce, which addresses and ID tokens show, knows nothing of the verifier. Of 43 characters of base64url,
/// with 256 bits in them, as RFC 7636 4.1 has it.
pub struct Secrets {
    /// `state` (RFC 6749 4.1.1): names the login in the redirect back.
    pub state: Box<str>,
    /// `nonce` (OIDC Core 3.1.2.1): the ID token must have it.
    pub nonce: Box<str>,
    /// PKCE's `code_verifier` (RFC 7636 4.1).
    pub verifier: Box<str>,
}

impl Login {
    /// Those of this login, if the sender is who sent the person: of any other the state is another one.
    #[must_use]
    pub fn secrets(&self, sender: Sender<'_>) -> Secrets {
        let Sender { source, service, route } = sender;
        let made = |name: &str| {
            let parts = [name, source.as_str(), service].into_iter().chain(route).map(str::as_bytes);
            let parts: Vec<&[u8]> = parts.collect();
            URL_SAFE_NO_PAD.encode(mac(Hash::Sha256, &self.seed, &Place(&parts).bytes())).into()
        };
        Secrets { state: made("state"), nonce: made("nonce"), verifier: made("code_verifier") }
    }
}

impl Secrets {
    /// PKCE's `code_challenge`, by S256 (RFC 7636 4.2).
    #[must_use]
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.as_bytes()))
    }
}

/// Nothing of them.
impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
