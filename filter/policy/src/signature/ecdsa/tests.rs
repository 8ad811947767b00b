use super::*;
use alloc::format;
use alloc::vec;
use alloc::vec::Vec;
use p256::ecdsa::signature::{RandomizedSigner as _, Signer as _};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rsa::BigUint;

const TEXT: &[u8] = b"header.payload";

/// A key, a good signature with it, and the order of its curve.
struct Signed {
    key: EcKey,
    r: Vec<u8>,
    s: Vec<u8>,
    order: &'static str,
}

impl Signed {
    fn on(curve: Curve) -> Self {
        match curve {
            Curve::P256 => {
                let private = p256::ecdsa::SigningKey::from_slice(&[7; 32]).expect("key");
                let signature: p256::ecdsa::Signature = private.sign(TEXT);
                let point = private.verifying_key().to_encoded_point(false);
                Self::new(curve, point.as_bytes(), &signature.to_bytes(), P256_ORDER)
            }
            Curve::P384 => {
                let private = p384::ecdsa::SigningKey::from_slice(&[7; 48]).expect("key");
                let signature: p384::ecdsa::Signature = private.sign(TEXT);
                let point = private.verifying_key().to_encoded_point(false);
                Self::new(curve, point.as_bytes(), &signature.to_bytes(), P384_ORDER)
            }
            Curve::P521 => {
                let private = p521_key();
                let signature: p521::ecdsa::Signature =
                    private.sign_with_rng(&mut StdRng::seed_from_u64(7), TEXT);
                let point = p521::ecdsa::VerifyingKey::from(&private).to_encoded_point(false);
                Self::new(curve, point.as_bytes(), &signature.to_bytes(), P521_ORDER)
            }
        }
    }

    fn new(curve: Curve, point: &[u8], signature: &[u8], order: &'static str) -> Self {
        let (x, y) = point[1..].split_at(curve.length());
        let (r, s) = signature.split_at(curve.length());
        Self { key: EcKey::new(curve, x, y).expect("key"), r: r.into(), s: s.into(), order }
    }

    fn order(&self) -> BigUint {
        BigUint::parse_bytes(self.order.as_bytes(), 16).expect("number")
    }
}

fn p521_key() -> p521::ecdsa::SigningKey {
    p521::ecdsa::SigningKey::from_slice(&[&[0; 1][..], &[7; 65]].concat()).expect("key")
}

fn padded(number: &BigUint, length: usize) -> Vec<u8> {
    let mut digits = number.to_bytes_le();
    digits.resize(length, 0);
    digits.reverse();
    digits
}

#[test]
fn accepts_both_halves_of_s_and_refuses_numbers_out_of_range() {
    for curve in Curve::ALL {
        let signed = Signed::on(curve);
        let (length, order) = (curve.length(), signed.order());
        let number = |number: &BigUint| padded(number, length);
        let (r, s) = (signed.r.clone(), signed.s.clone());
        let (zero, greatest) = (vec![0; length], vec![0xff; length]);
        let negated = number(&(&order - BigUint::from_bytes_be(&s)));
        let cases = [
            ("as signed", &r, &s, true),
            ("n - s", &r, &negated, true),
            ("swapped", &s, &r, false),
            ("r = 0", &zero, &s, false),
            ("s = 0", &r, &zero, false),
            ("both 0", &zero, &zero, false),
            ("r = n", &number(&order), &s, false),
            ("s = n", &r, &number(&order), false),
            ("all bits of r", &greatest, &s, false),
            ("all bits of s", &r, &greatest, false),
        ];
        for (name, r, s, expected) in cases {
            assert_eq!(signed.key.verify(TEXT, &[&r[..], s].concat()), expected, "{} {name}", curve.name());
        }
        assert!(!signed.key.verify(b"header.other", &[r, s].concat()), "{}", curve.name());
    }
}

#[test]
fn takes_halves_with_leading_zeros_in_full_length_only() {
    let (private, mut random) = (p521_key(), StdRng::seed_from_u64(9));
    let point = p521::ecdsa::VerifyingKey::from(&private).to_encoded_point(false);
    let key = EcKey::new(Curve::P521, &point.as_bytes()[1..67], &point.as_bytes()[67..]).expect("key");
    let mut sign = || -> p521::ecdsa::Signature { private.sign_with_rng(&mut random, TEXT) };
    let raw = (0..100).map(|_| sign().to_bytes()).find(|raw| raw[0] == 0 && raw[66] == 0).expect("signature");
    assert!(key.verify(TEXT, &raw));
    let (r, s) = (&raw[1..66], &raw[67..]);
    for short in
        [&[r, s].concat(), &[&[0], r, s].concat(), &[r, &[0], s].concat(), &[&[0], &raw[..]].concat()]
    {
        assert!(!key.verify(TEXT, short), "{} bytes", short.len());
    }
}

#[test]
fn refuses_points_that_are_not_on_the_curve_or_of_another_length() {
    for curve in Curve::ALL {
        let length = curve.length();
        let one = [&vec![0; length - 1][..], &[1]].concat();
        for (x, y) in [(&one[..], &one[..]), (&one[1..], &one[..]), (&one[..], &one[1..]), (&[], &[])] {
            assert!(EcKey::new(curve, x, y).is_none(), "{} {} {}", curve.name(), x.len(), y.len());
        }
        assert!(
            EcKey::new(curve, &vec![0xff; length], &one).is_none(),
            "{}: not below the field",
            curve.name()
        );
    }
}

#[test]
fn names_its_curve_and_no_numbers() {
    let names = Curve::ALL.map(|curve| {
        assert_eq!(Curve::from_name(curve.name()), Some(curve));
        format!("{:?} {}", Signed::on(curve).key, curve.algorithm())
    });
    let expected = [
        "EcKey { curve: P256, .. } ES256",
        "EcKey { curve: P384, .. } ES384",
        "EcKey { curve: P521, .. } ES512",
    ];
    assert_eq!(names, expected);
    assert_eq!(Curve::from_name("secp256k1"), None);
}

const P256_ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
const P384_ORDER: &str =
    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973";
const P521_ORDER: &str = "1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409";
