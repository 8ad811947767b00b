//! Which groups may use a service, under Kong's keys.

use crate::config::rules::{Acl, AclList};
use alloc::boxed::Box;
use serde::Serialize;

#[derive(Serialize)]
#[allow(clippy::struct_excessive_bools, reason = "Kong's keys, each independent")]
pub(super) struct AclView<'a> {
    allow: Option<&'a [Box<str>]>,
    deny: Option<&'a [Box<str>]>,
    hide_groups_header: bool,
    always_use_authenticated_groups: bool,
    include_consumer_groups: bool,
}

impl<'a> AclView<'a> {
    pub(super) fn new(acl: &'a Acl) -> Self {
        let (allow, deny) = match &acl.list {
            AclList::Allow(groups) => (Some(&**groups), None),
            AclList::Deny(groups) => (None, Some(&**groups)),
        };
        Self {
            allow,
            deny,
            hide_groups_header: acl.hide_groups_header,
            always_use_authenticated_groups: acl.always_use_authenticated_groups,
            include_consumer_groups: acl.include_consumer_groups,
        }
    }
}
