use super::*;
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
fn writes_points_as_the_crate_p256_does() {
    let secret = p256::SecretKey::from_slice(&[7; 32]).expect("key").public_key();
    let point = secret.to_encoded_point(false);
    let (x, y) = (*point.x().expect("x"), *point.y().expect("y"));
    let expected = secret.to_public_key_der().expect("der");
    assert_eq!(p256_public_key(&x.into(), &y.into()), expected.as_bytes());
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
            let raw: [u8; 64] = [r, s].concat().try_into().expect("64 bytes");
            assert_eq!(ecdsa_signature(&raw), expected.as_bytes());
        }
    }
    assert_eq!(ecdsa_signature(&[0; 64]), [0x30, 6, 2, 1, 0, 2, 1, 0]);
}
