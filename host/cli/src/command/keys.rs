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
/// With HS256, HS384 or HS512 it is a secret instead, which has no public half and is in no JWKS. The text that k
/// of its JWK decodes to is the client_secret of a config with enable_hs_signatures.
///
/// The private key is not encrypted: it is for development and tests.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  claimgate keys new --alg RS256 --kid dev-1 --private dev-1.jwk --jwks jwks.json
  claimgate keys new --alg ES256 --kid dev-2 --private dev-2.jwk --jwks jwks.json
  claimgate keys new --alg HS256 --kid dev-3 --private dev-3.jwk")]
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
    jwks: Option<PathBuf>,
    /// Overwrite the private file, and the JWKS's key of the same name
    #[arg(long)]
    force: bool,
}

impl New {
    pub(super) fn perform(&self) -> Result<Answer, Failure> {
        let jwks = self.jwks()?;
        let signer = Signer::generate(self.alg, &self.kid)?;
        let extended =
            jwks.map(|path| Ok::<_, Failure>((path, self.extended_jwks(path, &signer)?))).transpose()?;
        file::write_private(&self.private, pretty(&signer.private_jwk()?).as_bytes(), self.force)?;
        output::line(&format!("private key: {}", self.private.display()))?;
        if let Some((path, jwks)) = extended {
            file::write_public(path, pretty(&jwks).as_bytes())?;
            output::line(&format!("public key {} in: {}", signer.kid(), path.display()))?;
        }
        Ok(Answer::Yes)
    }

    /// Where the public half goes, which a key pair has and a secret has not.
    fn jwks(&self) -> Result<Option<&Path>, Failure> {
        let refused = |expected: &'static str, found: String| {
            Err(Failure::Argument { option: "--jwks", expected: expected.into(), found })
        };
        match (self.jwks.as_deref(), self.alg.hmac()) {
            (Some(path), Some(_)) => {
                refused("no JWKS for a secret, which would be public there", path.display().to_string())
            }
            (None, None) => refused("a file for the public key", "none".to_owned()),
            (Some(path), None) if path == self.private => {
                refused("another file than --private", path.display().to_string())
            }
            (path, _) => Ok(path),
        }
    }

    /// The JWKS as it is, and the new key.
    fn extended_jwks(&self, path: &Path, signer: &Signer) -> Result<Value, Failure> {
        let mut keys = match file::read_if_present(path)? {
            Some(bytes) => keys_of(path, &bytes)?,
            None => Vec::new(),
        };
        let others = keys.len();
        keys.retain(|key| key.get("kid").and_then(Value::as_str) != Some(signer.kid()));
        if keys.len() != others && !self.force {
            let what = format!("a key named {} is there; choose another --kid or pass --force", signer.kid());
            return Err(Failure::Jwks { path: path.into(), what });
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
