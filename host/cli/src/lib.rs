//! What the `claimgate` binary is made of. Tests and examples use five of its parts directly: [`mint`] makes
//! tokens, [`echo`] is an upstream that shows what reached it, [`inspect`] explains a decision, [`init`] writes configs
//! to start from, [`push`] changes callers and keys.

/// Keys and tokens for development and tests, as the development identity provider makes them.
pub use claimgate_idp::mint;

/// The commands: arguments in, exit code out.
pub mod command;

/// An upstream that shows what reached it.
pub mod echo;

/// What stands between this machine and the tokens of an issuer.
mod doctor;

/// Config files of either kind.
mod document;

/// Configs to start from.
pub mod init;

/// Why a token is let through or refused, step by step.
pub mod inspect;

/// The terminal.
mod output;

/// Callers and keys in the shared data of a gateway in this process.
pub mod push;

/// The documentation of a filter's document.
mod reference;
