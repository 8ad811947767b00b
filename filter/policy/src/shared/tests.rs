use super::memory::{Memory, Store};
use super::{
    Edit, Generation, Lease, MacKey, Names, Pushed, Reader, SharedDataMut, Standing, Tenure, ValueError,
    Writer, WriterError,
};
use crate::config::{AcceptedIssuer, Source, SourceKeys};
use crate::denial::Denial;
use crate::fixtures::jwks;
use crate::registry::{ApplicationFacts, ConsumerFacts, LookupKey, LookupKind, Record};
use crate::time::UnixTime;
use crate::verified::SourceId;
use std::boxed::Box;
use std::string::String;
use std::vec::Vec;

#[test]
fn what_was_loaded_is_found_and_nothing_else() {
    for data in engines() {
        load(&data, 1, &[put("idp", "app-web", "web"), put("idp", "app-two", "two")]);
        let reader = reader("shop", 1);
        assert_eq!(find(&reader, &data, "idp", "app-web"), Ok(Some("web".into())));
        assert_eq!(find(&reader, &data, "idp", "app-two"), Ok(Some("two".into())));
        for (source, value) in [("idp", "App-web"), ("idp", ""), ("idp", "app-we"), ("other", "app-web")] {
            assert_eq!(find(&reader, &data, source, value), Ok(None), "{source} {value}");
        }
    }
}

#[test]
fn one_value_of_two_issuers_is_two_applications() {
    for data in engines() {
        load(&data, 1, &[put("idp", "42", "ours"), put("other", "42", "theirs")]);
        let reader = reader("shop", 1);
        assert_eq!(find(&reader, &data, "idp", "42"), Ok(Some("ours".into())));
        assert_eq!(find(&reader, &data, "other", "42"), Ok(Some("theirs".into())));
    }
}

#[test]
fn until_a_load_is_complete_nothing_can_be_told() {
    for data in engines() {
        let reader = reader("shop", 1);
        assert!(unavailable(&find(&reader, &data, "idp", "app-web")));
        let mut writer = writer(1);
        writer.begin(&data).unwrap();
        writer.write(&data, &put("idp", "app-web", "web")).unwrap();
        assert!(unavailable(&find(&reader, &data, "idp", "app-web")), "half a load");
        writer.publish(&data).unwrap();
        assert_eq!(find(&reader, &data, "idp", "app-web"), Ok(Some("web".into())));
    }
}

#[test]
fn a_new_load_counts_all_at_once() {
    for data in engines() {
        load(&data, 1, &[put("idp", "old", "old"), put("idp", "both", "before")]);
        let reader = reader("shop", 1);
        let mut next = writer(2);
        next.begin(&data).unwrap();
        next.write(&data, &put("idp", "both", "after")).unwrap();
        next.write(&data, &put("idp", "new", "new")).unwrap();
        let seen = |value| find(&reader, &data, "idp", value);
        assert_eq!(
            [seen("old"), seen("both"), seen("new")],
            [Ok(Some("old".into())), Ok(Some("before".into())), Ok(None)]
        );
        next.publish(&data).unwrap();
        assert_eq!(
            [seen("old"), seen("both"), seen("new")],
            [Ok(None), Ok(Some("after".into())), Ok(Some("new".into()))]
        );
    }
}

#[test]
fn a_change_is_seen_by_the_next_request_of_a_reader_that_remembers() {
    for data in engines() {
        let mut writer = load(&data, 1, &[put("idp", "app-web", "before")]);
        let reader = reader("shop", 1);
        assert_eq!(find(&reader, &data, "idp", "app-web"), Ok(Some("before".into())));
        change(&mut writer, &data, &[put_as("idp", "app-web", "before", "after")]);
        assert_eq!(find(&reader, &data, "idp", "app-web"), Ok(Some("after".into())));
        change(&mut writer, &data, &[remove("idp", "app-web", "before")]);
        assert_eq!(find(&reader, &data, "idp", "app-web"), Ok(None));
    }
}

