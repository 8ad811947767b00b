//! Kong's key-auth: who calls is told by an application's client id.

use super::{ErrorRules, Scope};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// A valid config of the key-auth plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "Kong's keys, each independent")]
pub struct KeyAuth {
    /// Where it was written.
    pub scope: Scope,
    /// Names of the header or argument that holds the key; at least one.
    pub names: Vec<KeyName>,
    /// Whether headers are looked into.
    pub in_header: bool,
    /// Whether the query is looked into.
    pub in_query: bool,
    /// Whether the key is kept from the upstream.
    pub hide_credentials: bool,
    /// Whether CORS preflights need a key too.
    pub run_on_preflight: bool,
    /// Id or username of the consumer that requests without a good key are taken for; `None`: they are refused.
    pub anonymous: Option<Box<str>>,
    /// What a client is told that is refused.
    pub errors: ErrorRules,
}

/// A name under which a key is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyName {
    /// As it is written: an argument of the query is compared with it byte for byte.
    pub argument: Box<str>,
    /// In lower case: a header is compared with it in any case.
    pub header: Box<str>,
}
