//! What the plugins of a document say of the provider of their tokens: keys that are the source's, since its keys are
//! fetched once for all of them.

use crate::config::issuer;
use crate::config::node::{Fields, Node};
use crate::config::rules::AcceptedIssuer;
use alloc::vec::Vec;

/// One config of openid-connect, as far as it is about the provider.
pub(super) struct Wish<'a> {
    /// Its key `issuer`.
    pub(super) issuer: Node<'a>,
    pub(super) config: Fields<'a>,
}

impl Wish<'_> {
    /// Whether it is about the provider of this issuer.
    pub(super) fn means(&self, issuer: &AcceptedIssuer) -> bool {
        self.written().is_some_and(|written| issuer::meant(written, issuer).is_some())
    }

    /// Whether it is written as the URL of a discovery document with a query.
    pub(super) fn names_a_query(&self) -> bool {
        self.written().is_some_and(|written| issuer::is_discovery(written) && written.contains('?'))
    }

    fn written(&self) -> Option<&str> {
        self.issuer.value.as_str()
    }
}

/// Those of `defaults`, of the services and of their routes. What is no object, and a plugin without issuer, is reported
/// where plugins are read.
pub(super) fn wishes<'a>(document: &Fields<'a>) -> Vec<Wish<'a>> {
    let mut wishes = Vec::new();
    let mut add = |parent: &Fields<'a>| wishes.extend(children(parent, "plugins").iter().filter_map(wish));
    if let Some(defaults) = document.member("defaults").and_then(|node| node.as_fields()) {
        add(&defaults);
    }
    for service in children(document, "services") {
        add(&service);
        children(&service, "routes").iter().for_each(&mut add);
    }
    wishes
}

/// The first that names each issuer; two spellings of one are one.
pub(super) fn first_of_each<'w, 'a>(wishes: &'w [Wish<'a>]) -> Vec<&'w Wish<'a>> {
    let mut firsts: Vec<&Wish<'a>> = Vec::new();
    for wish in wishes {
        let same = |first: &&Wish<'a>| first.written().map(issuer::base) == wish.written().map(issuer::base);
        if !firsts.iter().any(same) {
            firsts.push(wish);
        }
    }
    firsts
}

fn wish<'a>(plugin: &Fields<'a>) -> Option<Wish<'a>> {
    let name = plugin.member("name")?;
    let config = plugin.member("config")?.as_fields()?;
    let issuer = config.member("issuer")?;
    (name.value.as_str() == Some("openid-connect")).then_some(Wish { issuer, config })
}

fn children<'a>(parent: &Fields<'a>, name: &str) -> Vec<Fields<'a>> {
    let Some(node) = parent.member(name) else { return Vec::new() };
    let items = node.value.as_array().unwrap_or_default();
    let node = |(index, value)| Node { path: alloc::format!("{}[{index}]", node.path), value };
    items.iter().enumerate().map(node).filter_map(|node| node.as_fields()).collect()
}
