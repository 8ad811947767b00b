//! Randomness that is the same in every run.

/// Marsaglia's xorshift; a seed is not 0.
pub(super) struct Random(pub(super) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    /// Any byte but those that end a line.
    pub(super) fn byte(&mut self) -> u8 {
        let byte = self.next().to_le_bytes()[0];
        if b"\r\n".contains(&byte) { b'?' } else { byte }
    }

    pub(super) fn bytes(&mut self, bound: usize) -> Vec<u8> {
        (0..self.below(bound)).map(|_| self.byte()).collect()
    }
}
