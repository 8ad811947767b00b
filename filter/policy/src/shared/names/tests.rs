use super::Names;
use crate::registry::LookupKind;
use crate::shared::MacKey;
use crate::verified::SourceId;
use std::collections::BTreeSet;
use std::string::String;
use std::vec::Vec;

#[test]
fn every_name_of_a_realm_has_the_same_beginning_and_four_more_characters() {
    let names = names("shop", 1);
    let mut all = some_buckets(&names);
    all.extend([names.standing().into(), names.lease().into(), names.keys(&SourceId::new("idp"))]);
    for name in all {
        let place = name.strip_prefix("claimgate/v1/shop/").unwrap();
        assert_eq!(place.len(), 4, "{name}");
    }
}

/// What makes them safe on an engine that compares a CRC32 of names alone: CRC32 tells all strings of one length apart
/// that differ in 32 bits in a row, so it is enough that the places are different.
#[test]
fn no_place_of_a_caller_is_one_of_another_sort() {
    let names = names("shop", 1);
    let buckets: BTreeSet<String> = some_buckets(&names).into_iter().collect();
    let sources = (0..1000).map(|number| names.keys(&SourceId::new(&std::format!("source-{number}"))));
    let others: Vec<String> = sources.chain([names.standing().into(), names.lease().into()]).collect();
    assert!(others.iter().all(|name| !buckets.contains(name)));
    assert!(others.iter().all(|name| {
        let place = name.strip_prefix("claimgate/v1/shop/").unwrap();
        place.starts_with(['.', '+'])
    }));
}

#[test]
fn callers_of_two_sources_or_kinds_with_one_value_have_places_of_their_own() {
    let names = names("shop", 1);
    let place = |source: &str, kind, value: &str| names.of(names.bucket(&SourceId::new(source), kind, value));
    let places = BTreeSet::from([
        place("idp", LookupKind::CustomId, "42"),
        place("other", LookupKind::CustomId, "42"),
        place("idp", LookupKind::ClientId, "42"),
        place("idp4", LookupKind::CustomId, "2"),
        place("idp", LookupKind::CustomId, "43"),
    ]);
    assert_eq!(places.len(), 5);
}

#[test]
fn places_depend_on_the_key_and_names_on_the_realm() {
    let place = |names: &Names| names.of(names.bucket(&SourceId::new("idp"), LookupKind::Id, "1"));
    assert_ne!(place(&names("shop", 1)), place(&names("shop", 2)));
    assert_ne!(place(&names("shop", 1)), place(&names("bank", 1)));
    assert!(names("shop", 1).is_of("shop") && !names("shop", 1).is_of("bank") && !names("shop", 1).is_of(""));
}

/// A writer outside of the sandbox and a reader inside must agree, whatever the width of their pointers.
#[test]
fn a_place_is_the_same_on_every_machine() {
    let names = names("shop", 1);
    let place = names.of(names.bucket(&SourceId::new("idp"), LookupKind::CustomId, "app-web"));
    assert_eq!(place, "claimgate/v1/shop/roVl");
}

fn some_buckets(names: &Names) -> Vec<String> {
    let value = |number: u32| std::format!("{number}");
    let bucket = |number| names.bucket(&SourceId::new("idp"), LookupKind::CustomId, &value(number));
    (0..20_000).map(|number| names.of(bucket(number))).collect()
}

fn names(realm: &str, key: u8) -> Names {
    Names::new(realm, &MacKey::new(&[key; 32]))
}
