use super::*;
use alloc::vec;
use p256::ecdsa::Signature;
use p256::elliptic_curve::sec1::ToEncodedPoint;
use p256::pkcs8::EncodePublicKey;
use rsa::BigUint;

#[test]
fn writes_rsa_keys_as_the_crate_rsa_does() {
    for length in [256, 257, 384, 1024] {
        for (first, exponent) in [(0xff_u8, 3_u32), (0x80, 65_537), (0x7f, 0x8001)] {
            let modulus = [&[first][..], &[0xab; 1023][..length - 2], &[1]].concat();
            let exponent = BigUint::from(exponent);
            let key = rsa::RsaPublicKey::new_with_max_size(
                BigUint::from_bytes_be(&modulus),
                exponent.clone(),
                9_000,
            );
            let expected = key.expect("key").to_public_key_der().expect("der");
            assert_eq!(rsa_public_key(&modulus, &exponent.to_bytes_be()), expected.as_bytes());
            let zeros = [&[0, 0][..], &modulus].concat();
            assert_eq!(rsa_public_key(&zeros, &exponent.to_bytes_be()), expected.as_bytes(), "leading zeros");
        }
    }
}

#[test]
fn writes_points_as_the_crates_of_their_curves_do() {
    macro_rules! agrees {
        ($curve:ident, $krate:ident) => {{
            let mut secret = vec![7; Curve::$curve.length()];
            secret[0] = 0;
            let public = $krate::SecretKey::from_slice(&secret).expect("key").public_key();
            let point = public.to_encoded_point(false);
            let (x, y) = (point.x().expect("x"), point.y().expect("y"));
            let expected = public.to_public_key_der().expect("der");
            assert_eq!(ec_public_key(Curve::$curve, x, y), expected.as_bytes());
        }};
    }
    agrees!(P256, p256);
    agrees!(P384, p384);
    agrees!(P521, p521);
}

/// The prefix is that of RFC 8410 10.1.
#[test]
fn writes_ed25519_keys_as_rfc_8410_does() {
    let prefix = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    assert_eq!(ed25519_public_key(&[7; 32]), [&prefix[..], &[7; 32]].concat());
}

#[test]
fn writes_ecdsa_signatures_with_and_without_sign_bytes_and_leading_zeros() {
    let mut small = [0; 32];
    small[31] = 1;
    let mut high = [0; 32];
    high[0] = 0x80;
    for r in [small, high, [0x7f; 32], [0x01; 32]] {
        for s in [small, high, [0x7f; 32]] {
            let expected = Signature::from_scalars(r, s).expect("signature").to_der();
            assert_eq!(ecdsa_signature(&[r, s].concat()), expected.as_bytes());
        }
    }
    assert_eq!(ecdsa_signature(&[0; 64]), [0x30, 6, 2, 1, 0, 2, 1, 0]);
}

#[test]
fn writes_long_ecdsa_signatures_with_a_long_length() {
    let raw = [&[1, 0xff][..], &[0x55; 64], &[1, 0xfe], &[0x33; 64]].concat();
    let expected = p521::ecdsa::Signature::from_slice(&raw).expect("signature").to_der();
    assert_eq!(ecdsa_signature(&raw), expected.as_bytes());
    assert_eq!(expected.as_bytes()[1], 0x81);
}
