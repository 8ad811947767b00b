use super::{ConsumerFacts, DuplicateKey, LookupKey, LookupKind, Record, Registry, State};
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
        generation: 0,
        change: 0,
        consumer: ConsumerFacts::default(),
        application: None,
        registrations: Vec::new(),
    })
}
