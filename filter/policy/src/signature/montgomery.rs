//! Powers modulo an odd number, by Montgomery's method, for public data only: time depends on the numbers.
//!
//! Numbers are limbs of 28 bits (27 for long moduli), least first, in 32-bit words. A product of two limbs
//! then leaves 8 bits (10) of a 64-bit word free, so that a whole column of products is summed without one
//! carry: sandboxes have no 128-bit product, and carries are what costs there. Values stay below twice the
//! modulus between steps, which spares the comparison after each.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::mem;

/// An odd modulus, prepared: everything that depends on it alone.
#[derive(Debug, Clone)]
pub(super) struct Modulus {
    /// Bits of a limb.
    width: u32,
    /// Bytes of the modulus.
    bytes: usize,
    limbs: Box<[u32]>,
    /// The limbs, greatest first, so that the sum of a column runs forward through two slices.
    reversed: Box<[u32]>,
    /// What multiplied with the least limb gives -1 modulo 2^width.
    negated_inverse: u32,
    /// R^2 modulo this, R = 2^(width * limbs): a Montgomery product with it takes a number into the form.
    r_squared: Box<[u32]>,
}

impl Modulus {
    /// Prepares an odd modulus of up to 8192 bits, big-endian without leading zeros.
    pub(super) fn new(big_endian: &[u8]) -> Self {
        let zeros = big_endian.first().map_or(0, |first| first.leading_zeros() as usize);
        let bits = big_endian.len().saturating_mul(8).saturating_sub(zeros);
        let width: u32 = if bits <= MOST_BITS_OF_WIDE { 28 } else { 27 };
        // Two bits more than the modulus: values below twice the modulus stay so (R > 4n).
        let count = bits.saturating_add(2).div_ceil(width as usize);
        let limbs = limbs_of(big_endian, width, count);
        let least = limbs.first().copied().unwrap_or_default();
        let mut modulus = Self {
            width,
            bytes: big_endian.len(),
            reversed: limbs.iter().rev().copied().collect(),
            negated_inverse: inverse(least).wrapping_neg() & mask(width),
            limbs: limbs.into_boxed_slice(),
            r_squared: Box::default(),
        };
        modulus.r_squared = modulus.square_of_r(bits);
        modulus
    }

    /// `base` to the power of `exponent`, modulo this. Both numbers are big-endian and as long as the modulus;
    /// `base` is less than it, and `exponent` is odd and at least 3.
    pub(super) fn power(&self, base: &[u8], exponent: u64) -> Vec<u8> {
        let base = limbs_of(base, self.width, self.limbs.len());
        let mut power = Accumulator::new(self, base.clone());
        power.multiply(&self.r_squared);
        let formed = power.value.clone();
        let below_first = 63_u32.saturating_sub(exponent.leading_zeros());
        for bit in (1..below_first).rev() {
            power.square();
            if exponent.wrapping_shr(bit) & 1 == 1 {
                power.multiply(&formed);
            }
        }
        // The last bit of an odd exponent: the product with the base itself also leaves Montgomery's form.
        power.square();
        power.multiply(&base);
        self.bytes_of(&power.reduced())
    }

    /// R^2 modulo this by doubling 2^(bits - 1), the greatest power of two below the modulus.
    fn square_of_r(&self, bits: usize) -> Box<[u32]> {
        let start = bits.saturating_sub(1);
        let mut power = limbs_of(&power_of_two(start), self.width, self.limbs.len());
        let target = self.limbs.len().saturating_mul(self.width as usize).saturating_mul(2);
        for _ in start..target {
            self.double(&mut power);
        }
        power.into_boxed_slice()
    }

    fn double(&self, number: &mut [u32]) {
        let mut carry = 0;
        for limb in number.iter_mut() {
            let doubled = limb.wrapping_shl(1) | carry;
            *limb = doubled & mask(self.width);
            carry = doubled.wrapping_shr(self.width);
        }
        self.subtract_if_not_less(number);
    }

    /// Takes the modulus off a number below twice the modulus, if it can be taken off.
    fn subtract_if_not_less(&self, number: &mut [u32]) {
        if number.iter().rev().lt(&*self.reversed) {
            return;
        }
        let mut borrow = 0;
        for (limb, own) in number.iter_mut().zip(&self.limbs) {
            let difference = limb.wrapping_sub(*own).wrapping_sub(borrow);
            *limb = difference & mask(self.width);
            borrow = difference.wrapping_shr(31);
        }
    }

    fn bytes_of(&self, limbs: &[u32]) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.bytes.saturating_add(4));
        let (mut bits, mut held) = (0_u64, 0_u32);
        for limb in limbs {
            bits |= u64::from(*limb).wrapping_shl(held);
            held = held.wrapping_add(self.width);
            while held >= 8 {
                out.push(bits as u8);
                bits >>= 8;
                held = held.wrapping_sub(8);
            }
        }
        out.push(bits as u8);
        out.resize(self.bytes, 0);
        out.reverse();
        out
    }
}

/// A number in the making, with the room that each step needs.
struct Accumulator<'a> {
    modulus: &'a Modulus,
    value: Vec<u32>,
    next: Vec<u32>,
    reversed: Vec<u32>,
    quotients: Vec<u32>,
}

impl<'a> Accumulator<'a> {
    fn new(modulus: &'a Modulus, value: Vec<u32>) -> Self {
        let room = vec![0; value.len()];
        Self { modulus, value, next: room.clone(), reversed: room.clone(), quotients: room }
    }

