use super::{ConsumerFacts, ConsumerGroup, DuplicateKey, LookupKey, LookupKind, Record, Registry, State};
use crate::verified::SourceId;
use std::sync::Arc;
use std::vec::Vec;

const KINDS: [LookupKind; 4] =
    [LookupKind::Id, LookupKind::Username, LookupKind::CustomId, LookupKind::ClientId];

#[test]
fn a_value_names_one_record_per_source_and_kind() {
    let sources = ["idp", "other"];
    let mut records = Vec::new();
    for source in sources {
        for kind in KINDS {
            records.push(record(source, kind, "42"));
        }
    }
    let registry = Registry::new(records).unwrap();
    for source in sources {
        for kind in KINDS {
            let found = registry.find(&SourceId::new(source), kind, "42").unwrap();
            assert_eq!((found.key.source.as_str(), found.key.kind), (source, kind));
        }
    }
    assert_eq!(registry.iter().count(), 8);
}

#[test]
fn a_value_is_compared_byte_for_byte() {
    let registry = Registry::new(Vec::from([record("idp", LookupKind::Username, "ann")])).unwrap();
    for value in ["", "Ann", "an", "anne", "ann ", "ann\0"] {
        assert!(registry.find(&SourceId::new("idp"), LookupKind::Username, value).is_none(), "{value:?}");
    }
    assert!(registry.find(&SourceId::new("idp"), LookupKind::CustomId, "ann").is_none());
    assert!(registry.find(&SourceId::new("IDP"), LookupKind::Username, "ann").is_none());
}

#[test]
fn a_folded_username_is_found_in_any_case() {
    let registry = Registry::new(Vec::from([record("idp", LookupKind::FoldedUsername, "ann")])).unwrap();
    for value in ["ann", "Ann", "ANN"] {
        assert!(registry.find(&SourceId::new("idp"), LookupKind::FoldedUsername, value).is_some(), "{value}");
        assert!(registry.find(&SourceId::new("other"), LookupKind::FoldedUsername, value).is_none());
    }
    assert!(registry.find(&SourceId::new("idp"), LookupKind::Username, "ann").is_none());
}

#[test]
fn a_consumer_group_is_found_by_its_exact_name() {
    let group = |name: &str| ConsumerGroup { id: Some("g".into()), name: name.into() };
    let groups = Vec::from([group("gold"), group("silver"), group("bronze"), group("gold")]);
    let registry = Registry::default().with_consumer_groups(groups);
    let names: Vec<&str> = registry.consumer_groups().iter().map(|group| &*group.name).collect();
    assert_eq!(names, ["bronze", "gold", "silver"]);
    assert!(names.iter().all(|name| registry.consumer_group(name).is_some()));
    for other in ["g", "Gold", "gold ", ""] {
        assert!(registry.consumer_group(other).is_none(), "{other:?}");
    }
}

#[test]
fn two_records_of_one_key_are_refused() {
    let twice = record("idp", LookupKind::CustomId, "app");
    let records = Vec::from([twice.clone(), record("idp", LookupKind::CustomId, "b"), twice.clone()]);
    assert_eq!(Registry::new(records).unwrap_err(), DuplicateKey(twice.key.clone().into()));
}

#[test]
fn kongs_integers_are_states() {
    let states = [State::Approved, State::Pending, State::Rejected, State::Revoked];
    for (number, state) in (0..).zip(states) {
        assert_eq!(State::from_kong(number), Some(state));
    }
    for number in [-1, 4, i64::MAX, i64::MIN] {
        assert_eq!(State::from_kong(number), None);
    }
}

fn record(source: &str, kind: LookupKind, value: &str) -> Arc<Record> {
    Arc::new(Record {
        key: LookupKey { realm: "default".into(), source: SourceId::new(source), kind, value: value.into() },
        consumer: ConsumerFacts::default(),
        application: None,
        registrations: Vec::new(),
    })
}
