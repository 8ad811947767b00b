//! Signature code of the engine: Envoy's foreign function `verify_signature`, several times faster than anything
//! inside of the sandbox.
//!
//! The engine is believed only after it has told a good signature from a bad one, for RSA and for ECDSA each.

use crate::host::Host;
use claimgate_policy::capabilities::Capabilities;
use claimgate_policy::signature::{Hash, NativeSignatures};
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

mod known;
mod message;

/// The engine's signature code, for the families of keys that passed the probe.
pub(crate) struct Native {
    host: Rc<dyn Host>,
    rsa: bool,
    ecdsa: bool,
    /// The request to the engine; kept, so that it is allocated once.
    message: RefCell<Vec<u8>>,
}

/// A family of keys, which the engine's code treats apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Rsa,
    Ecdsa,
}

impl Native {
    /// Probes the engine with known answers. `None` if it must not be asked, or knows neither family.
    pub(crate) fn probe(host: Rc<dyn Host>, engine: &Capabilities) -> Option<Self> {
        if !engine.foreign_functions {
            return None;
        }
        let mut native = Self { host, rsa: false, ecdsa: false, message: RefCell::default() };
        native.rsa = native.answers(&known::RSA);
        native.ecdsa = native.answers(&known::ECDSA);
        (native.rsa || native.ecdsa).then_some(native)
    }

    /// Whether the engine knows that this signature is good, and is bad for the text without its last byte.
    fn answers(&self, known: &known::Answer) -> bool {
        let Some((_last, shorter)) = known.text.split_last() else { return false };
        let ask = |text| self.ask(Hash::Sha256, known.spki_der, known.signature, text);
        ask(known.text) == Some(true) && ask(shorter) == Some(false)
    }

    /// The engine answers `Ok` for a bad signature, too: only the exact answer "valid" counts.
    fn ask(&self, hash: Hash, spki_der: &[u8], signature: &[u8], text: &[u8]) -> Option<bool> {
        let mut buffer = self.message.try_borrow_mut().ok()?;
        message::write(&mut buffer, hash, spki_der, signature, text);
        let answer = self.host.call_foreign_function("verify_signature", &buffer).ok()?;
        Some(answer == message::VALID)
    }
}

impl NativeSignatures for Native {
    fn verify(&self, hash: Hash, spki_der: &[u8], signature: &[u8], text: &[u8]) -> Option<bool> {
        let believed = match Family::of(spki_der)? {
            Family::Rsa => self.rsa,
            Family::Ecdsa => self.ecdsa,
        };
        if believed { self.ask(hash, spki_der, signature, text) } else { None }
    }
}

/// The families: `RSA, ECDSA`.
impl fmt::Display for Native {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.rsa, self.ecdsa) {
            (true, true) => "RSA, ECDSA",
            (true, false) => "RSA",
            (false, true) => "ECDSA",
            (false, false) => "none",
        })
    }
}

impl Family {
    /// By the object identifier, which stands in front of the key (RFC 5280 4.1).
    fn of(spki_der: &[u8]) -> Option<Self> {
        let front = spki_der.get(..FRONT)?;
        let names = |oid: &[u8]| front.windows(oid.len()).any(|window| window == oid);
        if names(RSA_ENCRYPTION) {
            Some(Self::Rsa)
        } else if names(EC_PUBLIC_KEY) {
            Some(Self::Ecdsa)
        } else {
            None
        }
    }
}

/// Bytes in front of the key that hold its object identifier, whatever the length of the key.
const FRONT: usize = 20;

/// 1.2.840.113549.1.1.1 (RFC 8017 A.1), with tag and length.
const RSA_ENCRYPTION: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";

/// 1.2.840.10045.2.1 (RFC 5480 2.1.1), with tag and length.
const EC_PUBLIC_KEY: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01";

#[cfg(test)]
mod tests;
