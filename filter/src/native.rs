//! Signature code of the engine: Envoy's foreign function `verify_signature`, several times faster than anything
//! inside of the sandbox.
//!
//! The engine is believed only after it has told a good signature from a bad one, for each algorithm.

use crate::host::Host;
use claimgate_policy::capabilities::Capabilities;
use claimgate_policy::signature::{Algorithm, AlgorithmSet, NativeSignatures};
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

mod known;
mod message;
mod signer;

pub(crate) use signer::Signer;

/// The engine's signature code, for the algorithms that passed the probe.
pub(crate) struct Native {
    host: Rc<dyn Host>,
    believed: AlgorithmSet,
    /// The request to the engine; kept, so that it is allocated once.
    message: RefCell<Vec<u8>>,
}

impl Native {
    /// Probes the engine with known answers. `None` if it must not be asked, or knows none of the algorithms.
    pub(crate) fn probe(host: Rc<dyn Host>, engine: &Capabilities) -> Option<Self> {
        if !engine.foreign_functions {
            return None;
        }
        let native = Self { host, believed: AlgorithmSet::default(), message: RefCell::default() };
        let known = known::ANSWERS.iter().filter(|known| native.answers(known));
        let believed = known.fold(AlgorithmSet::default(), |set, known| set.with(known.algorithm));
        (!believed.is_empty()).then_some(Self { believed, ..native })
    }

    /// Whether the engine knows that this signature is good, and is bad for the text without its last byte.
    fn answers(&self, known: &known::Answer) -> bool {
        let Some((_last, shorter)) = known.text.split_last() else { return false };
        let ask = |text| self.ask(known.algorithm, known.spki_der, known.signature, text);
        ask(known.text) == Some(true) && ask(shorter) == Some(false)
    }

    /// The engine answers `Ok` for a bad signature, too: only the exact answer "valid" counts.
    fn ask(&self, algorithm: Algorithm, spki_der: &[u8], signature: &[u8], text: &[u8]) -> Option<bool> {
        let mut buffer = self.message.try_borrow_mut().ok()?;
        message::write(&mut buffer, algorithm.hash()?, spki_der, signature, text);
        let answer = self.host.call_foreign_function("verify_signature", &buffer).ok()?;
        Some(answer == message::VALID)
    }
}

impl NativeSignatures for Native {
    fn verify(&self, algorithm: Algorithm, spki_der: &[u8], signature: &[u8], text: &[u8]) -> Option<bool> {
        let believed = self.believed.contains(algorithm);
        if believed { self.ask(algorithm, spki_der, signature, text) } else { None }
    }
}

/// The algorithms: `ES256, RS256`.
impl fmt::Display for Native {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.believed.fmt(f)
    }
}

#[cfg(test)]
mod tests;
