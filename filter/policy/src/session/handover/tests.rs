use super::{Handover, Turn, prepare};
use crate::provider::TokenAnswer;
use crate::sealed::Keyring;
use crate::shared::memory::{Memory, Store};
use crate::shared::{Found, SharedData, SharedDataMut, Unavailable, meeting_place, meeting_places};
use crate::time::UnixTime;
use alloc::format;
use alloc::string::String;
use core::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::vec::Vec;

fn at(seconds: i64) -> UnixTime {
    UnixTime::from_seconds(1_000).plus(seconds)
}

fn keys(secret: &str) -> Keyring {
    Keyring::new([secret.as_bytes()], "session").unwrap()
}

fn of<'a>(data: &'a dyn SharedDataMut, keys: &'a Keyring, token: &'a str) -> Handover<'a> {
    Handover { data, keys, realm: "shop", source: "idp", client: "web", token }
}

fn prepared() -> Memory {
    let data = Memory::of(Store::envoy());
    prepare(&data, "shop").unwrap();
    data
}

fn answer() -> TokenAnswer {
    TokenAnswer {
        access_token: "access-2".into(),
        expires_in: Some(300),
        refresh_token: Some("refresh-2".into()),
        id_token: None,
        scope: Some("openid \"a\"".into()),
    }
}

/// The claim of a turn that is the asker's.
macro_rules! own {
    ($turn:expr) => {
        match $turn {
            Turn::Own(Some(claim)) => claim,
            other => panic!("expected a turn, got {other:?}"),
        }
    };
}

#[test]
fn one_takes_the_turn_and_the_others_get_what_it_left() {
    let (data, keys) = (prepared(), keys("1"));
    let refresh = of(&data, &keys, "refresh-1");
    let claim = own!(refresh.take(15, at(0)));
    assert_eq!(refresh.take(15, at(0)), Turn::Elsewhere);
    assert_eq!(refresh.take(15, at(14)), Turn::Elsewhere);
    refresh.leave(&claim, &answer(), at(60), at(2));
    assert_eq!(refresh.take(15, at(2)), Turn::Over(answer()));
    let later = TokenAnswer { expires_in: Some(243), ..answer() };
    assert_eq!(refresh.take(15, at(59)), Turn::Over(later), "what it says of its life it said before");
    own!(refresh.take(15, at(60)));
}

#[test]
fn a_turn_that_was_given_back_or_has_run_out_is_anothers() {
    let (data, keys) = (prepared(), keys("1"));
    let refresh = of(&data, &keys, "refresh-1");
    own!(refresh.take(15, at(0))).give_back(&data);
    let late = own!(refresh.take(15, at(1)));
    let present = own!(refresh.take(15, at(16)));
    late.give_back(&data);
    assert_eq!(refresh.take(15, at(16)), Turn::Elsewhere, "who is late ends nobody else's turn");
    refresh.leave(&late, &answer(), at(60), at(16));
    assert_eq!(refresh.take(15, at(16)), Turn::Elsewhere);
    refresh.leave(&present, &answer(), at(60), at(16));
    assert_eq!(refresh.take(15, at(16)), Turn::Over(answer()));
}

#[test]
fn a_word_counts_for_one_token_of_one_client_under_one_secret() {
    let (data, one, two) = (prepared(), keys("1"), keys("2"));
    let refresh = of(&data, &one, "refresh-1");
    let claim = own!(refresh.take(15, at(0)));
    refresh.leave(&claim, &answer(), at(60), at(0));
    let word = data.value(&claim.name);
    let same = [refresh, Handover { keys: &two, ..refresh }];
    assert_eq!(same.map(|other| other.read(&word).is_some()), [true, false]);
    for other in [
        Handover { realm: "other", ..refresh },
        Handover { source: "other", ..refresh },
        Handover { client: "other", ..refresh },
        Handover { token: "refresh-2", ..refresh },
    ] {
        assert!(other.read(&word).is_none(), "{}", other.token);
    }
}

