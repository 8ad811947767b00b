//! The tables of keys name what Kong's plugins name, in every version whose list lies in `testdata/kong`.

#![allow(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

use claimgate_policy::config::keys::{OURS, PLUGINS, Plugin};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_key_of_kongs_plugins_stands_in_a_table() {
    for plugin in &PLUGINS {
        let known = names(plugin);
        for list in lists(plugin) {
            let unknown: Vec<String> =
                read(&list).into_iter().filter(|name| !known.contains(name.as_str())).collect();
            assert!(unknown.is_empty(), "{}: the table does not have {unknown:?}", list.display());
        }
    }
}

#[test]
fn every_key_of_a_table_is_kongs_unless_it_is_said_to_be_ours() {
    for plugin in &PLUGINS {
        let kongs: BTreeSet<String> = lists(plugin).iter().flat_map(|list| read(list)).collect();
        for name in names(plugin) {
            let ours = OURS.contains(&name);
            assert_ne!(kongs.contains(name), ours, "{} of {}: Kong's or ours?", name, plugin.name);
        }
    }
    let known: BTreeSet<&str> = PLUGINS.iter().flat_map(names).collect();
    assert!(OURS.iter().all(|name| known.contains(name)), "one of ours is no key: {OURS:?}");
}

#[test]
fn every_list_belongs_to_a_plugin_and_each_plugin_has_one_of_kong_3_4_and_a_later_one() {
    let mut listed = 0;
    for plugin in &PLUGINS {
        let lists = lists(plugin);
        let early = format!("{}-3.4.txt", plugin.name);
        assert!(lists.iter().any(|list| list.ends_with(&early)), "{early} is missing");
        assert!(lists.len() > 1, "{} has no list of a later Kong", plugin.name);
        listed += lists.len();
    }
    assert_eq!(listed, every_list().len(), "a list is no plugin's");
}

fn names(plugin: &Plugin) -> BTreeSet<&'static str> {
    plugin.keys.iter().map(|key| key.name).collect()
}

/// The lists of a plugin: `NAME-VERSION.txt`.
fn lists(plugin: &Plugin) -> Vec<PathBuf> {
    let of_plugin = |path: &PathBuf| {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap();
        stem.rsplit_once('-').is_some_and(|(name, _)| name == plugin.name)
    };
    every_list().into_iter().filter(of_plugin).collect()
}

fn every_list() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/kong");
    let entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "txt")).collect()
}

fn read(list: &Path) -> Vec<String> {
    fs::read_to_string(list).unwrap().lines().map(String::from).collect()
}
