//! The keys of a run: made when it starts, gone when it ends.

use crate::support::file::SignerFile;
use crate::support::traces;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use claimgate::mint::{Signer, SigningAlgorithm, base64url};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A key for each signer of the base file, by name.
pub(crate) struct Keyring(BTreeMap<String, Signer>);

impl Keyring {
    /// Makes the keys. A signer that shares its key with another one costs nothing: making an RSA key takes long.
    pub(crate) fn generate(signers: &BTreeMap<String, SignerFile>) -> Self {
        let (shared, own): (Vec<_>, Vec<_>) = signers.iter().partition(|(_, file)| file.key_of.is_some());
        let mut keyring = Self(own.into_iter().map(|(name, file)| (name.clone(), made(file))).collect());
        for (name, file) in shared {
            let other = keyring.private_jwk(file.key_of.as_deref().unwrap());
            keyring.0.insert(name.clone(), signer(other, file));
        }
        keyring
    }

    pub(crate) fn signer(&self, name: &str) -> &Signer {
        self.0.get(name).unwrap_or_else(|| panic!("expected a signer of the base file, found {name}"))
    }

    pub(crate) fn public_jwk(&self, name: &str) -> Value {
        self.signer(name).public_jwk().unwrap()
    }

    pub(crate) fn private_jwk(&self, name: &str) -> Value {
        self.signer(name).private_jwk().unwrap()
    }

    /// The bytes that an HMAC is keyed with, which are text.
    pub(crate) fn secret(&self, name: &str) -> String {
        secret_of(self.signer(name))
    }
}

/// See [`Keyring::secret`].
pub(crate) fn secret_of(signer: &Signer) -> String {
    let jwk = signer.private_jwk().unwrap();
    let bytes = jwk["k"].as_str().and_then(|k| BASE64_URL_SAFE_NO_PAD.decode(k).ok());
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.unwrap_or_else(|| panic!("expected the signer of an HMAC, found {}", signer.kid()))
}

/// A signer with a key of its own. A secret has as many bytes as its hash, and so suffices for no longer one.
fn made(file: &SignerFile) -> Signer {
    let algorithm = algorithm(&file.algorithm);
    match algorithm.hmac() {
        Some(hash) => signer(json!({ "kty": "oct", "k": base64url(secret(hash.length()).as_bytes()) }), file),
        None => {
            let signer = Signer::generate(algorithm, &file.kid).unwrap();
            traces::hide(signer.private_jwk().unwrap()["d"].as_str().unwrap());
            signer
        }
    }
}

/// A canary, filled up to this length.
fn secret(length: usize) -> String {
    let text = format!("{:.<length$}", traces::canary("secret"));
    assert_eq!(text.len(), length, "{text}");
    text
}

/// The key of a private JWK, under the algorithm and the name of `file`.
fn signer(mut jwk: Value, file: &SignerFile) -> Signer {
    jwk["alg"] = file.algorithm.as_str().into();
    jwk["kid"] = file.kid.as_str().into();
    Signer::from_jwk(jwk.to_string().as_bytes()).unwrap_or_else(|error| panic!("{}: {error}", file.kid))
}

fn algorithm(name: &str) -> SigningAlgorithm {
    SigningAlgorithm::from_name(name)
        .unwrap_or_else(|| panic!("expected an algorithm that is known, found {name}"))
}
