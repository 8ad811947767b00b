//! Which groups may use a service.

use alloc::boxed::Box;
use alloc::vec::Vec;

/// A valid config of the acl plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acl {
    /// Whom the groups let in or keep out.
    pub list: AclList,
    /// Whether the upstream is told no groups.
    pub hide_groups_header: bool,
    /// Whether groups of the token win over those of the consumer.
    pub always_use_authenticated_groups: bool,
    /// Whether consumer groups count as groups.
    pub include_consumer_groups: bool,
    /// The list as it is written in the config, for reasons: `one of "a", "b"` or `none of "a", "b"`.
    pub written: Box<str>,
}

/// Groups that may use the service, or that may not. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AclList {
    /// One of them is needed.
    Allow(Vec<Box<str>>),
    /// None of them may be there.
    Deny(Vec<Box<str>>),
}

impl AclList {
    /// The groups that it names.
    #[must_use]
    pub fn groups(&self) -> &[Box<str>] {
        match self {
            Self::Allow(groups) | Self::Deny(groups) => groups,
        }
    }
}
