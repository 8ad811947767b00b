//! Tokens, in the requests that carry them.

use crate::envoy::error::Error;
use crate::envoy::row::Tokens;
use crate::scene::{self, Token};
use claimgate::mint::{MintError, Signer, SigningAlgorithm};
use serde_json::{Value, json};
use std::num::NonZero;
use std::ops::Range;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

/// An identity provider with one key.
pub(crate) struct Issuer {
    signer: Signer,
    applications: usize,
    issued: i64,
}

/// One for each algorithm.
pub(crate) fn issuers(applications: usize) -> Result<Vec<Issuer>, Error> {
    ALGORITHMS.iter().map(|algorithm| Ok(Issuer::new(*algorithm, applications)?)).collect()
}

/// The columns of the table.
pub(crate) const ALGORITHMS: [SigningAlgorithm; 2] = [SigningAlgorithm::Rs256, SigningAlgorithm::Es256];

impl Issuer {
    fn new(algorithm: SigningAlgorithm, applications: usize) -> Result<Self, MintError> {
        let signer = Signer::generate(algorithm, "bench")?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let issued = i64::try_from(now).unwrap_or_default().saturating_sub(100);
        Ok(Self { signer, applications, issued })
    }

    pub(crate) fn algorithm(&self) -> SigningAlgorithm {
        self.signer.algorithm()
    }

    /// The filter's document.
    pub(crate) fn document(&self, audit: &str) -> Value {
        let mut document = scene::document(&self.signer, self.applications);
        if let Some(members) = document.as_object_mut() {
            members.insert("audit".to_owned(), json!(audit));
        }
        document
    }

    /// The key set.
    pub(crate) fn jwks(&self) -> Result<Value, MintError> {
        Ok(json!({ "keys": [self.signer.public_jwk()?] }))
    }

    /// A request with each of these tokens. Signing with RSA takes most of a millisecond, so all cores do it.
    fn requests(&self, serials: Range<usize>) -> Result<Vec<Vec<u8>>, MintError> {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let share = serials.len().div_ceil(cores).max(1);
        let serials: Vec<usize> = serials.collect();
        thread::scope(|scope| {
            let shares: Vec<_> = serials
                .chunks(share)
                .map(|serials| scope.spawn(|| serials.iter().map(|serial| self.request(*serial)).collect()))
                .collect();
            let made = shares.into_iter().map(|share| share.join().unwrap_or(Err(MintError::Sign)));
            made.collect::<Result<Vec<Vec<_>>, _>>().map(|shares| shares.concat())
        })
    }

    fn request(&self, serial: usize) -> Result<Vec<u8>, MintError> {
        let application = serial.checked_rem(self.applications).unwrap_or_default();
        let token = Token { application, serial, issued: self.issued };
        let token = self.signer.sign(&self.signer.header(), &token.claims())?;
        let authorization = format!("Bearer {token}");
        let fields = scene::headers(&authorization).map(|(name, value)| format!("{name}: {value}\r\n"));
        Ok(format!("GET /orders/17 HTTP/1.1\r\n{}\r\n", fields.concat()).into_bytes())
    }
}

/// The requests of one row.
pub(crate) struct Supply<'i> {
    issuer: &'i Issuer,
    tokens: Tokens,
    requests: Vec<Vec<u8>>,
    next: usize,
}

impl<'i> Supply<'i> {
    /// Requests with these tokens; of new ones so many at once.
    pub(crate) fn new(issuer: &'i Issuer, tokens: Tokens, fresh: usize) -> Result<Self, MintError> {
        let count = match tokens {
            Tokens::Known(count) => count,
            Tokens::New => fresh,
        };
        Ok(Self { issuer, tokens, requests: issuer.requests(0..count)?, next: count })
    }

    /// All there are, each once.
    pub(crate) fn once(&self) -> impl Iterator<Item = &[u8]> {
        self.requests.iter().map(Vec::as_slice)
    }

    /// Those of one turn: known tokens for ever, from where the last turn ended, and new ones once.
    pub(crate) fn turn(&self) -> Box<dyn Iterator<Item = &[u8]> + '_> {
        match self.tokens {
            Tokens::Known(count) => {
                let start = self.next.checked_rem(count).unwrap_or_default();
                Box::new(self.requests.iter().map(Vec::as_slice).cycle().skip(start))
            }
            Tokens::New => Box::new(self.once()),
        }
    }

    /// Goes on to the next turn, after `sent` requests: mints new tokens where they have to be new.
    pub(crate) fn advance(&mut self, sent: u32) -> Result<(), MintError> {
        let sent = match self.tokens {
            Tokens::Known(_) => usize::try_from(sent).unwrap_or_default(),
            Tokens::New => {
                let fresh = self.requests.len();
                self.requests = self.issuer.requests(self.next..self.next.saturating_add(fresh))?;
                fresh
            }
        };
        self.next = self.next.wrapping_add(sent);
        Ok(())
    }
}