#[test]
fn what_is_remembered_costs_no_read_until_something_changes() {
    let data = Memory::of(Store::envoy());
    let mut writer = load(&data, 1, &[put("idp", "app-web", "web")]);
    let reader = reader("shop", 1);
    let reads = |value: &str| {
        let before = data.reads.get();
        drop(find(&reader, &data, "idp", value));
        data.reads.get() - before
    };
    assert_eq!(reads("app-web"), 3, "the floor, the standing and the caller");
    assert_eq!(reads("app-web"), 0);
    assert_eq!(reads("unknown"), 1, "the caller alone");
    assert_eq!(reads("unknown"), 0, "that nobody is there is remembered too");
    change(&mut writer, &data, &[put("idp", "another", "another")]);
    assert_eq!((reads("app-web"), reads("app-web")), (3, 0));
    data.announce().unwrap();
    assert_eq!((reads("app-web"), reads("app-web")), (2, 0), "the standing is what it was");
}

#[test]
fn an_engine_without_a_counter_is_asked_each_time() {
    struct Uncounted<'a>(&'a Memory);
    impl super::SharedData for Uncounted<'_> {
        fn get(&self, name: &str) -> Result<Option<super::Found>, super::Unavailable> {
            super::SharedData::get(self.0, name)
        }
        fn changes(&self) -> Option<u64> {
            None
        }
    }
    let data = Memory::of(Store::envoy());
    let mut writer = load(&data, 1, &[put("idp", "app-web", "web")]);
    let reader = reader("shop", 1);
    let uncounted = Uncounted(&data);
    let found = || {
        let pushed = Pushed { reader: &reader, data: Some(&uncounted) };
        pushed.find(&SourceId::new("idp"), LookupKind::CustomId, "app-web").unwrap().is_some()
    };
    assert!(found());
    writer.begin(&data).unwrap();
    writer.write(&data, &remove("idp", "app-web", "web")).unwrap();
    writer.publish(&data).unwrap();
    assert!(!found());
}

#[test]
fn state_of_another_key_or_realm_is_not_there() {
    for data in engines() {
        load(&data, 1, &[put("idp", "app-web", "web")]);
        assert!(unavailable(&find(&reader("shop", 2), &data, "idp", "app-web")), "another key");
        assert!(unavailable(&find(&reader("bank", 1), &data, "idp", "app-web")), "another realm");
    }
}

#[test]
fn a_value_that_somebody_changed_lets_nobody_in() {
    for data in engines() {
        load(&data, 1, &[put("idp", "app-web", "web")]);
        let names = names("shop", 1);
        let place = names.of(names.bucket(&SourceId::new("idp"), LookupKind::CustomId, "app-web"));
        let mut value = data.value(&place);
        *value.last_mut().unwrap() ^= 1;
        data.put(&place, &value);
        let expected = Denial::PushedValueInvalid { what: "a caller", error: ValueError::Mac };
        assert_eq!(find(&reader("shop", 1), &data, "idp", "app-web"), Err(expected));

        let mut value = data.value(names.standing());
        value[3] ^= 1;
        data.put(names.standing(), &value);
        assert!(unavailable(&find(&reader("shop", 1), &data, "idp", "app-web")));
    }
}

#[test]
fn a_caller_that_was_moved_to_anothers_place_is_nobody_there() {
    let data = Memory::of(Store::envoy());
    load(&data, 1, &[put("idp", "app-web", "web"), put("idp", "app-two", "two")]);
    let names = names("shop", 1);
    let place = |value| names.of(names.bucket(&SourceId::new("idp"), LookupKind::CustomId, value));
    data.put(&place("app-two"), &data.value(&place("app-web")));
    let expected = Denial::PushedValueInvalid { what: "a caller", error: ValueError::Mac };
    assert_eq!(find(&reader("shop", 1), &data, "idp", "app-two"), Err(expected));
}

