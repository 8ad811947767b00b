//! Keys as JSON (RFC 7517, RFC 7518 6.2 and 6.3). No `Debug` here: these types hold private numbers.

use crate::mint::base64url;
use aws_lc_rs::encoding::{AsBigEndian as _, EcPrivateKeyBin};
use aws_lc_rs::error::KeyRejected;
use aws_lc_rs::rsa::{KeyPairComponents, PublicKeyComponents};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A private key, by its `kty`.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kty")]
pub(super) enum PrivateKey {
    #[serde(rename = "RSA")]
    Rsa(RsaPrivate),
    #[serde(rename = "EC")]
    Ec(EcPrivate),
}

/// A public key, by its `kty`.
#[derive(Serialize)]
#[serde(tag = "kty")]
pub(super) enum PublicKey {
    #[serde(rename = "RSA")]
    Rsa { n: Base64Url, e: Base64Url },
    #[serde(rename = "EC")]
    Ec { crv: Curve, x: Base64Url, y: Base64Url },
}

/// The numbers of an RSA key, big-endian (RFC 7518 6.3).
#[derive(Serialize, Deserialize)]
pub(super) struct RsaPrivate {
    pub(super) n: Base64Url,
    pub(super) e: Base64Url,
    pub(super) d: Base64Url,
    pub(super) p: Base64Url,
    pub(super) q: Base64Url,
    pub(super) dp: Base64Url,
    pub(super) dq: Base64Url,
    pub(super) qi: Base64Url,
}

/// A point and its private number, 32 bytes each (RFC 7518 6.2).
#[derive(Serialize, Deserialize)]
pub(super) struct EcPrivate {
    crv: Curve,
    x: Base64Url,
    y: Base64Url,
    d: Base64Url,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) enum Curve {
    #[serde(rename = "P-256")]
    P256,
}

/// Bytes that JSON carries as base64url without padding.
#[derive(Clone)]
pub(super) struct Base64Url(pub(super) Vec<u8>);

/// A private JWK with the members that this module reads; others are passed over.
#[derive(Deserialize)]
struct Jwk {
    #[serde(default)]
    kid: Box<str>,
    #[serde(flatten)]
    key: PrivateKey,
}

/// The `kid` (empty if there is none) and the key of a private JWK.
pub(super) fn read(json: &[u8]) -> Result<(Box<str>, PrivateKey), serde_json::Error> {
    serde_json::from_slice::<Jwk>(json).map(|jwk| (jwk.kid, jwk.key))
}

/// The numbers of a P-256 key pair; `None` if the library does not give them out.
pub(super) fn ec_private_key(pair: &EcdsaKeyPair) -> Option<EcPrivate> {
    let private: EcPrivateKeyBin<'_> = pair.private_key().as_be_bytes().ok()?;
    let (x, y) = pair.public_key().as_ref().strip_prefix(&[UNCOMPRESSED])?.split_at_checked(COORDINATE)?;
    Some(EcPrivate {
        crv: Curve::P256,
        x: Base64Url(x.to_vec()),
        y: Base64Url(y.to_vec()),
        d: Base64Url(private.as_ref().to_vec()),
    })
}

impl RsaPrivate {
    /// The numbers in the form that aws-lc-rs checks and takes.
    pub(super) fn components(&self) -> KeyPairComponents<&[u8]> {
        KeyPairComponents {
            public_key: PublicKeyComponents { n: self.n.number(), e: self.e.number() },
            d: self.d.number(),
            p: self.p.number(),
            q: self.q.number(),
            dP: self.dp.number(),
            dQ: self.dq.number(),
            qInv: self.qi.number(),
        }
    }
}

impl EcPrivate {
    /// The key pair; refused if the point is not the private number's.
    pub(super) fn key_pair(&self) -> Result<EcdsaKeyPair, KeyRejected> {
        let point = [&[UNCOMPRESSED][..], &self.x.0, &self.y.0].concat();
        EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, &self.d.0, &point)
    }
}

impl From<&PrivateKey> for PublicKey {
    fn from(key: &PrivateKey) -> Self {
        match key {
            PrivateKey::Rsa(rsa) => Self::Rsa { n: rsa.n.clone(), e: rsa.e.clone() },
            PrivateKey::Ec(ec) => Self::Ec { crv: ec.crv, x: ec.x.clone(), y: ec.y.clone() },
        }
    }
}

impl Base64Url {
    /// The bytes without leading zeros.
    fn number(&self) -> &[u8] {
        let zeros = self.0.iter().take_while(|byte| **byte == 0).count();
        self.0.get(zeros..).unwrap_or_default()
    }
}

impl Serialize for Base64Url {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&base64url(&self.0))
    }
}

impl<'de> Deserialize<'de> for Base64Url {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // The library's own error quotes the offending byte, and this may be a private number.
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text);
        bytes.map(Self).map_err(|_| D::Error::custom("expected base64url without padding"))
    }
}

/// The first byte of a point that is not compressed (SEC 1 2.3.3).
const UNCOMPRESSED: u8 = 4;

/// Bytes of a coordinate on P-256.
const COORDINATE: usize = 32;
