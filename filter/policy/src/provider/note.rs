//! What an operator should know of the providers.

use super::fetch::Trouble;
use crate::verified::SourceId;
use core::fmt;

/// Something for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// Keys came that are not those of before, or came again after trouble.
    Fetched {
        /// Of this source.
        source: SourceId,
        /// How many keys there are now.
        keys: usize,
        /// How far the provider's clock is ahead of ours, seconds.
        offset: Option<i64>,
    },
    /// Something went wrong.
    Trouble {
        /// With this source.
        source: SourceId,
        /// What, and where.
        trouble: Trouble,
        /// How many keys are used for the time being.
        keys: usize,
        /// Seconds until it is tried again.
        retry: i64,
    },
}

impl Note {
    /// Whether somebody should look at it.
    #[must_use]
    pub fn is_trouble(&self) -> bool {
        match self {
            Self::Trouble { .. } => true,
            Self::Fetched { offset, .. } => offset.is_some_and(is_notable),
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fetched { source, keys, offset } => {
                write!(f, "source {source}: {keys} keys")?;
                match offset {
                    Some(offset) if is_notable(*offset) => {
                        let (by, which) = (offset.abs(), if *offset > 0 { "behind" } else { "ahead of" });
                        write!(f, "; our clock is {by} s {which} the provider's, set one of them right")
                    }
                    Some(offset) => write!(f, "; the provider's clock differs by {offset} s"),
                    None => Ok(()),
                }
            }
            Self::Trouble { source, trouble, keys, retry } => {
                write!(f, "source {source}: {trouble}; {keys} keys of before are used, next try in {retry} s")
            }
        }
    }
}

/// Whether clocks that differ so should be set right.
pub(super) const fn is_notable(offset: i64) -> bool {
    offset.unsigned_abs() > TOLERABLE
}

/// Seconds that two clocks may differ without a word.
const TOLERABLE: u64 = 5;
