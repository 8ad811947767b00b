//! `claimgate token mint`.

use super::failure::Failure;
use super::{Answer, clock, file};
use crate::mint::{Signer, corrupt_signature};
use crate::output;
use clap::Args;
use serde_json::{Map, Value};
use std::path::PathBuf;

/// Make a test token and print it.
///
/// Claims come from --claims, then --claim, then the time options; what comes later wins. Without an exp of
/// its own the token is good for an hour; without an iat it was issued now.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  claimgate token mint --key k.jwk --claim iss=https://idp.example/ --claim aud=api
  claimgate token mint --key k.jwk --claims @claims.json --expires-in -60
  claimgate token mint --key k.jwk --claims '{\"sub\":\"a\"}' --header typ=at+jwt
  claimgate token mint --key k.jwk --claim sub=a --corrupt-signature --without exp")]
pub(super) struct Mint {
    /// The private JWK to sign with, as `claimgate keys new` writes it
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Another kid for the header than the key's own
    #[arg(long, value_name = "ID")]
    kid: Option<String>,
    /// The claims, as a JSON object or as a file that holds one
    #[arg(long, value_name = "JSON|@FILE")]
    claims: Option<String>,
    /// One claim; a value that is JSON is taken as JSON, any other as a string
    #[arg(long = "claim", value_name = "NAME=VALUE")]
    claim: Vec<String>,
    /// One member of the header, likewise; the signature is the key's whatever alg says
    #[arg(long = "header", value_name = "NAME=VALUE")]
    header: Vec<String>,
    /// exp, in seconds from now; negative for the past
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    expires_in: Option<i64>,
    /// nbf, in seconds from now; negative for the past
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    not_before: Option<i64>,
    /// iat, in seconds from now; negative for the past
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    issued_at: Option<i64>,
    /// A claim to leave out, exp and iat included
    #[arg(long, value_name = "NAME")]
    without: Vec<String>,
    /// Flip one bit of the signature
    #[arg(long)]
    corrupt_signature: bool,
}

impl Mint {
    pub(super) fn perform(&self) -> Result<Answer, Failure> {
        let signer = self.signer()?;
        let token = signer.sign(&self.header(&signer)?, &self.claims(clock::unix_seconds())?)?;
        let corrupted = self.corrupt_signature.then(|| corrupt_signature(&token)).flatten();
        output::line(&corrupted.unwrap_or(token))?;
        Ok(Answer::Yes)
    }

    fn signer(&self) -> Result<Signer, Failure> {
        let signer = Signer::from_jwk(&file::read(&self.key)?)
            .map_err(|error| Failure::Key { path: self.key.clone(), error })?;
        Ok(match &self.kid {
            Some(kid) => signer.named(kid),
            None => signer,
        })
    }

    fn header(&self, signer: &Signer) -> Result<Map<String, Value>, Failure> {
        let mut header = signer.header();
        header.extend(members("--header", &self.header)?);
        Ok(header)
    }

    fn claims(&self, now: i64) -> Result<Map<String, Value>, Failure> {
        let mut claims = self.claims.as_deref().map(object).transpose()?.unwrap_or_default();
        claims.extend(members("--claim", &self.claim)?);
        for (name, given, otherwise) in [
            ("iat", self.issued_at, Some(0)),
            ("nbf", self.not_before, None),
            ("exp", self.expires_in, Some(AN_HOUR)),
        ] {
            let absent = || otherwise.filter(|_| !claims.contains_key(name));
            if let Some(offset) = given.or_else(absent) {
                claims.insert(name.into(), now.saturating_add(offset).into());
            }
        }
        claims.retain(|name, _| !self.without.contains(name));
        Ok(claims)
    }
}

/// A JSON object from the command line, or from the file after `@`.
fn object(argument: &str) -> Result<Map<String, Value>, Failure> {
    let bytes = match argument.strip_prefix('@') {
        Some(path) => file::read(path.as_ref())?,
        None => argument.as_bytes().to_vec(),
    };
    serde_json::from_slice(&bytes).map_err(|error| Failure::Argument {
        option: "--claims",
        expected: "a JSON object, or @ and a file that holds one".into(),
        found: error.to_string(),
    })
}

/// `NAME=VALUE` arguments as members of an object.
fn members(option: &'static str, arguments: &[String]) -> Result<Map<String, Value>, Failure> {
    arguments.iter().map(|argument| member(option, argument)).collect()
}

fn member(option: &'static str, argument: &str) -> Result<(String, Value), Failure> {
    let Some((name, value)) = argument.split_once('=') else {
        return Err(Failure::Argument {
            option,
            expected: "NAME=VALUE".into(),
            found: format!("{argument:?}"),
        });
    };
    Ok((name.to_owned(), serde_json::from_str(value).unwrap_or_else(|_| value.into())))
}

const AN_HOUR: i64 = 3_600;
