use super::Native;
use super::known::{ANSWERS, Answer};
use super::message::{self, VALID};
use crate::host::HostError;
use crate::host::double::Double;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use claimgate_policy::capabilities::Capabilities;
use claimgate_policy::keys::KeySet;
use claimgate_policy::signature::{self, Algorithm, Hash, NativeSignatures};
use std::rc::Rc;

const INVALID: &[u8] = b"\x12\x1dFailed to verify digest. Err";

/// An engine whose function answers as this says; `good` tells whether the probe's signature is good.
fn engine(answer: impl Fn(&Answer, bool) -> Result<Vec<u8>, HostError> + 'static) -> Rc<Double> {
    let host = Double::new();
    *host.foreign.borrow_mut() = Box::new(move |name, argument| {
        assert_eq!(name, "verify_signature");
        let holds = |part: &[u8]| argument.windows(part.len()).any(|window| window == part);
        let known = ANSWERS.iter().find(|known| holds(known.spki_der) && holds(known.signature));
        answer(known.expect("a known signature"), known.is_some_and(|known| argument.ends_with(known.text)))
    });
    Rc::new(host)
}

fn says(good: bool) -> Result<Vec<u8>, HostError> {
    Ok(if good { VALID.to_vec() } else { INVALID.to_vec() })
}

/// The algorithms whose good signature `native` calls good.
fn believed(native: Option<&Native>) -> Vec<&'static str> {
    let good = |known: &&Answer| {
        let found = native?.verify(known.algorithm, known.spki_der, known.signature, known.text);
        assert_ne!(found, Some(false), "{}", known.algorithm);
        found
    };
    ANSWERS.iter().filter(|known| good(known).is_some()).map(|known| known.algorithm.name()).collect()
}

#[test]
fn an_engine_that_knows_good_from_bad_is_believed() {
    let native = Native::probe(engine(|_, good| says(good)), &Capabilities::ENVOY);
    assert_eq!(believed(native.as_ref()), ["ES256", "ES384", "ES512", "RS256", "RS384", "RS512"]);
}

#[test]
fn an_engine_that_errs_about_one_algorithm_is_believed_about_the_others() {
    for algorithm in ANSWERS.map(|known| known.algorithm) {
        let host = engine(move |known, good| says(good || known.algorithm == algorithm));
        let native = Native::probe(host, &Capabilities::ENVOY).unwrap();
        let others: Vec<&str> = ANSWERS
            .iter()
            .map(|known| known.algorithm.name())
            .filter(|name| *name != algorithm.name())
            .collect();
        assert_eq!(believed(Some(&native)), others);
        assert_eq!(native.to_string(), others.join(", "));
    }
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
        assert_eq!(believed(native.as_ref()), [""; 0], "an engine that {name}");
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
    assert_eq!(believed(native.as_ref()), [""; 0]);
}

#[test]
fn an_engine_is_not_asked_about_algorithms_that_it_was_not_probed_for() {
    let native = Native::probe(engine(|_, good| says(good)), &Capabilities::ENVOY).unwrap();
    for algorithm in Algorithm::ALL.into_iter().filter(|algorithm| !algorithm.name().starts_with(['E', 'R']))
    {
        assert_eq!(native.verify(algorithm, b"key", b"s", b"t"), None, "{algorithm}");
    }
    assert_eq!(native.verify(Algorithm::EdDsa, b"key", b"s", b"t"), None);
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
fn the_known_signatures_are_good() {
    for known in &ANSWERS {
        let (keys, warnings) = KeySet::from_jwks(jwks(known).as_bytes()).unwrap();
        assert_eq!(warnings, []);
        let key = keys.iter().next().unwrap();
        assert_eq!(key.spki_der(), known.spki_der, "{}", known.algorithm);
        let verify = |text| signature::verify(key, known.algorithm, text, &raw_signature(known), None);
        assert!(verify(known.text), "{}", known.algorithm);
        assert!(!verify(&known.text[1..]), "{}", known.algorithm);
    }
}

/// The key of an answer, whose numbers stand at the end of its DER.
fn jwks(known: &Answer) -> String {
    let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let Some((curve, length)) = curve(known.algorithm) else {
        let modulus = known.spki_der.strip_suffix(b"\x02\x03\x01\x00\x01").unwrap();
        let modulus = encoded(modulus.last_chunk::<256>().unwrap());
        return format!(r#"{{"keys":[{{"kty":"RSA","n":"{modulus}","e":"AQAB"}}]}}"#);
    };
    let coordinates: Vec<String> = known.spki_der.rchunks(length).take(2).map(encoded).collect();
    let (x, y) = (&coordinates[1], &coordinates[0]);
    format!(r#"{{"keys":[{{"kty":"EC","crv":"{curve}","x":"{x}","y":"{y}"}}]}}"#)
}

/// The signature as a JWS has it.
fn raw_signature(known: &Answer) -> Vec<u8> {
    let Some((_, length)) = curve(known.algorithm) else { return known.signature.to_vec() };
    let ([0x30, 0x81, _, numbers @ ..] | [0x30, _, numbers @ ..]) = known.signature else {
        panic!("no sequence")
    };
    let [2, r_length, rest @ ..] = numbers else { panic!("no number") };
    let (r, rest) = rest.split_at(usize::from(*r_length));
    let [2, _, s @ ..] = rest else { panic!("no second number") };
    [r, s].into_iter().flat_map(|number| padded(number, length)).collect()
}

fn padded(number: &[u8], length: usize) -> Vec<u8> {
    let mut digits: Vec<u8> = number.iter().rev().copied().collect();
    digits.resize(length, 0);
    digits.reverse();
    digits
}

fn curve(algorithm: Algorithm) -> Option<(&'static str, usize)> {
    match algorithm {
        Algorithm::Es256 => Some(("P-256", 32)),
        Algorithm::Es384 => Some(("P-384", 48)),
        Algorithm::Es512 => Some(("P-521", 66)),
        _ => None,
    }
}
