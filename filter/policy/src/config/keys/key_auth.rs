//! Keys of Kong's key-auth plugin.

use super::Default::{Flag as Is, Texts as Lists, Unset};
use super::Kind::{Flag, Record, Records, Text, Texts};
use super::{Key, planned, works};

/// Sorted by name.
#[rustfmt::skip] // one key, one line
pub static KEY_AUTH: [Key; 10] = [
    works("anonymous", Text, Unset, "consumer of requests without a good key"),
    works("hide_credentials", Flag, Is(true), "keep the key from the upstream"),
    planned("identity_realms", Records, Unset, "realms in Konnect whose consumers are taken"),
    planned("key_in_body", Flag, Is(false), "look for the key in the body"),
    works("key_in_header", Flag, Is(true), "look for the key in the headers"),
    works("key_in_query", Flag, Is(true), "look for the key in the query"),
    works("key_names", Texts, Lists(&["apikey"]), "names of the header or argument that holds the key"),
    planned("principals", Record, Unset, "look the caller up in Kong's identity directory"),
    works("realm", Text, Unset, "realm of the challenge"),
    works("run_on_preflight", Flag, Is(true), "false lets preflight requests pass without a key"),
];
