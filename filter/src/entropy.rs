//! Random bytes, from the engine through WASI.

use claimgate_policy::denial::Denial;
use claimgate_policy::world::Entropy;

/// The engine's random source. Remembers a failure, so that nothing which was made from bytes that are not
/// random goes out: the edge asks [`EngineEntropy::sound`] before it carries a step out.
#[derive(Debug, Default)]
pub(crate) struct EngineEntropy {
    failed: bool,
}

impl EngineEntropy {
    /// Random bytes for a purpose of the edge's own.
    pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], Denial> {
        let mut source = Self::default();
        let mut out = [0; N];
        source.fill(&mut out);
        source.sound()?;
        Ok(out)
    }

    /// An error if any bytes so far were not random.
    pub(crate) fn sound(&self) -> Result<(), Denial> {
        if self.failed { Err(Denial::Internal { what: "the engine gave no random bytes" }) } else { Ok(()) }
    }
}

impl Entropy for EngineEntropy {
    fn fill(&mut self, out: &mut [u8]) {
        // Engines refuse more than 64 KiB at once.
        self.failed |= out.chunks_mut(AT_ONCE).any(|chunk| getrandom::fill(chunk).is_err());
    }
}

const AT_ONCE: usize = 1 << 15;

#[cfg(test)]
mod tests;
