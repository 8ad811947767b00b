//! The keys of a run: made when it starts, gone when it ends.

use crate::support::file::SignerFile;
use claimgate::mint::{Signer, SigningAlgorithm};
use serde_json::Value;
use std::collections::BTreeMap;

/// A key for each signer of the base file, by name.
pub(crate) struct Keyring(BTreeMap<String, Signer>);

impl Keyring {
    pub(crate) fn generate(signers: &BTreeMap<String, SignerFile>) -> Self {
        let generate = |file: &SignerFile| Signer::generate(algorithm(&file.algorithm), &file.kid).unwrap();
        Self(signers.iter().map(|(name, file)| (name.clone(), generate(file))).collect())
    }

    pub(crate) fn signer(&self, name: &str) -> &Signer {
        self.0.get(name).unwrap_or_else(|| panic!("expected a signer of the base file, found {name}"))
    }

    pub(crate) fn public_jwk(&self, name: &str) -> Value {
        self.signer(name).public_jwk().unwrap()
    }
}

fn algorithm(name: &str) -> SigningAlgorithm {
    let known = [SigningAlgorithm::Rs256, SigningAlgorithm::Es256];
    let found = known.into_iter().find(|algorithm| algorithm.name() == name);
    found.unwrap_or_else(|| panic!("expected RS256 or ES256, found {name}"))
}