/// There are more tokens than places.
#[test]
fn a_token_writes_over_the_word_on_another_that_has_its_place() {
    let (data, keys) = (prepared(), keys("1"));
    let first = of(&data, &keys, "refresh-1");
    let claim = own!(first.take(15, at(0)));
    let names: Vec<String> = (0..100_000).map(|number| format!("other-{number}")).collect();
    let mut others = names.iter().map(|name| of(&data, &keys, name));
    let other =
        others.find(|other| meeting_place("shop", &super::Place(&other.place()).bytes()) == claim.name);
    let other = other.expect("one of a hundred thousand has the place");
    own!(other.take(15, at(0)));
    first.leave(&claim, &answer(), at(60), at(0));
    assert_eq!(other.take(15, at(0)), Turn::Elsewhere);
}

#[test]
fn where_the_data_is_of_no_use_everybody_asks() {
    let keys = keys("1");
    let unprepared = Memory::of(Store::envoy());
    assert_eq!(of(&unprepared, &keys, "refresh-1").take(15, at(0)), Turn::Own(None));
    let data = prepared();
    data.works.set(false);
    assert_eq!(prepare(&data, "shop"), Err(Unavailable));
    assert_eq!(of(&data, &keys, "refresh-1").take(15, at(0)), Turn::Own(None));
}

#[test]
fn a_torn_word_says_nothing() {
    let (data, keys) = (prepared(), keys("1"));
    let refresh = of(&data, &keys, "refresh-1");
    let claim = own!(refresh.take(15, at(0)));
    data.store.borrow_mut().tear(&claim.name);
    own!(refresh.take(15, at(0)));
}

#[test]
fn every_place_is_prepared_once_and_none_is_written_over() {
    let data = prepared();
    let places: BTreeSet<String> = meeting_places("shop").collect();
    assert_eq!((places.len(), data.store.borrow().names().len()), (1_024, 1_024));
    let keys = keys("1");
    let refresh = of(&data, &keys, "refresh-1");
    let claim = own!(refresh.take(15, at(0)));
    assert!(places.contains(&claim.name));
    prepare(&data, "shop").unwrap();
    assert_eq!(refresh.take(15, at(0)), Turn::Elsewhere, "of a worker that starts later");
}

/// Lets another worker have its say before one of the calls of this one.
struct Between<'a> {
    data: &'a Memory,
    before: Cell<usize>,
    other: RefCell<Option<Other<'a>>>,
}

type Other<'a> = std::boxed::Box<dyn FnOnce() + 'a>;

impl Between<'_> {
    fn call(&self) {
        let left = self.before.get();
        self.before.set(left.wrapping_sub(1));
        if left == 0
            && let Some(other) = self.other.take()
        {
            other();
        }
    }
}

impl SharedData for Between<'_> {
    fn get(&self, name: &str) -> Result<Option<Found>, Unavailable> {
        self.call();
        self.data.get(name)
    }

    fn changes(&self) -> Option<u64> {
        self.data.changes()
    }
}

impl SharedDataMut for Between<'_> {
    fn set(&self, name: &str, value: &[u8], cas: u32) -> Result<bool, Unavailable> {
        self.call();
        self.data.set(name, value, cas)
    }

    fn announce(&self) -> Result<(), Unavailable> {
        self.data.announce()
    }
}

#[test]
fn however_two_workers_meet_one_of_them_has_the_turn() {
    for before in 0..3 {
        let (data, keys) = (prepared(), keys("1"));
        let met = Cell::new(None);
        let other = || met.set(Some(of(&data, &keys, "refresh-1").take(15, at(0))));
        let between = Between {
            data: &data,
            before: Cell::new(before),
            other: RefCell::new(Some(std::boxed::Box::new(other))),
        };
        let turn = of(&between, &keys, "refresh-1").take(15, at(0));
        drop(between);
        let met = met.take().unwrap_or_else(|| of(&data, &keys, "refresh-1").take(15, at(0)));
        let own = [turn, met].into_iter().filter(|turn| matches!(turn, Turn::Own(Some(_)))).count();
        assert_eq!(own, 1, "met before call {before}");
    }
}
