//! Who may write: one of several that could, for a while. A lease keeps work from being done twice; what keeps a
//! writer that has lost it from doing harm is its generation.

use super::binary::{Input, Output};
use super::names::Names;
use super::seal::MacKey;
use super::standing::{Generation, Standing};
use super::{Found, SharedDataMut, Unavailable, ValueError};
use crate::time::UnixTime;
use alloc::vec::Vec;

/// A term of office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Who has it; drawn at random by each.
    pub holder: u64,
    /// The load that it is for.
    pub generation: Generation,
    /// The first second after it.
    pub expires: UnixTime,
}

/// How the office stands to whoever asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tenure {
    /// It is the asker's, since before.
    Held(Generation),
    /// It is the asker's from now on: a new load begins.
    Taken(Generation),
    /// It is another's, or nobody's yet: ask again later.
    Elsewhere,
}

/// Why the lease cannot be read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseError {
    /// The engine did not do its part.
    Unavailable,
    /// The value cannot be written.
    Value(ValueError),
}

impl Lease {
    /// Keeps the office for `holder`, who has been in it for `term`, or takes it, if it is free or is the same
    /// holder's under another generation. `draw` is random: it tells terms apart that begin in the same second with
    /// nothing to see of each other.
    ///
    /// Where there is no lease, an expired one is written first: some engines overwrite what somebody else has just
    /// created, but none a value whose number changed.
    ///
    /// # Errors
    /// [`LeaseError`].
    pub fn hold(
        data: &dyn SharedDataMut,
        (names, key): (&Names, &MacKey),
        (holder, term): (u64, Option<Generation>),
        now: UnixTime,
        draw: u32,
    ) -> Result<Tenure, LeaseError> {
        let found = data.get(names.lease())?;
        let cas = found.as_ref().map_or(0, |found| found.cas);
        let lease = found.and_then(|Found { bytes, .. }| Self::open(&bytes, names, key).ok());
        let Some(lease) = lease else {
            let nobodys = Self { holder: 0, generation: Generation(0), expires: now };
            data.set(names.lease(), &nobodys.seal(names, key)?, cas)?;
            return Ok(Tenure::Elsewhere);
        };
        let own = lease.holder == holder;
        if !own && lease.expires > now {
            return Ok(Tenure::Elsewhere);
        }
        // An own lease that has run out may have been another's in between.
        let keeps = own && lease.expires > now && term == Some(lease.generation);
        if keeps && lease.expires.seconds().saturating_sub(now.seconds()) > TERM / 2 {
            return Ok(Tenure::Held(lease.generation));
        }
        let generation = if keeps { lease.generation } else { next(data, (names, key), &lease, now, draw)? };
        let expires = UnixTime::from_seconds(now.seconds().saturating_add(TERM));
        let new = Self { holder, generation, expires };
        Ok(match (data.set(names.lease(), &new.seal(names, key)?, cas)?, keeps) {
            (true, true) => Tenure::Held(generation),
            (true, false) => Tenure::Taken(generation),
            (false, _) => Tenure::Elsewhere,
        })
    }

    fn seal(self, names: &Names, key: &MacKey) -> Result<Vec<u8>, ValueError> {
        let content = Output::whole(|output| {
            output.unsigned(self.holder);
            output.unsigned(self.generation.0);
            output.signed(self.expires.seconds());
            Ok(())
        })?;
        Ok(key.seal(names.lease(), content))
    }

    fn open(sealed: &[u8], names: &Names, key: &MacKey) -> Result<Self, ValueError> {
        Input::whole(key.open(names.lease(), sealed)?, |input| {
            Ok(Self {
                holder: input.unsigned()?,
                generation: Generation(input.unsigned()?),
                expires: UnixTime::from_seconds(input.signed()?),
            })
        })
    }
}

/// Later than every generation that can be seen, and than those of earlier seconds that cannot.
fn next(
    data: &dyn SharedDataMut,
    (names, key): (&Names, &MacKey),
    lease: &Lease,
    now: UnixTime,
    draw: u32,
) -> Result<Generation, LeaseError> {
    let standing = data.get(names.standing())?;
    let standing = standing.and_then(|found| Standing::open(names, key, &found.bytes).ok());
    let seen = standing.map_or(lease.generation, |standing| standing.generation.max(lease.generation));
    Ok(Generation::of(now, draw).max(Generation(seen.0.saturating_add(1))))
}

impl Generation {
    /// One that begins now: seconds since 1970 in the upper bits, a random number in the lower 24.
    #[must_use]
    pub fn of(now: UnixTime, draw: u32) -> Self {
        let seconds = u64::try_from(now.seconds()).unwrap_or_default();
        Self((seconds << DRAWN_BITS) | u64::from(draw & ((1 << DRAWN_BITS) - 1)))
    }
}

impl From<Unavailable> for LeaseError {
    fn from(Unavailable: Unavailable) -> Self {
        Self::Unavailable
    }
}

impl From<ValueError> for LeaseError {
    fn from(error: ValueError) -> Self {
        Self::Value(error)
    }
}

/// How long an office lasts unless it is renewed, seconds. As long a silence follows when its holder dies.
const TERM: i64 = 10;

const DRAWN_BITS: u32 = 24;
