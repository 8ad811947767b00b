//! Keys of Kong's acl plugin.

use super::Default::{Flag as Is, Unset};
use super::Kind::{Flag, Texts};
use super::Status::Refused;
use super::{Key, idle, works};

/// Sorted by name.
pub static ACL: [Key; 7] = [
    works("allow", Texts, Unset, "groups that may use the service"),
    idle("allow_when", Texts, Unset, Refused(EXPRESSIONS), "conditions under which one may use the service"),
    works(
        "always_use_authenticated_groups",
        Flag,
        Is(false),
        "groups of the token win over those of the consumer",
    ),
    works("deny", Texts, Unset, "groups that may not use the service"),
    idle(
        "deny_when",
        Texts,
        Unset,
        Refused(EXPRESSIONS),
        "conditions under which one may not use the service",
    ),
    works("hide_groups_header", Flag, Is(false), "keep the groups from the upstream"),
    works("include_consumer_groups", Flag, Is(false), "consumer groups count as groups"),
];

const EXPRESSIONS: &str =
    "it takes CEL expressions, a second language to decide in; name groups in allow or deny";
