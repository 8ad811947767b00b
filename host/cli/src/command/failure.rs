//! Why a command could not do its work.

use crate::mint::MintError;
use crate::output::Unwritable;
use crate::push::PushError;
use claimgate_host::StartError;
use claimgate_idp::ServeError;
use std::borrow::Cow;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// A failure, with what to do about it.
#[derive(Debug)]
pub(super) enum Failure {
    /// An argument's value is not what it must be.
    Argument {
        /// The option.
        option: &'static str,
        /// What it takes.
        expected: Cow<'static, str>,
        /// What was given; never a token or a key.
        found: String,
    },
    /// An address cannot be listened on.
    Listen {
        /// The address.
        address: SocketAddr,
        /// The option that moves it.
        option: &'static str,
        /// What the system says.
        error: io::Error,
    },
    /// The gateway did not start.
    Start(StartError),
    /// A file cannot be read.
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A file would be overwritten.
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A file cannot be written.
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A key file does not hold a key that can sign.
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: MintError,
    },
    /// A file does not hold a JWKS.
    Jwks {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A config file has errors.
    Config {
        /// The file.
        path: PathBuf,
        /// All of them, one a line.
        errors: String,
    },
    /// Callers and keys could not be pushed.
    Push(PushError),
    /// The identity provider refuses to be served so.
    Provider {
        /// The option that moves it.
        option: &'static str,
        /// Why.
        error: ServeError,
    },
    /// A text of this program did not become a config.
    Template(String),
    /// A key or token cannot be made.
    Mint(MintError),
    /// The system does not give what every command needs: a runtime, signals, a terminal.
    System {
        /// What was asked for.
        what: &'static str,
        /// What the system says.
        error: io::Error,
    },
}

impl Failure {
    /// Whether the arguments or the files that they name are to blame.
    pub(super) const fn is_usage(&self) -> bool {
        match self {
            Self::Argument { .. }
            | Self::Read { .. }
            | Self::Exists { .. }
            | Self::Config { .. }
            | Self::Key { .. }
            | Self::Push(_)
            | Self::Provider { .. }
            | Self::Jwks { .. } => true,
            Self::Listen { .. }
            | Self::Start(_)
            | Self::Write { .. }
            | Self::Template(_)
            | Self::Mint(_)
            | Self::System { .. } => false,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument { option, expected, found } => {
                write!(f, "{option}: expected {expected}, found {found}")
            }
            Self::Listen { address, option, error } if error.kind() == io::ErrorKind::AddrInUse => {
                write!(f, "{address} is taken by another program; choose another address with {option}")
            }
            Self::Listen { address, option, error } => {
                write!(f, "cannot listen on {address}: {error}; choose another address with {option}")
            }
            Self::Start(error) => fmt::Display::fmt(error, f),
            Self::Read { path, error } => write!(f, "cannot read {}: {error}", path.display()),
            Self::Exists { path } => {
                write!(f, "{} would be overwritten; name another file or pass --force", path.display())
            }
            Self::Write { path, error } => write!(f, "cannot write {}: {error}", path.display()),
            Self::Key { path, error } => write!(f, "{}: {error}", path.display()),
            Self::Jwks { path, what } => write!(f, "{}: {what}", path.display()),
            Self::Config { path, errors } => write!(f, "{} has errors:\n{errors}", path.display()),
            Self::Push(error) => write!(f, "--push: {error}"),
            Self::Provider { option, error } => {
                write!(
                    f,
                    "{option}: {error}; `allow_remote: true` in its file, or --allow-remote of claimgate idp, allows it"
                )
            }
            Self::Template(problem) => f.write_str(problem),
            Self::Mint(error) => fmt::Display::fmt(error, f),
            Self::System { what, error } => write!(f, "cannot get {what}: {error}"),
        }
    }
}

impl From<Unwritable> for Failure {
    fn from(Unwritable(error): Unwritable) -> Self {
        Self::System { what: "stdout", error }
    }
}

impl From<MintError> for Failure {
    fn from(error: MintError) -> Self {
        Self::Mint(error)
    }
}
