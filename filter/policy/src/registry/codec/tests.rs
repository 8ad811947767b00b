use super::{CodecError, MacKey, TAG_LEN, open, read, seal, write};
use crate::registry::{ApplicationFacts, ConsumerFacts, LookupKey, LookupKind, Record, Registration, State};
use crate::time::{LATEST, UnixTime};
use crate::verified::SourceId;
use std::format;
use std::vec::Vec;

#[test]
fn what_was_sealed_opens_as_it_was() {
    for records in [Vec::new(), Vec::from([smallest()]), Vec::from([largest(), smallest()])] {
        let sealed = seal(&records, &key(1)).unwrap();
        assert_eq!(open(&sealed, &key(1)).unwrap(), records);
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
        let mut record = largest();
        record.key.kind = kind;
        let sealed = seal(std::slice::from_ref(&record), &key(1)).unwrap();
        assert_eq!(open(&sealed, &key(1)).unwrap(), [record]);
    }
}

#[test]
fn another_key_does_not_open() {
    let sealed = seal(&[largest()], &key(1)).unwrap();
    assert_eq!(open(&sealed, &key(2)), Err(CodecError::Mac));
}

#[test]
fn one_changed_bit_anywhere_does_not_open() {
    let sealed = seal(&[largest()], &key(1)).unwrap();
    for place in 0..sealed.len() {
        for bit in 0..8 {
            let mut changed = sealed.clone();
            changed[place] ^= 1 << bit;
            assert_eq!(open(&changed, &key(1)), Err(CodecError::Mac), "bit {bit} of byte {place}");
        }
    }
}

#[test]
fn a_sealed_bucket_that_ends_early_does_not_open() {
    let sealed = seal(&[largest()], &key(1)).unwrap();
    for end in 0..sealed.len() {
        let expected = if end < TAG_LEN { CodecError::Truncated } else { CodecError::Mac };
        assert_eq!(open(&sealed[..end], &key(1)), Err(expected), "{end}");
    }
}

/// The decoder holds without the MAC in front of it, too.
#[test]
fn content_that_ends_early_is_truncated() {
    let content = write::bucket(&[largest(), smallest()]).unwrap();
    for end in 0..content.len() {
        assert_eq!(read::bucket(&content[..end]), Err(CodecError::Truncated), "{end}");
    }
}

#[test]
fn changed_content_is_an_error_or_other_records_that_are_written_the_same() {
    let content = write::bucket(&[largest(), smallest()]).unwrap();
    for place in 0..content.len() {
        for bit in 0..8 {
            let mut changed = content.clone();
            changed[place] ^= 1 << bit;
            if let Ok(records) = read::bucket(&changed) {
                assert_eq!(write::bucket(&records).unwrap(), changed, "bit {bit} of byte {place}");
            }
        }
    }
}

#[test]
fn bytes_after_the_end_are_malformed() {
    let mut content = write::bucket(&[smallest()]).unwrap();
    content.push(0);
    assert_eq!(read::bucket(&content), Err(CodecError::Malformed));
}

#[test]
fn another_version_is_named() {
    for found in [0, 1, 3, u8::MAX] {
        assert_eq!(read::bucket(&[found, 0, 0]), Err(CodecError::Version { found }));
    }
}

#[test]
fn text_or_a_list_of_more_than_65535_is_refused() {
    let mut long = smallest();
    long.key.value = "x".repeat(65_536).into();
    assert_eq!(seal(&[long], &key(1)), Err(CodecError::TooLong));
    let many = std::vec![smallest(); 65_536];
    assert_eq!(seal(&many, &key(1)), Err(CodecError::TooLong));
}

#[test]
fn a_key_does_not_show_itself() {
    assert_eq!(format!("{:?}", key(7)), "MacKey");
}

fn key(byte: u8) -> MacKey {
    MacKey::new(&[byte; 32])
}

fn smallest() -> Record {
    let key =
        LookupKey { realm: "".into(), source: SourceId::new(""), kind: LookupKind::Id, value: "".into() };
    let consumer = ConsumerFacts::default();
    Record { key, generation: 0, change: 0, consumer, application: None, registrations: Vec::new() }
}

fn largest() -> Record {
    let registration = |service: &str, state, expires| Registration {
        service: service.into(),
        state,
        suspended: state == State::Rejected,
        expires,
    };
    Record {
        key: LookupKey {
            realm: "shop".into(),
            source: SourceId::new("idp"),
            kind: LookupKind::ClientId,
            value: "ünïcode".into(),
        },
        generation: u64::MAX,
        change: 1,
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
    }
}
