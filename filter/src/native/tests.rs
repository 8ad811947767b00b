use super::Native;
use super::known::{self, Answer};
use super::message::{self, VALID};
use crate::host::HostError;
use crate::host::double::Double;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use claimgate_policy::capabilities::Capabilities;
use claimgate_policy::keys::KeySet;
use claimgate_policy::signature::{self, Algorithm, Hash, NativeSignatures};
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use std::rc::Rc;

const INVALID: &[u8] = b"\x12\x1dFailed to verify digest. Err";

/// An engine whose function answers as this says; `good` tells whether the probe's signature is good.
fn engine(answer: impl Fn(&Answer, bool) -> Result<Vec<u8>, HostError> + 'static) -> Rc<Double> {
    let host = Double::new();
    *host.foreign.borrow_mut() = Box::new(move |name, argument| {
        assert_eq!(name, "verify_signature");
        let about =
            |known: &Answer| argument.windows(known.spki_der.len()).any(|part| part == known.spki_der);
        let known = if about(&known::RSA) { &known::RSA } else { &known::ECDSA };
        answer(known, argument.ends_with(known.text))
    });
    Rc::new(host)
}

fn says(good: bool) -> Result<Vec<u8>, HostError> {
    Ok(if good { VALID.to_vec() } else { INVALID.to_vec() })
}

/// What `native` answers about the good signature of each family: RSA, ECDSA.
fn answers(native: Option<&Native>) -> [Option<bool>; 2] {
    [&known::RSA, &known::ECDSA]
        .map(|known| native?.verify(Hash::Sha256, known.spki_der, known.signature, known.text))
}

#[test]
fn an_engine_that_knows_good_from_bad_is_believed() {
    let native = Native::probe(engine(|_, good| says(good)), &Capabilities::ENVOY);
    assert_eq!(answers(native.as_ref()), [Some(true), Some(true)]);
}

#[test]
fn an_engine_that_errs_about_one_family_is_believed_about_the_other() {
    let host = engine(|known, good| says(good || known.spki_der == known::RSA.spki_der));
    let native = Native::probe(host, &Capabilities::ENVOY);
    assert_eq!(answers(native.as_ref()), [None, Some(true)]);
}

#[test]
fn an_engine_that_cannot_tell_is_not_asked_again() {
    type Reply = fn(bool) -> Result<Vec<u8>, HostError>;
    let engines: [(&str, Reply); 8] = [
        ("says that all is good", |_| says(true)),
        ("says that all is bad", |_| says(false)),
        ("answers nothing", |_| Ok(Vec::new())),
        ("answers another true", |good| Ok(if good { b"\x08\x02".to_vec() } else { INVALID.to_vec() })),
        ("adds an error to true", |good| {
            Ok(if good { b"\x08\x01\x12\x00".to_vec() } else { INVALID.to_vec() })
        }),
        ("does not know the function", |_| Err(HostError::NotFound)),
        ("fails at the bad one", |good| if good { says(true) } else { Err(HostError::InternalFailure) }),
        ("fails at the good one", |good| if good { Err(HostError::Other(12)) } else { says(false) }),
    ];
    for (name, reply) in engines {
        let native = Native::probe(engine(move |_, good| reply(good)), &Capabilities::ENVOY);
        assert_eq!(answers(native.as_ref()), [None, None], "an engine that {name}");
    }
}

#[test]
fn an_engine_that_traps_on_unknown_functions_is_not_asked_at_all() {
    let host = engine(|_, _| panic!("asked"));
    assert!(Native::probe(host, &Capabilities::NGINX).is_none());
}

#[test]
fn an_engine_that_fails_later_leaves_the_decision_to_the_sandbox() {
    let host = engine(|_, good| says(good));
    let native = Native::probe(Rc::<Double>::clone(&host), &Capabilities::ENVOY);
    *host.foreign.borrow_mut() = Box::new(|_, _| Err(HostError::BadArgument));
    assert_eq!(answers(native.as_ref()), [None, None]);
}

#[test]
fn a_key_of_another_family_is_not_passed_on() {
    let native = Native::probe(engine(|_, good| says(good)), &Capabilities::ENVOY).unwrap();
    let ed25519 = [b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", &[1; 32][..]].concat();
    for spki_der in [&ed25519[..], b"", b"\x30"] {
        assert_eq!(native.verify(Hash::Sha256, spki_der, b"s", b"t"), None);
    }
}

#[test]
fn the_message_has_the_bytes_of_protocol_buffers() {
    let mut out = b"left over".to_vec();
    message::write(&mut out, Hash::Sha256, b"key", b"", &[b't'; 300]);
    let head = b"\x0a\x06sha256\x12\x03key\x1a\x00\x22\xac\x02";
    assert_eq!(out, [&head[..], &[b't'; 300]].concat());
    message::write(&mut out, Hash::Sha384, &[b'k'; 127], &[b's'; 128], b"");
    assert!(out.starts_with(b"\x0a\x06sha384\x12\x7fk"));
    assert!(out.ends_with(b"s\x22\x00"));
    assert!(out.windows(4).any(|part| part == b"\x1a\x80\x01s"));
}

#[test]
fn the_known_rsa_signature_is_good() {
    let modulus = known::RSA.spki_der.windows(256).nth(known::RSA.spki_der.len() - 256 - 5).unwrap();
    let jwks =
        format!(r#"{{"keys":[{{"kty":"RSA","n":"{}","e":"AQAB"}}]}}"#, URL_SAFE_NO_PAD.encode(modulus));
    let (keys, _) = KeySet::from_jwks(jwks.as_bytes()).unwrap();
    let key = keys.iter().next().unwrap();
    assert!(signature::verify(key, Algorithm::Rs256, known::RSA.text, known::RSA.signature, None));
}

#[test]
fn the_known_ecdsa_signature_is_good() {
    let point = known::ECDSA.spki_der.last_chunk::<65>().unwrap();
    let key = VerifyingKey::from_sec1_bytes(point).unwrap();
    let signature = Signature::from_der(known::ECDSA.signature).unwrap();
    assert!(key.verify(known::ECDSA.text, &signature).is_ok());
}
