//! Why nothing was measured.

use crate::envoy::statistics::FEWEST;
use std::fmt;
use std::io;

/// Each ends the run: a figure that is not there is better than a wrong one.
#[derive(Debug)]
pub(crate) enum Error {
    /// A file, a socket, a process or a clock.
    System { what: String, error: io::Error },
    /// An environment variable that names a program.
    Unset { name: &'static str },
    /// A program ended, or was silent too long, before it took requests.
    Start { program: String, log: String },
    /// A listener that the configuration has and Envoy does not tell.
    Listener { name: String },
    /// A request that should have passed did not.
    Answer { row: String, found: String },
    /// The minting of a token or a key.
    Mint(claimgate::mint::MintError),
    /// Too few pairs of turns for an interval.
    Pairs { row: String, found: usize },
    /// Callgrind's output without a total.
    Instructions { found: String },
}

impl Error {
    /// For `map_err`.
    pub(crate) fn system(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::System { what: what.into(), error }
    }
}

impl From<claimgate::mint::MintError> for Error {
    fn from(error: claimgate::mint::MintError) -> Self {
        Self::Mint(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System { what, error } => write!(f, "{what}: {error}"),
            Self::Unset { name } => {
                write!(f, "expected {name} to name a program, found it unset; run scripts/bench-envoy.sh")
            }
            Self::Start { program, log } => {
                write!(
                    f,
                    "expected {program} to take requests, found that it did not; its log ends with\n{log}"
                )
            }
            Self::Listener { name } => write!(f, "expected Envoy to have a listener {name}, found none"),
            Self::Answer { row, found } => {
                write!(f, "{row}: expected an answer with status 200, found {found}")
            }
            Self::Mint(error) => error.fmt(f),
            Self::Pairs { row, found } => {
                write!(f, "{row}: expected at least {FEWEST} pairs of turns, found {found}")
            }
            Self::Instructions { found } => {
                write!(f, "expected callgrind to tell how many instructions it collected, found\n{found}")
            }
        }
    }
}
