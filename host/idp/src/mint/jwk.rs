//! Keys as JSON (RFC 7517, RFC 7518 6, RFC 8037 2). No `Debug` here: these types hold private numbers.

use crate::mint::algorithm::SigningAlgorithm;
use crate::mint::base64url;
use aws_lc_rs::encoding::{AsBigEndian as _, Curve25519SeedBin, EcPrivateKeyBin};
use aws_lc_rs::error::KeyRejected;
use aws_lc_rs::rsa::{KeyPairComponents, PublicKeyComponents};
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
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
    #[serde(rename = "OKP")]
    Okp(OkpPrivate),
    #[serde(rename = "oct")]
    Secret { k: Base64Url },
}

/// A public key, by its `kty`.
#[derive(Serialize)]
#[serde(tag = "kty")]
pub(super) enum PublicKey {
    #[serde(rename = "RSA")]
    Rsa { n: Base64Url, e: Base64Url },
    #[serde(rename = "EC")]
    Ec { crv: Curve, x: Base64Url, y: Base64Url },
    #[serde(rename = "OKP")]
    Okp { crv: OkpCurve, x: Base64Url },
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

/// A point and its private number, in the full length of the curve (RFC 7518 6.2).
#[derive(Serialize, Deserialize)]
pub(super) struct EcPrivate {
    crv: Curve,
    x: Base64Url,
    y: Base64Url,
    d: Base64Url,
}

/// A point and the seed of its private number, 32 bytes each (RFC 8037 2).
#[derive(Serialize, Deserialize)]
pub(super) struct OkpPrivate {
    crv: OkpCurve,
    x: Base64Url,
    d: Base64Url,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Curve {
    #[serde(rename = "P-256")]
    P256,
    #[serde(rename = "P-384")]
    P384,
    #[serde(rename = "P-521")]
    P521,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) enum OkpCurve {
    Ed25519,
}

/// Bytes that JSON carries as base64url without padding.
#[derive(Clone)]
pub(super) struct Base64Url(pub(super) Vec<u8>);

/// A private JWK with the members that this module reads; others are passed over.
#[derive(Deserialize)]
struct Jwk {
    #[serde(default)]
    kid: Box<str>,
    alg: Option<String>,
    #[serde(flatten)]
    key: PrivateKey,
}

/// The `kid` (empty if there is none), the algorithm and the key of a private JWK.
pub(super) fn read(json: &[u8]) -> Result<(Box<str>, SigningAlgorithm, PrivateKey), serde_json::Error> {
    let jwk: Jwk = serde_json::from_slice(json)?;
    let algorithm = match jwk.alg {
        Some(name) => SigningAlgorithm::from_name(&name).filter(|algorithm| jwk.key.signs(*algorithm)),
        None => Some(jwk.key.usual_algorithm()),
    };
    let algorithm =
        algorithm.ok_or_else(|| serde_json::Error::custom("expected an alg of the key's type"))?;
    Ok((jwk.kid, algorithm, jwk.key))
}

/// The numbers of a key pair on the curve; `None` if the library does not give them out.
pub(super) fn ec_private_key(pair: &EcdsaKeyPair, crv: Curve) -> Option<EcPrivate> {
    let private: EcPrivateKeyBin<'_> = pair.private_key().as_be_bytes().ok()?;
    let point = pair.public_key().as_ref().strip_prefix(&[UNCOMPRESSED])?;
    let (x, y) = point.split_at_checked(point.len() / 2)?;
    let number = |bytes: &[u8]| Base64Url(bytes.to_vec());
    Some(EcPrivate { crv, x: number(x), y: number(y), d: number(private.as_ref()) })
}

/// The numbers of an Ed25519 key pair; `None` if the library does not give them out.
pub(super) fn okp_private_key(pair: &Ed25519KeyPair) -> Option<OkpPrivate> {
    let seed: Curve25519SeedBin<'_> = pair.seed().ok()?.as_be_bytes().ok()?;
    let number = |bytes: &[u8]| Base64Url(bytes.to_vec());
    Some(OkpPrivate {
        crv: OkpCurve::Ed25519,
        x: number(pair.public_key().as_ref()),
        d: number(seed.as_ref()),
    })
}

impl PrivateKey {
    /// Whether keys of this type sign with the algorithm.
    fn signs(&self, algorithm: SigningAlgorithm) -> bool {
        match self {
            Self::Rsa(_) => matches!(algorithm.name().get(..2), Some("RS" | "PS")),
            Self::Ec(ec) => algorithm == ec.crv.algorithm(),
            Self::Okp(_) => algorithm == SigningAlgorithm::EdDsa,
            Self::Secret { .. } => algorithm.hmac().is_some(),
        }
    }

    /// What a key without `alg` signs with.
    fn usual_algorithm(&self) -> SigningAlgorithm {
        match self {
            Self::Rsa(_) => SigningAlgorithm::Rs256,
            Self::Ec(ec) => ec.crv.algorithm(),
            Self::Okp(_) => SigningAlgorithm::EdDsa,
            Self::Secret { .. } => SigningAlgorithm::Hs256,
        }
    }
}

impl Curve {
    /// The one algorithm of keys on the curve.
    pub(super) const fn algorithm(self) -> SigningAlgorithm {
        match self {
            Self::P256 => SigningAlgorithm::Es256,
            Self::P384 => SigningAlgorithm::Es384,
            Self::P521 => SigningAlgorithm::Es512,
        }
    }

    /// The curve of the algorithm; `None` if it has none of these.
    pub(super) fn of(algorithm: SigningAlgorithm) -> Option<Self> {
        [Self::P256, Self::P384, Self::P521].into_iter().find(|curve| curve.algorithm() == algorithm)
    }
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
        EcdsaKeyPair::from_private_key_and_public_key(self.crv.signing(), &self.d.0, &point)
    }

    pub(super) fn curve(&self) -> Curve {
        self.crv
    }
}

impl OkpPrivate {
    /// The key pair; refused if the point is not the seed's.
    pub(super) fn key_pair(&self) -> Result<Ed25519KeyPair, KeyRejected> {
        Ed25519KeyPair::from_seed_and_public_key(&self.d.0, &self.x.0)
    }
}

impl PublicKey {
    /// The public half; `None` of a secret, which has none.
    pub(super) fn of(key: &PrivateKey) -> Option<Self> {
        match key {
            PrivateKey::Rsa(rsa) => Some(Self::Rsa { n: rsa.n.clone(), e: rsa.e.clone() }),
            PrivateKey::Ec(ec) => Some(Self::Ec { crv: ec.crv, x: ec.x.clone(), y: ec.y.clone() }),
            PrivateKey::Okp(okp) => Some(Self::Okp { crv: okp.crv, x: okp.x.clone() }),
            PrivateKey::Secret { .. } => None,
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
