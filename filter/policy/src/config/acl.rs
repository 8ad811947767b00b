//! The config of the acl plugin.

use super::error::{Report, quoted};
use super::node::{Fields, Node, every};
use super::rules::{Acl, AclList};
use super::{keys, texts};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

pub(super) fn decode(config: &Fields<'_>, report: &mut Report) -> Option<Acl> {
    keys::check(&keys::ACL, config, report);
    let list = list(config, report);
    let hide_groups_header = config.flag("hide_groups_header", false, report);
    let always_use_authenticated_groups = config.flag("always_use_authenticated_groups", false, report);
    let include_consumer_groups = config.flag("include_consumer_groups", false, report);
    let list = list?;
    Some(Acl {
        written: written(&list),
        list,
        hide_groups_header,
        always_use_authenticated_groups,
        include_consumer_groups,
    })
}

/// As in Kong, exactly one of the two lists; an empty one is none.
fn list(config: &Fields<'_>, report: &mut Report) -> Option<AclList> {
    let member = |name| config.member(name).filter(|node| !node.is_empty());
    match (member("allow"), member("deny")) {
        (Some(allow), None) => groups(&allow, report).map(AclList::Allow),
        (None, Some(deny)) => groups(&deny, report).map(AclList::Deny),
        (Some(_), Some(_)) => {
            report.error(&config.path, ONE_LIST, "both", None);
            None
        }
        (None, None) => {
            report.error(&config.path, ONE_LIST, "neither", None);
            None
        }
    }
}

fn groups(node: &Node<'_>, report: &mut Report) -> Option<Vec<Box<str>>> {
    every(node.items(report)?, |item| texts::group(&item, report).map(Box::from))
}

fn written(list: &AclList) -> Box<str> {
    let quoted: Vec<String> = list.groups().iter().map(|group| quoted(group)).collect();
    let how = match list {
        AclList::Allow(_) => "one of",
        AclList::Deny(_) => "none of",
    };
    format!("{how} {}", quoted.join(", ")).into()
}

const ONE_LIST: &str = "allow or deny, with at least one group";