    /// value * other / R
    fn multiply(&mut self, other: &[u32]) {
        self.reverse(other);
        let (value, reversed) = (&self.value, &self.reversed);
        self.modulus.reduce(&mut self.next, &mut self.quotients, |column| {
            let (start, shift) = bounds(column, reversed.len());
            dot(from(value, start), from(reversed, shift))
        });
        mem::swap(&mut self.value, &mut self.next);
    }

    /// value * value / R: the products above the diagonal count twice, those on it once.
    fn square(&mut self) {
        let value = mem::take(&mut self.value);
        self.reverse(&value);
        let reversed = &self.reversed;
        self.modulus.reduce(&mut self.next, &mut self.quotients, |column| {
            let (start, shift) = bounds(column, reversed.len());
            let middle = column.wrapping_add(1) / 2;
            let twice =
                dot(value.get(start..middle).unwrap_or_default(), from(reversed, shift)).wrapping_shl(1);
            let once = if column % 2 == 0 { value.get(middle) } else { None };
            twice.wrapping_add(once.map_or(0, |limb| product(*limb, *limb)))
        });
        self.value = mem::replace(&mut self.next, value);
    }

    fn reverse(&mut self, number: &[u32]) {
        for (to, limb) in self.reversed.iter_mut().zip(number.iter().rev()) {
            *to = *limb;
        }
    }

    fn reduced(mut self) -> Vec<u32> {
        self.modulus.subtract_if_not_less(&mut self.value);
        self.value
    }
}

impl Modulus {
    /// Divides a product by R, modulo this. `column` gives the sums of the product's columns, least first.
    /// Each quotient is the multiple of the modulus that clears a column.
    fn reduce(&self, out: &mut [u32], quotients: &mut [u32], column: impl Fn(usize) -> u64) {
        let count = self.limbs.len();
        let least = self.limbs.first().copied().unwrap_or_default();
        let mut sum = 0_u64;
        for place in 0..count {
            let (_, shift) = bounds(place, count);
            let known = quotients.get(..place).unwrap_or_default();
            sum = sum.wrapping_add(column(place)).wrapping_add(dot(known, from(&self.reversed, shift)));
            let quotient = (sum as u32).wrapping_mul(self.negated_inverse) & mask(self.width);
            sum = sum.wrapping_add(product(quotient, least)).wrapping_shr(self.width);
            if let Some(slot) = quotients.get_mut(place) {
                *slot = quotient;
            }
        }
        for (place, limb) in out.iter_mut().enumerate() {
            let above = from(quotients, place.wrapping_add(1));
            sum =
                sum.wrapping_add(column(place.wrapping_add(count))).wrapping_add(dot(above, &self.reversed));
            *limb = (sum as u32) & mask(self.width);
            sum = sum.wrapping_shr(self.width);
        }
    }
}

/// Where the products of a column start: in the one number, and in the other reversed.
fn bounds(column: usize, count: usize) -> (usize, usize) {
    let start = column.wrapping_add(1).saturating_sub(count);
    let shift = count.wrapping_sub(1).saturating_sub(column);
    (start, shift)
}

fn from(limbs: &[u32], start: usize) -> &[u32] {
    limbs.get(start..).unwrap_or_default()
}

/// Sum of the products, as far as the shorter slice goes. Fits 64 bits: see [`MOST_BITS_OF_WIDE`].
fn dot(one: &[u32], other: &[u32]) -> u64 {
    one.iter().zip(other).fold(0, |sum, (one, other)| sum.wrapping_add(product(*one, *other)))
}

fn product(one: u32, other: u32) -> u64 {
    u64::from(one).wrapping_mul(u64::from(other))
}

const fn mask(width: u32) -> u32 {
    1_u32.wrapping_shl(width).wrapping_sub(1)
}

/// The inverse of an odd number modulo 2^32: each of Newton's steps doubles the bits that are right, from 3.
fn inverse(odd: u32) -> u32 {
    (0..4).fold(odd, |guess, _| guess.wrapping_mul(2_u32.wrapping_sub(odd.wrapping_mul(guess))))
}

/// Limbs of a big-endian number, `count` of them; what lies above is dropped.
fn limbs_of(big_endian: &[u8], width: u32, count: usize) -> Vec<u32> {
    let mut limbs = Vec::with_capacity(count.saturating_add(1));
    let (mut bits, mut held) = (0_u64, 0_u32);
    for byte in big_endian.iter().rev() {
        bits |= u64::from(*byte).wrapping_shl(held);
        held = held.wrapping_add(8);
        if held >= width {
            limbs.push((bits as u32) & mask(width));
            bits = bits.wrapping_shr(width);
            held = held.wrapping_sub(width);
        }
    }
    limbs.push(bits as u32);
    limbs.resize(count, 0);
    limbs
}

/// 2 to the power of `exponent`, big-endian.
fn power_of_two(exponent: usize) -> Vec<u8> {
    let mut bytes = vec![0; (exponent / 8).saturating_add(1)];
    if let (Some(first), Ok(bit)) = (bytes.first_mut(), u32::try_from(exponent % 8)) {
        *first = 1_u8.wrapping_shl(bit);
    }
    bytes
}

/// The longest modulus with limbs of 28 bits: 127 of them. A column then sums at most 2 * 127 products below
/// 2^56 and a carry below 2^37, which is less than 2^64. Limbs of 27 bits carry that to 511 limbs.
const MOST_BITS_OF_WIDE: usize = 127 * 28 - 2;

#[cfg(test)]
mod tests;
