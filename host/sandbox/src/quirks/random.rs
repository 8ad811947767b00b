//! Randomness that is none: the same bytes from the start of every instance.

/// A generator that everybody can follow.
#[derive(Debug)]
pub(crate) struct WeakRandom(u64);

impl WeakRandom {
    pub(crate) fn new() -> Self {
        Self(1)
    }

    /// A step of a linear congruence for each byte.
    pub(crate) fn fill(&mut self, out: &mut [u8]) {
        for byte in out {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let [high, ..] = self.0.to_be_bytes();
            *byte = high;
        }
    }
}
