//! One JSON Web Key (RFC 7517 4, RFC 7518 6, RFC 8037 2).

use alloc::string::ToString;
use alloc::vec::Vec;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Key, KeyIssuer, KeyProblem, Material};
use crate::denial::shown;
use crate::json::Value;
use crate::jwt::MAX_KID;
use crate::signature::{Algorithm, AlgorithmSet, Curve, EcKey, Ed25519Key, RsaKey, der};

/// The key, or why it cannot verify signatures.
pub(super) fn key(jwk: &Value) -> Result<Key, KeyProblem> {
    let kty = text(jwk, "kty")?.ok_or(KeyProblem::Member { name: "kty" })?;
    check_use(jwk)?;
    check_operations(jwk)?;
    let kid = kid(jwk)?;
    let issuer = text(jwk, "issuer")?.map(KeyIssuer::new);
    // A secret has no place in a set that an issuer publishes, and a private key there is a public one.
    if kty == "oct" {
        return Err(KeyProblem::Symmetric);
    }
    if jwk.get("d").is_some() {
        return Err(KeyProblem::Private);
    }
    let (family, spki_der, material) = public_part(jwk, kty)?;
    let algorithms = algorithms(jwk, family)?;
    Ok(Key::new(kid.map(Into::into), issuer, algorithms, spki_der, material, jwk.to_string().into()))
}

/// The algorithms that a key of this type can do, its SubjectPublicKeyInfo and its numbers.
pub(super) fn public_part(jwk: &Value, kty: &str) -> Result<(AlgorithmSet, Vec<u8>, Material), KeyProblem> {
    match kty {
        "RSA" => rsa(jwk),
        "EC" => ec(jwk),
        "OKP" => okp(jwk),
        other => Err(KeyProblem::KeyType { found: shown(other) }),
    }
}

/// The name of the key, as long as a token's header may have one.
pub(super) fn kid(jwk: &Value) -> Result<Option<&str>, KeyProblem> {
    let kid = text(jwk, "kid")?;
    if kid.is_some_and(|kid| kid.len() > MAX_KID) { Err(KeyProblem::KidTooLong) } else { Ok(kid) }
}

/// `use`, where it stands, is `sig` (RFC 7517 4.2).
pub(super) fn check_use(jwk: &Value) -> Result<(), KeyProblem> {
    match text(jwk, "use")? {
        None | Some("sig") => Ok(()),
        Some(other) => Err(KeyProblem::Use { found: shown(other) }),
    }
}

/// `key_ops`, where it stands, has `verify` (RFC 7517 4.3).
fn check_operations(jwk: &Value) -> Result<(), KeyProblem> {
    let Some(operations) = jwk.get("key_ops") else { return Ok(()) };
    let operations = operations.as_array().ok_or(KeyProblem::Member { name: "key_ops" })?;
    let verifies = operations.iter().any(|operation| operation.as_str() == Some("verify"));
    if verifies { Ok(()) } else { Err(KeyProblem::Operations) }
}

/// The one algorithm that `alg` names, if the key can do it; all of its family where there is no `alg`.
fn algorithms(jwk: &Value, family: AlgorithmSet) -> Result<AlgorithmSet, KeyProblem> {
    let Some(name) = text(jwk, "alg")? else { return Ok(family) };
    match Algorithm::from_name(name) {
        Some(algorithm) if family.contains(algorithm) => Ok(AlgorithmSet::of(&[algorithm])),
        _ => Err(KeyProblem::Algorithm { found: shown(name) }),
    }
}

fn rsa(jwk: &Value) -> Result<(AlgorithmSet, Vec<u8>, Material), KeyProblem> {
    let (modulus, exponent) = (number(jwk, "n")?, number(jwk, "e")?);
    let key = RsaKey::new(&modulus, &exponent).map_err(KeyProblem::Rsa)?;
    Ok((AlgorithmSet::RSA, der::rsa_public_key(&modulus, &exponent), Material::Rsa(key)))
}

fn ec(jwk: &Value) -> Result<(AlgorithmSet, Vec<u8>, Material), KeyProblem> {
    let name = curve_name(jwk)?;
    let curve = Curve::from_name(name).ok_or_else(|| KeyProblem::Curve { found: shown(name) })?;
    let (x, y) = (coordinate(jwk, "x", curve)?, coordinate(jwk, "y", curve)?);
    let key = EcKey::new(curve, &x, &y).ok_or(KeyProblem::PointNotOnCurve)?;
    let algorithms = AlgorithmSet::of(&[curve.algorithm()]);
    Ok((algorithms, der::ec_public_key(curve, &x, &y), Material::Ec(key)))
}

fn okp(jwk: &Value) -> Result<(AlgorithmSet, Vec<u8>, Material), KeyProblem> {
    let name = curve_name(jwk)?;
    if name != "Ed25519" {
        return Err(KeyProblem::Curve { found: shown(name) });
    }
    let point = number(jwk, "x")?.try_into().map_err(|_| KeyProblem::Member { name: "x" })?;
    let key = Ed25519Key::new(&point).map_err(KeyProblem::Ed25519)?;
    Ok((AlgorithmSet::of(&[Algorithm::EdDsa]), der::ed25519_public_key(&point), Material::Ed25519(key)))
}

fn curve_name(jwk: &Value) -> Result<&str, KeyProblem> {
    text(jwk, "crv")?.ok_or(KeyProblem::Member { name: "crv" })
}

/// A member that must be a string where it stands. Kong's encoder writes `null` for one that does not.
pub(super) fn text<'a>(jwk: &'a Value, name: &'static str) -> Result<Option<&'a str>, KeyProblem> {
    match jwk.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_str().map(Some).ok_or(KeyProblem::Member { name }),
    }
}

/// A Base64urlUInt (RFC 7518 2).
pub(super) fn number(jwk: &Value, name: &'static str) -> Result<Vec<u8>, KeyProblem> {
    text(jwk, name)?.and_then(|digits| URL_SAFE_NO_PAD.decode(digits).ok()).ok_or(KeyProblem::Member { name })
}

/// A coordinate in full length (RFC 7518 6.2.1.2).
pub(super) fn coordinate(jwk: &Value, name: &'static str, curve: Curve) -> Result<Vec<u8>, KeyProblem> {
    let coordinate = number(jwk, name)?;
    if coordinate.len() == curve.length() { Ok(coordinate) } else { Err(KeyProblem::Member { name }) }
}