#[test]
fn a_standing_that_goes_back_is_not_believed_by_who_saw_the_later_one() {
    for data in engines() {
        let mut writer = load(&data, 1, &[put("idp", "app-web", "web")]);
        let names = names("shop", 1);
        let earlier = data.value(names.standing());
        let reader = reader("shop", 1);
        change(&mut writer, &data, &[remove("idp", "app-web", "web")]);
        assert_eq!(find(&reader, &data, "idp", "app-web"), Ok(None));
        data.put(names.standing(), &earlier);
        data.announce().unwrap();
        assert!(unavailable(&find(&reader, &data, "idp", "app-web")));
    }
}

#[test]
fn what_was_evicted_is_nobody_and_without_a_standing_nothing_can_be_told() {
    let data = Memory::of(Store::nginx());
    let mut writer = load(&data, 1, &[put("idp", "app-web", "web")]);
    let names = names("shop", 1);
    let place = names.of(names.bucket(&SourceId::new("idp"), LookupKind::CustomId, "app-web"));
    data.store.borrow_mut().evict(&place);
    assert_eq!(find(&reader("shop", 1), &data, "idp", "app-web"), Ok(None));
    data.store.borrow_mut().evict(names.standing());
    assert!(unavailable(&find(&reader("shop", 1), &data, "idp", "app-web")));
    assert_eq!(writer.begin(&data), Err(WriterError::Deposed), "only a new term makes something count");
}

#[test]
fn a_value_that_two_callers_claim_is_nobodys_until_the_next_load() {
    for data in engines() {
        let mut writer = load(&data, 1, &[put("idp", "42", "first")]);
        let reader = reader("shop", 1);
        change(&mut writer, &data, &[put("idp", "42", "second")]);
        let contested = Err(Denial::ConsumerContested { found: "42".into() });
        assert_eq!(find(&reader, &data, "idp", "42"), contested);
        change(&mut writer, &data, &[remove("idp", "42", "second")]);
        assert_eq!(find(&reader, &data, "idp", "42"), contested, "whose it is cannot be told yet");
        load(&data, 2, &[put("idp", "42", "first")]);
        assert_eq!(find(&reader, &data, "idp", "42"), Ok(Some("first".into())));
    }
}

#[test]
fn a_value_is_free_for_another_once_it_was_removed_and_not_by_removing_another() {
    for data in engines() {
        let mut writer = load(&data, 1, &[put("idp", "42", "first")]);
        let reader = reader("shop", 1);
        change(&mut writer, &data, &[remove("idp", "42", "stranger"), remove("idp", "none", "none")]);
        assert_eq!(find(&reader, &data, "idp", "42"), Ok(Some("first".into())));
        change(&mut writer, &data, &[remove("idp", "42", "first"), put("idp", "42", "second")]);
        assert_eq!(find(&reader, &data, "idp", "42"), Ok(Some("second".into())));
    }
}

#[test]
fn pushed_keys_are_prepared_once_and_replaced_by_others() {
    for data in engines() {
        let mut writer = load(&data, 1, &[keys(&jwks())]);
        let reader = reader("shop", 1);
        let read = || Pushed { reader: &reader, data: Some(&data) }.keys(&source());
        let first = read().unwrap();
        assert_eq!(first.iter().map(|key| key.kid().unwrap()).collect::<Vec<_>>(), ["k1"]);
        let same = |keys: &crate::keys::KeySet| {
            std::ptr::eq(keys.iter().next().unwrap(), first.iter().next().unwrap())
        };
        change(&mut writer, &data, &[put("idp", "app-web", "web")]);
        assert!(same(&read().unwrap()), "a change elsewhere");
        change(&mut writer, &data, &[keys(&jwks().replace("k1", "k2"))]);
        let second = read().unwrap();
        assert_eq!(second.iter().map(|key| key.kid().unwrap()).collect::<Vec<_>>(), ["k2"]);
    }
}

#[test]
fn without_usable_keys_nothing_can_be_told() {
    for jwks in ["", "{}", r#"{"keys":[]}"#, r#"{"keys":[{"kty":"oct","k":"AA"}]}"#] {
        let data = Memory::of(Store::envoy());
        load(&data, 1, &[keys(jwks)]);
        let reader = reader("shop", 1);
        let read = Pushed { reader: &reader, data: Some(&data) }.keys(&source());
        assert!(matches!(read, Err(Denial::StateUnavailable { .. })), "{jwks}");
    }
    let data = Memory::of(Store::envoy());
    load(&data, 1, &[]);
    let reader = reader("shop", 1);
    let read = Pushed { reader: &reader, data: Some(&data) }.keys(&source());
    assert!(matches!(read, Err(Denial::StateUnavailable { .. })), "none were pushed");
}

