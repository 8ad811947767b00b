use super::{Entry, Held, decode, encode, open, seal};
use crate::registry::{ApplicationFacts, ConsumerFacts, LookupKey, LookupKind, Record, Registration, State};
use crate::shared::{Generation, MacKey, ValueError};
use crate::time::{LATEST, UnixTime};
use crate::verified::SourceId;
use std::sync::Arc;
use std::vec::Vec;

#[test]
fn what_was_sealed_opens_as_it_was() {
    let key = MacKey::new(&[1; 32]);
    for entries in [Vec::new(), Vec::from([smallest()]), Vec::from([largest(), smallest(), contested()])] {
        let sealed = seal(&entries, "place", &key).unwrap();
        assert_eq!(open(&sealed, "place", &key).unwrap(), entries);
        assert_eq!(open(&sealed, "another", &key), Err(ValueError::Mac));
    }
}

#[test]
fn every_kind_of_key_opens_as_it_was() {
    let kinds = [
        LookupKind::Id,
        LookupKind::Username,
        LookupKind::CustomId,
        LookupKind::ClientId,
        LookupKind::FoldedUsername,
    ];
    for kind in kinds {
        let key = LookupKey { kind, ..largest().held.key().clone() };
        let entry = Entry { held: Held::Contested(key), ..largest() };
        assert_eq!(decode(&encode(std::slice::from_ref(&entry)).unwrap()).unwrap(), [entry]);
    }
}

/// The decoder holds without the MAC in front of it, too.
#[test]
fn content_that_ends_early_is_truncated() {
    let content = encode(&[largest(), smallest(), contested()]).unwrap();
    for end in 0..content.len() {
        assert_eq!(decode(&content[..end]), Err(ValueError::Truncated), "{end}");
    }
}

#[test]
fn changed_content_is_an_error_or_other_entries_that_are_written_the_same() {
    let content = encode(&[largest(), smallest(), contested()]).unwrap();
    for place in 0..content.len() {
        for bit in 0..8 {
            let mut changed = content.clone();
            changed[place] ^= 1 << bit;
            if let Ok(entries) = decode(&changed) {
                assert_eq!(encode(&entries).unwrap(), changed, "bit {bit} of byte {place}");
            }
        }
    }
}

#[test]
fn bytes_after_the_end_are_malformed() {
    let mut content = encode(&[smallest()]).unwrap();
    content.push(0);
    assert_eq!(decode(&content), Err(ValueError::Malformed));
}

#[test]
fn another_version_is_named() {
    for found in [0, 1, 2, 4, u8::MAX] {
        assert_eq!(decode(&[found, 0, 0]), Err(ValueError::Version { found }));
    }
}

#[test]
fn text_or_a_list_of_more_than_65535_is_refused() {
    let mut long = record(smallest());
    long.key.value = "x".repeat(65_536).into();
    let long = Entry { held: Held::Caller(Arc::new(long)), ..smallest() };
    assert_eq!(encode(&[long]), Err(ValueError::TooLong));
    assert_eq!(encode(&std::vec![smallest(); 65_536]), Err(ValueError::TooLong));
}

fn record(entry: Entry) -> Record {
    let Held::Caller(record) = entry.held else { unreachable!("a caller") };
    (*record).clone()
}

fn smallest() -> Entry {
    let key =
        LookupKey { realm: "".into(), source: SourceId::new(""), kind: LookupKind::Id, value: "".into() };
    let consumer = ConsumerFacts::default();
    let record = Record { key, consumer, application: None, registrations: Vec::new() };
    Entry { generation: Generation(0), change: 0, held: Held::Caller(Arc::new(record)) }
}

fn contested() -> Entry {
    let held = Held::Contested(largest().held.key().clone());
    Entry { generation: Generation(1), change: u64::MAX, held }
}

fn largest() -> Entry {
    let registration = |service: &str, state, expires| Registration {
        service: service.into(),
        state,
        suspended: state == State::Rejected,
        expires,
    };
    let record = Record {
        key: LookupKey {
            realm: "shop".into(),
            source: SourceId::new("idp"),
            kind: LookupKind::ClientId,
            value: "ünïcode".into(),
        },
        consumer: ConsumerFacts {
            id: Some("c-1".into()),
            username: Some("".into()),
            custom_id: None,
            groups: Vec::from(["a".into(), "b".into()]),
            consumer_groups: Vec::from(["gold".into()]),
        },
        application: Some(ApplicationFacts { id: "a-1".into(), name: "web".into() }),
        registrations: Vec::from([
            registration("s1", State::Approved, Some(UnixTime::from_seconds(LATEST))),
            registration("s2", State::Pending, None),
            registration("s3", State::Rejected, Some(UnixTime::from_seconds(-1))),
            registration("s4", State::Revoked, None),
        ]),
    };
    Entry { generation: Generation(u64::MAX), change: 1, held: Held::Caller(Arc::new(record)) }
}
