//! Tokens: a shape, changed as a case says, signed, and damaged.

use crate::support::file::{Damage, ShapeFile, TokenFile};
use crate::support::values::{Scope, merge};
use crate::support::{keyring, traces};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use claimgate::mint::{Draft, Signer, corrupt_signature};
use claimgate_policy::signature::der;
use serde_json::Value;

/// The token of a case. Header and claims that are not given as text hold a canary.
pub(crate) fn mint(shape: &ShapeFile, file: &TokenFile, scope: &Scope<'_>) -> String {
    let signer = scope.keyring.signer(file.signer.as_deref().unwrap_or(&shape.signer));
    let (mut header, mut payload) = (header(shape, file, signer, scope), payload(shape, file, scope));
    if let Some(length) = file.length {
        pad(&mut header, &mut payload, length, signer);
    }
    let draft = Draft::from_bytes(&header, &payload);
    let token = match file.damage {
        Some(damage) => damaged(damage, &draft, signer),
        None => draft.signed(signer).unwrap(),
    };
    token.split('.').skip(1).for_each(traces::hide);
    token
}

fn header(shape: &ShapeFile, file: &TokenFile, signer: &Signer, scope: &Scope<'_>) -> Vec<u8> {
    if let Some(text) = &file.header_text {
        return text.clone().into_bytes();
    }
    let mut header = Value::Object(signer.header());
    header["canary"] = traces::canary("header").into();
    merge(&mut header, &shape.header);
    merge(&mut header, &file.header);
    scope.resolve(&header).to_string().into_bytes()
}

fn payload(shape: &ShapeFile, file: &TokenFile, scope: &Scope<'_>) -> Vec<u8> {
    if let Some(encoded) = &file.payload_base64 {
        return BASE64_URL_SAFE_NO_PAD.decode(encoded).unwrap();
    }
    if let Some(text) = &file.payload_text {
        return text.clone().into_bytes();
    }
    let mut claims = shape.claims.clone();
    claims["canary"] = traces::canary("claim").into();
    merge(&mut claims, &file.claims);
    append(&scope.resolve(&claims).to_string(), file.payload_append.as_deref().unwrap_or_default())
}

/// The object with more text in front of its closing brace.
fn append(object: &str, text: &str) -> Vec<u8> {
    format!("{}{text}}}", object.strip_suffix('}').unwrap()).into_bytes()
}

/// Fills header and payload up, so that the token has exactly `length` bytes. Base64url has no text of some
/// lengths, so the header takes up to two bytes.
fn pad(header: &mut Vec<u8>, payload: &mut Vec<u8>, length: usize, signer: &Signer) {
    let signature = signer.signature(b"").unwrap().len();
    for (in_header, in_payload) in (0..3).flat_map(|few| (0..length).map(move |many| (few, many))) {
        let parts = [header.len() + FRAME + in_header, payload.len() + FRAME + in_payload, signature];
        if parts.map(encoded_length).iter().sum::<usize>() + 2 == length {
            *header = padded(header, in_header);
            *payload = padded(payload, in_payload);
            return;
        }
    }
    panic!("no padding makes a token of {length} bytes");
}

fn padded(object: &[u8], padding: usize) -> Vec<u8> {
    append(str::from_utf8(object).unwrap(), &format!(r#","p":"{}""#, "x".repeat(padding)))
}

fn encoded_length(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}

fn damaged(damage: Damage, draft: &Draft, signer: &Signer) -> String {
    let token = draft.signed(signer).unwrap();
    let (input, signature) = token.rsplit_once('.').unwrap();
    let (header, _) = input.split_once('.').unwrap();
    let length = signer.signature(b"").unwrap().len();
    match damage {
        Damage::SignatureBit => corrupt_signature(&token).unwrap(),
        Damage::NoSignature => draft.unsigned(),
        Damage::HmacPublicKey => draft.with_signature(&hmac_by_public_key(input, signer)),
        Damage::ZeroSignature => draft.with_signature(&vec![0; length]),
        Damage::ShortSignature => draft.with_signature(&signer.signature(input.as_bytes()).unwrap()[1..]),
        Damage::LongSignature => {
            draft.with_signature(&[&[0], &*signer.signature(input.as_bytes()).unwrap()].concat())
        }
        Damage::OtherPayload => {
            draft.with_signature(&signer.signature(format!("{input}A").as_bytes()).unwrap())
        }
        Damage::OnePart => header.to_owned(),
        Damage::TwoParts => input.to_owned(),
        Damage::FourParts => format!("{token}.{signature}"),
        Damage::FiveParts => format!("{token}.{signature}.{signature}"),
        Damage::SixParts => format!("{token}.{signature}.{signature}.{signature}"),
        Damage::PaddedSignature => format!("{token}=="),
        Damage::PaddedHeader => token.replacen('.', "=.", 1),
        Damage::TrailingBits => with_trailing_bits(&token),
        Damage::StandardAlphabet => format!("{input}.+/{}", &signature[2..]),
        Damage::InnerSpace => format!("{input}. {signature}"),
        Damage::DerSignature => {
            draft.with_signature(&der::ecdsa_signature(&signer.signature(input.as_bytes()).unwrap()))
        }
        Damage::ShortSecret384 => draft.with_signature(&hmac_by_secret(hmac::HMAC_SHA384, input, signer)),
        Damage::ShortSecret512 => draft.with_signature(&hmac_by_secret(hmac::HMAC_SHA512, input, signer)),
    }
}

/// The oldest confusion: the public key, which everyone has, as the secret of an HMAC.
fn hmac_by_public_key(input: &str, signer: &Signer) -> Vec<u8> {
    let key = signer.public_jwk().unwrap().to_string();
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()), input.as_bytes()).as_ref().to_vec()
}

/// What no signer makes: the secret may be shorter than the hash.
fn hmac_by_secret(algorithm: hmac::Algorithm, input: &str, signer: &Signer) -> Vec<u8> {
    let secret = keyring::secret_of(signer);
    hmac::sign(&hmac::Key::new(algorithm, secret.as_bytes()), input.as_bytes()).as_ref().to_vec()
}

/// The last character carries bits that belong to no byte; here one of them is set.
fn with_trailing_bits(token: &str) -> String {
    let (rest, last) = token.split_at(token.len() - 1);
    let index = ALPHABET.find(last).unwrap();
    assert_eq!(index % 4, 0, "expected a last character with spare bits, found {last}");
    format!("{rest}{}", &ALPHABET[index + 1..index + 2])
}

/// Bytes that [`padded`] adds beside the padding.
const FRAME: usize = r#","p":"""#.len();

const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
