//! A token whose signature is proven: the only type that claims can be read from.

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::sync::Arc;
use core::fmt;

use crate::config::OpenIdConnect;
use crate::denial::{Denial, shown, shown_claim};
use crate::json::Value;
use crate::jwt::{Header, Unverified};
use crate::keys::{Fingerprint, Key, KeyIssuer, KeySet};
use crate::signature::{self, Algorithm, HmacKey, NativeSignatures};

mod graph;

/// Claims, and the evidence that they are an issuer's. Cheap to clone.
///
/// Says nothing about issuer, time, audience or caller: those are checked on every request, also for a token
/// that comes out of the cache.
#[derive(Clone)]
pub struct Verified(Arc<Proof>);

struct Proof {
    source: SourceId,
    evidence: Evidence,
    claims: Arc<Value>,
}

/// What a token's claims are believed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// A signature over the token's own bytes.
    Signature {
        /// The algorithm, the same in header and key.
        algorithm: Algorithm,
        /// `kid` of the header, if it has one.
        kid: Option<Box<str>>,
        /// The key that the signature fits.
        fingerprint: Fingerprint,
        /// For whom alone that key may sign, if its entry says so. The token is from there.
        key_issuer: Option<KeyIssuer>,
    },
    /// A signature with the secret that is shared with the source.
    SharedSecret {
        /// One of HMAC's.
        algorithm: Algorithm,
    },
    /// The word of the source's introspection endpoint, for this token and this moment.
    Introspection,
    /// The word of the source's userinfo endpoint, which took the token.
    UserInfo,
}

impl Evidence {
    /// Whether the source said so itself, just now: then a claim that is not there was not asked for.
    #[must_use]
    pub const fn is_the_source_s_word(&self) -> bool {
        match self {
            Self::Introspection | Self::UserInfo => true,
            Self::Signature { .. } | Self::SharedSecret { .. } => false,
        }
    }
}

/// The name of a source of keys: an issuer's entry in the config.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(Arc<str>);

/// Checks a token's signature as the rules of its service have it: HMAC with the secret that they share with their
/// source, if they do; everything else with `keys`, the source's public ones. Then reads its claims.
///
/// # Errors
/// Those of [`verify`].
pub fn verify_under(
    token: &Unverified<'_>,
    rules: &OpenIdConnect,
    keys: &KeySet,
    native: Option<&dyn NativeSignatures>,
) -> Result<Verified, Denial> {
    match (&token.header().algorithm, &rules.hmac_key) {
        (Ok(algorithm), Some(key)) if algorithm.is_symmetric() => verify_hmac(token, *algorithm, key),
        _ => verify(token, &rules.source.id, keys, native),
    }
}

/// Checks a token's signature with the public keys of one source, then reads its claims. HMAC is refused here: a key
/// that is public proves nothing by it.
///
/// # Errors
/// An algorithm that is not allowed, no key for the token, a key for another algorithm, a signature that does
/// not fit, a payload that is not a JSON object, or a key that signs for another issuer only. A token for Microsoft
/// Graph, which never gets further than the signature, is refused with that as the reason.
pub fn verify(
    token: &Unverified<'_>,
    source: &SourceId,
    keys: &KeySet,
    native: Option<&dyn NativeSignatures>,
) -> Result<Verified, Denial> {
    let header = token.header();
    let algorithm = allowed(header)?;
    let signer = signer(token, algorithm, keys, native).map_err(|denial| graph::explain(token, denial))?;
    let claims = token.payload()?;
    let key = bound(signer, token, algorithm, keys, &claims)?;
    let evidence = Evidence::Signature {
        algorithm,
        kid: header.kid.clone(),
        fingerprint: key.fingerprint(),
        key_issuer: key.issuer().cloned(),
    };
    Ok(Verified(Arc::new(Proof { source: source.clone(), evidence, claims: Arc::new(claims) })))
}

fn verify_hmac(token: &Unverified<'_>, algorithm: Algorithm, key: &HmacKey) -> Result<Verified, Denial> {
    if !key.algorithms().contains(algorithm) {
        return Err(Denial::AlgorithmMismatch {
            expected: key.algorithms().to_string().into_boxed_str(),
            found: algorithm.name().into(),
        });
    }
    if !key.verify(algorithm, token.signing_input(), token.signature()) {
        return Err(Denial::SignatureInvalid);
    }
    let (source, evidence) = (key.source().clone(), Evidence::SharedSecret { algorithm });
    Ok(Verified(Arc::new(Proof { source, evidence, claims: Arc::new(token.payload()?) })))
}

