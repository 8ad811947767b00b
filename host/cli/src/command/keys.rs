//! `claimgate keys new`.

use super::failure::Failure;
use super::{Answer, file};
use crate::mint::{Signer, SigningAlgorithm};
use crate::output;
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Make a key pair: the private key in a file of its own, the public key in a JWKS.
///
/// The private key is not encrypted: it is for development and tests.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  claimgate keys new --alg RS256 --kid dev-1 --private dev-1.jwk --jwks jwks.json
  claimgate keys new --alg ES256 --kid dev-2 --private dev-2.jwk --jwks jwks.json")]
pub(super) struct New {
    /// What the key signs with
    #[arg(long, value_name = "ALG", value_enum)]
    alg: SigningAlgorithm,
    /// The name of the key; tokens carry it in their header
    #[arg(long, value_name = "ID")]
    kid: String,
    /// Where the private JWK goes; only its owner may read it
    #[arg(long, value_name = "FILE")]
    private: PathBuf,
    /// The JWKS that the public JWK is added to; made if it is not there
    #[arg(long, value_name = "FILE")]
    jwks: PathBuf,
    /// Overwrite the private file, and the JWKS's key of the same name
    #[arg(long)]
    force: bool,
}

impl New {
    pub(super) fn perform(&self) -> Result<Answer, Failure> {
        if self.private == self.jwks {
            let (expected, found) = ("another file than --private".into(), self.jwks.display().to_string());
            return Err(Failure::Argument { option: "--jwks", expected, found });
        }
        let signer = Signer::generate(self.alg, &self.kid)?;
        let jwks = self.extended_jwks(&signer)?;
        file::write_private(&self.private, pretty(&signer.private_jwk()?).as_bytes(), self.force)?;
        file::write_public(&self.jwks, pretty(&jwks).as_bytes())?;
        output::line(&format!("private key: {}", self.private.display()))?;
        output::line(&format!("public key {} in: {}", signer.kid(), self.jwks.display()))?;
        Ok(Answer::Yes)
    }

    /// The JWKS as it is, and the new key.
    fn extended_jwks(&self, signer: &Signer) -> Result<Value, Failure> {
        let mut keys = match file::read_if_present(&self.jwks)? {
            Some(bytes) => keys_of(&self.jwks, &bytes)?,
            None => Vec::new(),
        };
        let others = keys.len();
        keys.retain(|key| key.get("kid").and_then(Value::as_str) != Some(signer.kid()));
        if keys.len() != others && !self.force {
            let what = format!("a key named {} is there; choose another --kid or pass --force", signer.kid());
            return Err(Failure::Jwks { path: self.jwks.clone(), what });
        }
        keys.push(signer.public_jwk()?);
        Ok(json!({ "keys": keys }))
    }
}

fn keys_of(path: &Path, bytes: &[u8]) -> Result<Vec<Value>, Failure> {
    let mut jwks: Value = serde_json::from_slice(bytes).unwrap_or_default();
    match jwks.get_mut("keys").map(Value::take) {
        Some(Value::Array(keys)) => Ok(keys),
        _ => Err(Failure::Jwks {
            path: path.into(),
            what: "expected {\"keys\":[...]}, found something else".into(),
        }),
    }
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}