#[test]
fn an_engine_that_gives_nothing_closes_the_gate() {
    let data = Memory::of(Store::envoy());
    load(&data, 1, &[put("idp", "app-web", "web")]);
    let reader = reader("shop", 1);
    assert!(find(&reader, &data, "idp", "app-web").is_ok());
    data.works.set(false);
    assert!(unavailable(&find(&reader, &data, "idp", "app-web")));
    let nothing = Pushed { reader: &reader, data: None };
    let found = nothing.find(&SourceId::new("idp"), LookupKind::CustomId, "app-web");
    assert!(matches!(found, Err(Denial::StateUnavailable { .. })));
}

#[test]
fn an_earlier_writer_makes_nothing_count_any_more() {
    for data in engines() {
        let mut earlier = load(&data, 1, &[put("idp", "app-web", "web")]);
        earlier.begin(&data).unwrap();
        earlier.write(&data, &put_as("idp", "app-web", "web", "stale")).unwrap();
        load(&data, 2, &[]);
        assert_eq!(earlier.publish(&data), Err(WriterError::Deposed));
        assert_eq!(earlier.begin(&data), Err(WriterError::Deposed));
        assert_eq!(find(&reader("shop", 1), &data, "idp", "app-web"), Ok(None));
    }
}

#[test]
fn a_later_writer_succeeds_whatever_an_earlier_one_made_count_meanwhile() {
    for data in engines() {
        let mut earlier = load(&data, 1, &[put("idp", "app-web", "web")]);
        let mut later = writer(2);
        later.begin(&data).unwrap();
        later.write(&data, &put("idp", "app-web", "later")).unwrap();
        change(&mut earlier, &data, &[put("idp", "another", "another")]);
        assert_eq!(find(&reader("shop", 1), &data, "idp", "app-web"), Ok(Some("web".into())));
        let standing = later.publish(&data).unwrap();
        assert_eq!(standing, Standing { generation: Generation(2), change: 1, loaded: true });
        assert_eq!(find(&reader("shop", 1), &data, "idp", "app-web"), Ok(Some("later".into())));
    }
}

#[test]
fn loads_that_were_given_up_leave_no_more_than_the_next_load_drops() {
    let data = Memory::of(Store::envoy());
    for generation in 1..=20 {
        load(&data, generation, &[put("idp", "app-web", "web")]);
        let mut given_up = writer(generation * 100);
        given_up.begin(&data).unwrap();
        drop(given_up);
    }
    let names = names("shop", 1);
    let place = names.of(names.bucket(&SourceId::new("idp"), LookupKind::CustomId, "app-web"));
    assert!(data.value(&place).len() < 400, "{} bytes", data.value(&place).len());
}

#[test]
fn a_lease_is_one_holders_until_it_runs_out() {
    for data in engines() {
        let hold = |holder, term, now| lease(&data, holder, term, now);
        assert_eq!(hold(1, None, 100), Tenure::Elsewhere, "an expired one is written first");
        let Tenure::Taken(term) = hold(1, None, 101) else { panic!("it was free") };
        assert_eq!(hold(2, None, 101), Tenure::Elsewhere);
        assert_eq!(hold(1, Some(term), 102), Tenure::Held(term));
        assert_eq!(hold(1, Some(term), 108), Tenure::Held(term), "renewed");
        assert_eq!(hold(2, None, 112), Tenure::Elsewhere);
        let Tenure::Taken(next) = hold(2, None, 200) else { panic!("it had run out") };
        assert!(next > term);
        assert_eq!(hold(1, Some(term), 201), Tenure::Elsewhere);
    }
}