/// What a source's introspection endpoint said of a token that is good: an object.
pub(crate) fn by_introspection(source: &SourceId, claims: Arc<Value>) -> Verified {
    Verified(Arc::new(Proof { source: source.clone(), evidence: Evidence::Introspection, claims }))
}

/// What a source's userinfo endpoint said of the user whose token it took: an object.
pub(crate) fn by_user_info(source: &SourceId, claims: Arc<Value>) -> Verified {
    Verified(Arc::new(Proof { source: source.clone(), evidence: Evidence::UserInfo, claims }))
}

impl Verified {
    /// The claims: always an object.
    #[must_use]
    pub fn claims(&self) -> &Value {
        &self.0.claims
    }

    /// The same with claims beside its own that the source says of the same subject; its own go first.
    #[must_use]
    pub(crate) fn beside(&self, more: &Value) -> Self {
        let claims = Arc::new(self.claims().beside(more));
        Self(Arc::new(Proof { source: self.0.source.clone(), evidence: self.0.evidence.clone(), claims }))
    }

    /// Why the claims are believed.
    #[must_use]
    pub fn evidence(&self) -> &Evidence {
        &self.0.evidence
    }

    /// Whose keys proved the token.
    #[must_use]
    pub fn source(&self) -> &SourceId {
        &self.0.source
    }
}

fn allowed(header: &Header) -> Result<Algorithm, Denial> {
    match &header.algorithm {
        Ok(algorithm) if !algorithm.is_symmetric() => Ok(*algorithm),
        Ok(algorithm) => Err(Denial::AlgorithmNotAllowed { found: algorithm.name().into() }),
        Err(found) => Err(Denial::AlgorithmNotAllowed { found: shown(found) }),
    }
}

/// The key whose signature the token bears.
fn signer<'a>(
    token: &Unverified<'_>,
    algorithm: Algorithm,
    keys: &'a KeySet,
    native: Option<&dyn NativeSignatures>,
) -> Result<&'a Key, Denial> {
    let kid = token.header().kid.as_deref();
    let mut candidates = keys.candidates(kid, algorithm).peekable();
    if candidates.peek().is_none() {
        return Err(no_candidate(kid, algorithm, keys));
    }
    candidates
        .find(|key| signature::verify(key, algorithm, token.signing_input(), token.signature(), native))
        .ok_or(Denial::SignatureInvalid)
}

/// The signer's entry under which it may sign for the token's issuer: a set may hold one key for several issuers.
fn bound<'a>(
    signer: &Key,
    token: &Unverified<'_>,
    algorithm: Algorithm,
    keys: &'a KeySet,
    claims: &Value,
) -> Result<&'a Key, Denial> {
    keys.candidates(token.header().kid.as_deref(), algorithm)
        .filter(|key| key.fingerprint() == signer.fingerprint())
        .find(|key| key.issuer().is_none_or(|issuer| issuer.admits(claims)))
        .ok_or_else(|| Denial::KeyIssuerMismatch {
            expected: signer.issuer().map(ToString::to_string).unwrap_or_default().into(),
            found: shown_claim(claims.get("iss")),
        })
}

/// Tells a key that is missing from a key that is there, but for another algorithm.
fn no_candidate(kid: Option<&str>, algorithm: Algorithm, keys: &KeySet) -> Denial {
    let named = kid.and_then(|kid| keys.iter().find(|key| key.kid() == Some(kid)));
    match named {
        Some(key) => Denial::AlgorithmMismatch {
            expected: key.algorithms().to_string().into_boxed_str(),
            found: algorithm.name().into(),
        },
        None => Denial::KeyUnknown { kid: kid.map(shown) },
    }
}

impl SourceId {
    /// A source of this name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Source and evidence only: claims tell about people.
impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Proof { source, evidence, .. } = &*self.0;
        f.debug_struct("Verified").field("source", source).field("evidence", evidence).finish_non_exhaustive()
    }
}

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for SourceId {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

#[cfg(test)]
mod tests;
