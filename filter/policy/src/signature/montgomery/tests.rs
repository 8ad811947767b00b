use super::*;
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use rsa::BigUint;

/// A random odd number of exactly `bits` bits.
fn odd(random: &mut StdRng, bits: usize) -> Vec<u8> {
    let mut bytes = vec![0; bits.div_ceil(8)];
    random.fill_bytes(&mut bytes);
    let top = 1_u8 << (bits.wrapping_sub(1) % 8);
    bytes[0] = (bytes[0] & top.wrapping_sub(1)) | top;
    *bytes.last_mut().expect("last") |= 1;
    bytes
}

fn padded(number: &BigUint, length: usize) -> Vec<u8> {
    let mut digits = number.to_bytes_le();
    digits.resize(length, 0);
    digits.reverse();
    digits
}

/// The prepared modulus gives the power that another implementation gives.
fn agrees(prepared: &Modulus, number: &BigUint, base: &BigUint, exponent: u64) {
    let expected = padded(&base.modpow(&BigUint::from(exponent), number), prepared.bytes);
    let found = prepared.power(&padded(base, prepared.bytes), exponent);
    assert_eq!(found, expected, "base {base:x} to the {exponent} modulo {number:x}");
}

#[test]
fn agrees_with_another_implementation_on_random_numbers_of_every_size() {
    let mut random = StdRng::seed_from_u64(7);
    for bits in [2048, 2049, 2055, 2056, 3072, 3553, 3554, 3555, 3556, 4096, 8191, 8192] {
        let modulus = odd(&mut random, bits);
        let (prepared, number) = (Modulus::new(&modulus), BigUint::from_bytes_be(&modulus));
        for exponent in [3, 5, 17, 65_537, 0x1_ffff_ffff] {
            let mut base = vec![0; modulus.len()];
            random.fill_bytes(&mut base);
            agrees(&prepared, &number, &(BigUint::from_bytes_be(&base) % &number), exponent);
        }
    }
}

#[test]
fn agrees_with_another_implementation_at_the_edges() {
    let one = BigUint::from(1_u8);
    for bits in [2048, 3554, 3555, 8192] {
        for number in [(&one << bits) - &one, (&one << (bits - 1)) + &one] {
            let prepared = Modulus::new(&number.to_bytes_be());
            for base in [BigUint::default(), one.clone(), &number - &one, &number >> 1, &one << (bits - 2)] {
                agrees(&prepared, &number, &base, 65_537);
            }
        }
    }
}

#[test]
fn inverts_every_odd_limb() {
    for odd in (1..=0x0fff_ffff_u32).step_by(9_998).chain([0x0fff_ffff, 0x07ff_ffff]) {
        assert_eq!(odd.wrapping_mul(inverse(odd)), 1);
    }
}