#[test]
fn whoever_comes_back_late_or_was_deposed_gets_a_new_term() {
    for data in engines() {
        let hold = |holder, term, now| lease(&data, holder, term, now);
        hold(1, None, 100);
        let Tenure::Taken(first) = hold(1, None, 101) else { panic!("it was free") };
        let Tenure::Taken(second) = hold(1, Some(first), 500) else { panic!("it had run out") };
        assert!(second > first);
        let Tenure::Taken(third) = hold(1, None, 501) else { panic!("the holder asked for a new one") };
        assert!(third > second);
    }
}

#[test]
fn a_term_is_later_than_everything_that_stands() {
    let data = Memory::of(Store::envoy());
    load(&data, u64::MAX - 5, &[]);
    lease(&data, 1, None, 100);
    assert_eq!(lease(&data, 1, None, 101), Tenure::Taken(Generation(u64::MAX - 4)));
    let garbage = Memory::of(Store::envoy());
    garbage.put(names("shop", 1).lease(), b"garbage");
    assert_eq!(lease(&garbage, 1, None, 100), Tenure::Elsewhere);
    assert!(matches!(lease(&garbage, 1, None, 101), Tenure::Taken(_)));
}

fn engines() -> [Memory; 2] {
    [Memory::of(Store::envoy()), Memory::of(Store::nginx())]
}

fn lease(data: &Memory, holder: u64, term: Option<Generation>, now: i64) -> Tenure {
    let now = UnixTime::from_seconds(now);
    Lease::hold(data, (&names("shop", 1), &key(1)), (holder, term), now, 7).unwrap()
}

fn load(data: &Memory, generation: u64, edits: &[Edit]) -> Writer {
    let mut writer = writer(generation);
    change(&mut writer, data, edits);
    writer
}

fn change(writer: &mut Writer, data: &Memory, edits: &[Edit]) {
    writer.begin(data).unwrap();
    edits.iter().for_each(|edit| writer.write(data, edit).unwrap());
    writer.publish(data).unwrap();
}

/// The name of the application that is found.
fn find(reader: &Reader, data: &Memory, source: &str, value: &str) -> Result<Option<String>, Denial> {
    let pushed = Pushed { reader, data: Some(data) };
    let record = pushed.find(&SourceId::new(source), LookupKind::CustomId, value)?;
    Ok(record.map(|record| (*record.application.as_ref().unwrap().name).into()))
}

fn unavailable(found: &Result<Option<String>, Denial>) -> bool {
    matches!(found, Err(Denial::StateUnavailable { .. }))
}

fn put(source: &str, value: &str, id: &str) -> Edit {
    put_as(source, value, id, id)
}

fn put_as(source: &str, value: &str, id: &str, name: &str) -> Edit {
    Edit::Put(record(source, value, id, name))
}

fn remove(source: &str, value: &str, id: &str) -> Edit {
    Edit::Remove(record(source, value, id, id))
}

fn record(source: &str, value: &str, id: &str, name: &str) -> Record {
    Record {
        key: LookupKey {
            realm: "shop".into(),
            source: SourceId::new(source),
            kind: LookupKind::CustomId,
            value: value.into(),
        },
        consumer: ConsumerFacts::default(),
        application: Some(ApplicationFacts { id: id.into(), name: name.into() }),
        registrations: Vec::new(),
    }
}

fn keys(jwks: &str) -> Edit {
    Edit::Keys { source: SourceId::new("idp"), jwks: jwks.as_bytes().into() }
}

fn source() -> Source {
    let issuer = AcceptedIssuer::Exactly(Box::from("https://idp.example/"));
    Source { id: SourceId::new("idp"), issuer, keys: SourceKeys::Pushed }
}

fn reader(realm: &str, seed: u8) -> Reader {
    Reader::new(names(realm, seed), key(seed))
}

fn writer(generation: u64) -> Writer {
    Writer::new(names("shop", 1), key(1), Generation(generation))
}

fn names(realm: &str, seed: u8) -> Names {
    Names::new(realm, &key(seed))
}

fn key(seed: u8) -> MacKey {
    MacKey::new(&[seed; 32])
}
