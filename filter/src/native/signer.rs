//! The engine's code to sign with: Envoy's foreign function `sign`.
//!
//! ```text
//! SignArguments { string hash_function = 1; bytes private_key = 2; bytes text = 3; }
//! SignResult    { bool result = 1; bytes signature = 2; string error = 3; }
//! ```
//!
//! It is not probed with a key: what it signs wrongly the provider refuses.

use super::message::{bytes_after, fields};
use crate::host::{Host, HostError};
use claimgate_policy::capabilities::Capabilities;
use claimgate_policy::signature::{Hash, NativeSigner};
use std::rc::Rc;

/// An engine that signs.
pub(crate) struct Signer(Rc<dyn Host>);

impl Signer {
    /// `None` if the engine has no such function, or must not be asked.
    pub(crate) fn of(host: &Rc<dyn Host>, engine: &Capabilities) -> Option<Self> {
        let known = |host: &Rc<dyn Host>| host.call_foreign_function(NAME, b"") != Err(HostError::NotFound);
        (engine.foreign_functions && known(host)).then(|| Self(Rc::clone(host)))
    }
}

impl NativeSigner for Signer {
    fn sign(&self, hash: Hash, pkcs8_der: &[u8], text: &[u8]) -> Option<Vec<u8>> {
        let mut message = Vec::new();
        fields(&mut message, &[hash.name().as_bytes(), pkcs8_der, text]);
        let answer = self.0.call_foreign_function(NAME, &message).ok()?;
        bytes_after(answer.strip_prefix(SIGNED)?).map(<[u8]>::to_vec)
    }
}

const NAME: &str = "sign";

/// Field 1, a varint, true; then field 2, bytes.
const SIGNED: &[u8] = b"\x08\x01\x12";

#[cfg(test)]
mod tests {
    use super::Signer;
    use crate::host::HostError;
    use crate::host::double::Double;
    use claimgate_policy::capabilities::Capabilities;
    use claimgate_policy::signature::{Hash, NativeSigner as _};
    use std::rc::Rc;

    fn signer(answer: &'static [u8]) -> Option<Signer> {
        let host = Double::new();
        *host.foreign.borrow_mut() = Box::new(move |name, argument| match (name, argument) {
            ("sign", b"") => Err(HostError::BadArgument),
            ("sign", b"\x0a\x06sha256\x12\x03key\x1a\x04text") => Ok(answer.to_vec()),
            _ => Err(HostError::NotFound),
        });
        Signer::of(&(Rc::new(host) as _), &Capabilities::ENVOY)
    }

    #[test]
    fn a_signature_is_what_stands_behind_success() {
        let sign = |answer| signer(answer).unwrap().sign(Hash::Sha256, b"key", b"text");
        assert_eq!(sign(b"\x08\x01\x12\x03abc"), Some(b"abc".to_vec()));
        for refused in
            [&b""[..], b"\x08\x00", b"\x1a\x02no", b"\x08\x01", b"\x08\x01\x12\x04abc", b"\x12\x03abc"]
        {
            assert_eq!(sign(refused), None, "{refused:?}");
        }
        let other = signer(b"").unwrap().sign(Hash::Sha384, b"key", b"text");
        assert_eq!(other, None, "the engine refuses");
    }

    #[test]
    fn an_engine_without_the_function_or_that_must_not_be_asked_signs_nothing() {
        assert!(Signer::of(&(Rc::new(Double::new()) as _), &Capabilities::ENVOY).is_none());
        let host = Double::new();
        *host.foreign.borrow_mut() = Box::new(|_, _| panic!("must not be asked"));
        assert!(Signer::of(&(Rc::new(host) as _), &Capabilities::NGINX).is_none());
    }
}
