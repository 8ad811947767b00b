//! What tokens can be signed with.

use claimgate_policy::signature::Hash;

/// What a [`Signer`](super::Signer) can sign with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum SigningAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256 and a new key of 2048 bits (RFC 7518 3.3).
    #[value(name = "RS256", alias = "rs256")]
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384 and a new key of 2048 bits (RFC 7518 3.3).
    #[value(name = "RS384", alias = "rs384")]
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512 and a new key of 2048 bits (RFC 7518 3.3).
    #[value(name = "RS512", alias = "rs512")]
    Rs512,
    /// RSASSA-PSS with SHA-256 and a new key of 2048 bits (RFC 7518 3.5).
    #[value(name = "PS256", alias = "ps256")]
    Ps256,
    /// RSASSA-PSS with SHA-384 and a new key of 2048 bits (RFC 7518 3.5).
    #[value(name = "PS384", alias = "ps384")]
    Ps384,
    /// RSASSA-PSS with SHA-512 and a new key of 2048 bits (RFC 7518 3.5).
    #[value(name = "PS512", alias = "ps512")]
    Ps512,
    /// ECDSA on P-256 with SHA-256 (RFC 7518 3.4).
    #[value(name = "ES256", alias = "es256")]
    Es256,
    /// ECDSA on P-384 with SHA-384 (RFC 7518 3.4).
    #[value(name = "ES384", alias = "es384")]
    Es384,
    /// ECDSA on P-521 with SHA-512 (RFC 7518 3.4).
    #[value(name = "ES512", alias = "es512")]
    Es512,
    /// Ed25519 (RFC 8037 3.1).
    #[value(name = "EdDSA", alias = "eddsa")]
    EdDsa,
    /// HMAC with SHA-256 (RFC 7518 3.2).
    #[value(name = "HS256", alias = "hs256")]
    Hs256,
    /// HMAC with SHA-384 (RFC 7518 3.2).
    #[value(name = "HS384", alias = "hs384")]
    Hs384,
    /// HMAC with SHA-512 (RFC 7518 3.2).
    #[value(name = "HS512", alias = "hs512")]
    Hs512,
}

impl SigningAlgorithm {
    /// Every algorithm.
    pub const ALL: [Self; 13] = [
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::EdDsa,
        Self::Hs256,
        Self::Hs384,
        Self::Hs512,
    ];

    /// The algorithm of a name in `alg`, which is case-sensitive.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// The value of `alg` (RFC 7518 3.1, RFC 8037 3.1).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::EdDsa => "EdDSA",
            Self::Hs256 => "HS256",
            Self::Hs384 => "HS384",
            Self::Hs512 => "HS512",
        }
    }

    /// The hash of an HMAC; a secret has at least as many bytes (RFC 7518 3.2). `None` for the algorithms with a
    /// key pair.
    #[must_use]
    pub const fn hmac(self) -> Option<Hash> {
        match self {
            Self::Hs256 => Some(Hash::Sha256),
            Self::Hs384 => Some(Hash::Sha384),
            Self::Hs512 => Some(Hash::Sha512),
            _ => None,
        }
    }
}
