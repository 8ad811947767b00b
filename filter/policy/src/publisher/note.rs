//! What a publisher has to say.

use crate::config::{ConfigError, ConfigErrors};
use crate::shared::{LeaseError, Standing, WriterError};
use crate::step::CallError;
use alloc::boxed::Box;
use core::fmt;

/// Something that happened to a publisher, for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// Something counts from now on.
    Published {
        /// What.
        standing: Standing,
        /// Names and key sets that were written for it.
        written: usize,
    },
    /// The office is another's now.
    Lost,
    /// The feed has no changes from that page on; a new load begins.
    Gone,
    /// The lease could not be read or written.
    Lease(LeaseError),
    /// Nothing could be written or published.
    Writer(WriterError),
    /// A page was not fetched.
    Call {
        /// Its name.
        page: Box<str>,
        /// Why.
        error: CallError,
    },
    /// The feed answered with this status instead of a page.
    Status {
        /// The page's name.
        page: Box<str>,
        /// The status.
        status: u16,
    },
    /// A page was refused as a whole.
    Refused {
        /// Its name.
        page: Box<str>,
        /// Why.
        errors: ConfigErrors,
    },
    /// A part of a page could not be read. A caller is nobody's from now on.
    Unreadable(ConfigError),
}

impl Note {
    /// Whether somebody should look at it.
    #[must_use]
    pub const fn is_trouble(&self) -> bool {
        !matches!(self, Self::Published { .. } | Self::Lost | Self::Gone)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Published { standing, written } => write!(
                f,
                "change {} of load {} counts, {written} names and key sets written",
                standing.change, standing.generation.0
            ),
            Self::Lost => f.write_str("another publisher has taken over"),
            Self::Gone => f.write_str("the feed cannot tell what changed (410); loading anew"),
            Self::Lease(LeaseError::Unavailable) => {
                f.write_str("expected shared data for the lease, the engine gives none")
            }
            Self::Lease(LeaseError::Value(error)) => write!(f, "the lease: {error}"),
            Self::Writer(error) => write!(f, "nothing published: {error}"),
            Self::Call { page, error: CallError::NotSent } => {
                write!(
                    f,
                    "page {page}: the engine did not send the request; is state.feed.upstream known to it?"
                )
            }
            Self::Call { page, error: CallError::Failed } => {
                write!(f, "page {page}: expected an answer, found none; trying again")
            }
            Self::Status { page, status } => {
                write!(f, "page {page}: expected status 200, found {status}; trying again")
            }
            Self::Refused { page, errors } => {
                write!(f, "page {page} is refused, what counted before still does: {errors}")
            }
            Self::Unreadable(error) => {
                write!(f, "a part of a page is left out, its callers refused: {error}")
            }
        }
    }
}
