//! The keys of a realm: what signs, and what the JWKS shows.

use crate::mint::{MintError, Signer, SigningAlgorithm, base64url};
use crate::secret::sha256;
use crate::shape::Shape;
use claimgate_policy::keys::KeySet;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// The present keys, one for each algorithm, and those before them that are still shown.
#[derive(Debug)]
pub(crate) struct Keys {
    shape: Shape,
    present: Vec<Signer>,
    past: Vec<Signer>,
    /// What the JWKS endpoint is made to show.
    pub(crate) shown: Shown,
}

/// What a JWKS endpoint shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Shown {
    /// The keys.
    Normal,
    /// A key set without keys.
    Empty,
    /// No key set at all.
    Garbage,
}

impl Keys {
    /// Keys as given, or new ones for these algorithms.
    pub(crate) fn new(
        shape: Shape,
        given: &[crate::config::PrivateJwk],
        algorithms: &[SigningAlgorithm],
    ) -> Result<Self, MintError> {
        let present: Result<Vec<Signer>, MintError> = if given.is_empty() {
            algorithms.iter().map(|algorithm| generate(shape, *algorithm)).collect()
        } else {
            given.iter().map(|jwk| read(shape, &jwk.0)).collect()
        };
        Ok(Self { shape, present: present?, past: Vec::new(), shown: Shown::Normal })
    }

    /// Makes new keys, which sign from now on. The old ones stay in the JWKS if they overlap.
    pub(crate) fn rotate(&mut self, overlap: bool) -> Result<(), MintError> {
        let new: Result<Vec<Signer>, MintError> =
            self.present.iter().map(|signer| generate(self.shape, signer.algorithm())).collect();
        let old = std::mem::replace(&mut self.present, new?);
        if overlap {
            self.past.splice(0..0, old);
            self.past.truncate(PAST);
        } else {
            self.past.clear();
        }
        Ok(())
    }

    /// The key that signs.
    pub(crate) fn signer(&self) -> Option<&Signer> {
        self.present.first()
    }

    /// The names of the keys, the one that signs first.
    pub(crate) fn kids(&self) -> impl Iterator<Item = &str> {
        self.all().map(Signer::kid)
    }

    /// Names of algorithms that tokens may be signed with.
    pub(crate) fn algorithms(&self) -> Vec<&'static str> {
        self.present.iter().map(|signer| signer.algorithm().name()).collect()
    }

    /// The JWKS; `issuer` is what Entra's entries say of theirs.
    pub(crate) fn jwks(&self, issuer: &str) -> Result<Value, MintError> {
        let entries: Result<Vec<Value>, MintError> =
            self.all().map(|signer| Ok(self.entry(signer.public_jwk()?, signer.kid(), issuer))).collect();
        Ok(json!({ "keys": entries? }))
    }

    /// The same keys, to verify with what this realm has signed.
    pub(crate) fn verifying(&self) -> KeySet {
        let entries: Vec<Value> = self.all().filter_map(|signer| signer.public_jwk().ok()).collect();
        KeySet::from_jwks(json!({ "keys": entries }).to_string().as_bytes())
            .map(|(keys, _)| keys)
            .unwrap_or_default()
    }

    fn all(&self) -> impl Iterator<Item = &Signer> {
        self.present.iter().chain(&self.past)
    }

    /// Entra's keys have no `alg`, repeat `kid` in `x5t`, and name the issuer that they are for.
    fn entry(&self, mut jwk: Value, kid: &str, issuer: &str) -> Value {
        if let (Shape::Entra, Value::Object(members)) = (self.shape, &mut jwk) {
            members.remove("alg");
            members.insert("x5t".into(), kid.into());
            members.insert("issuer".into(), issuer.into());
        }
        jwk
    }
}

fn generate(shape: Shape, algorithm: SigningAlgorithm) -> Result<Signer, MintError> {
    let signer = Signer::generate(algorithm, "")?;
    let kid = kid(shape, &signer.public_jwk()?);
    Ok(signer.named(&kid))
}

fn read(shape: Shape, jwk: &Value) -> Result<Signer, MintError> {
    let signer = Signer::from_jwk(jwk.to_string().as_bytes())?;
    if !signer.kid().is_empty() {
        return Ok(signer);
    }
    let kid = kid(shape, &signer.public_jwk()?);
    Ok(signer.named(&kid))
}

/// The thumbprint of RFC 7638; in Entra as long as the one of a certificate, 20 bytes.
fn kid(shape: Shape, public: &Value) -> String {
    let required = ["crv", "e", "kty", "n", "x", "y"];
    let members = required.iter().filter_map(|name| Some(((*name).to_owned(), public.get(*name)?.clone())));
    // In the order of their names, and without white space: RFC 7638 3.3.
    let thumbprint = sha256(Value::Object(members.collect::<Map<_, _>>()).to_string().as_bytes());
    let length = if shape == Shape::Entra { 20 } else { thumbprint.len() };
    base64url(thumbprint.get(..length).unwrap_or_default())
}

/// Keys before the present ones that are shown at most.
const PAST: usize = 8;
