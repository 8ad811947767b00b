use super::{Note, Publisher, WRITES};
use crate::denial::Denial;
use crate::fixtures::{Counter, NOW, STATE_KEY, jwks, pushed_config};
use crate::registry::LookupKind;
use crate::shared::memory::{Memory, Store};
use crate::shared::{MacKey, Names, Pushed, Reader};
use crate::step::{CallError, HttpCall, HttpResponse};
use crate::time::UnixTime;
use crate::verified::SourceId;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

#[test]
fn a_load_counts_once_it_is_whole() {
    for data in engines() {
        let feed = Feed::of(&[
            ("snapshot.json", page(r#""next":"2""#, &[app("a-1", "one", "approved")])),
            ("2", page(r#""complete":true,"next":"3""#, &[app("a-2", "two", "approved")])),
        ]);
        let mut one = Site::new(publisher(1));
        one.run(&data, &feed, 2);
        assert_eq!(feed.asked(), ["/feed/snapshot.json"]);
        assert!(matches!(find(&data, "one"), Err(Denial::StateUnavailable { .. })), "half a load");
        one.run(&data, &feed, 1);
        assert_eq!(feed.asked(), ["/feed/snapshot.json", "/feed/2"]);
        assert_eq!(find(&data, "one"), Ok(Some("a-1".into())));
        assert_eq!(find(&data, "two"), Ok(Some("a-2".into())));
        assert_eq!(find(&data, "none"), Ok(None));
    }
}

#[test]
fn a_change_counts_with_its_page_and_nothing_is_asked_before_its_time() {
    for data in engines() {
        let feed = Feed::of(&[(
            "snapshot.json",
            page(r#""complete":true,"next":"2""#, &[app("a-1", "one", "approved")]),
        )]);
        let mut site = Site::new(publisher(1));
        site.run(&data, &feed, 4);
        assert_eq!(feed.asked(), ["/feed/snapshot.json", "/feed/2"], "no change yet");
        site.run(&data, &feed, 10);
        assert_eq!(feed.asked().len(), 2, "not within the same second");
        feed.put("2", page(r#""next":"3""#, &[app("a-1", "one", "revoked"), app("a-2", "two", "approved")]));
        site.now += 1;
        site.run(&data, &feed, 2);
        assert_eq!(state(&data, "one"), "revoked");
        assert_eq!(find(&data, "two"), Ok(Some("a-2".into())));
        assert_eq!(feed.asked()[2..], ["/feed/2", "/feed/3"], "at once, since one change may follow another");
    }
}

#[test]
fn a_caller_that_went_is_nobody_and_its_name_is_free() {
    let data = Memory::of(Store::envoy());
    let feed = Feed::of(&[
        ("snapshot.json", page(r#""complete":true,"next":"2""#, &[app("a-1", "one", "approved")])),
        (
            "2",
            format!(
                r#"{{"version":1,"next":"3","removed":{{"applications":[{}]}},"applications":[{}]}}"#,
                app("a-1", "one", "approved"),
                app("a-2", "one", "approved")
            ),
        ),
        (
            "3",
            format!(
                r#"{{"version":1,"next":"4","removed":{{"applications":[{}]}}}}"#,
                app("a-2", "one", "approved")
            ),
        ),
    ]);
    let mut site = Site::new(publisher(1));
    site.run(&data, &feed, 3);
    assert_eq!(find(&data, "one"), Ok(Some("a-2".into())));
    site.run(&data, &feed, 1);
    assert_eq!(find(&data, "one"), Ok(None));
}

#[test]
fn pushed_keys_count_like_callers() {
    let data = Memory::of(Store::envoy());
    let keys = |jwks: &str| format!(r#"{{"source":"idp","jwks":{jwks}}}"#);
    let page = |next: &str, keys: &str| {
        format!(r#"{{"version":1,"complete":true,"keys":[{keys}],"next":"{next}"}}"#)
    };
    let feed = Feed::of(&[
        ("snapshot.json", page("2", &keys(&jwks()))),
        ("2", page("3", &keys(r#"{"keys":[]}"#))),
        ("3", page("4", &keys(&jwks().replace("k1", "k2")))),
    ]);
    let mut site = Site::new(publisher(1));
    site.run(&data, &feed, 2);
    assert_eq!(kids(&data), ["k1"]);
    site.run(&data, &feed, 1);
    assert_eq!(kids(&data), ["k1"], "a set without usable keys takes nothing away");
    assert!(site.said().contains("expected a key set"), "{}", site.said());
    site.run(&data, &feed, 1);
    assert_eq!(kids(&data), ["k2"]);
}

#[test]
fn one_of_several_publishers_fetches_and_another_takes_over_when_it_stops() {
    for data in engines() {
        let feed = Feed::of(&[(
            "snapshot.json",
            page(r#""complete":true,"next":"2""#, &[app("a-1", "one", "approved")]),
        )]);
        let (mut first, mut second) = (Site::new(publisher(1)), Site::new(publisher(100)));
        first.run(&data, &feed, 2);
        for _ in 0..4 {
            first.run(&data, &feed, 1);
            second.run(&data, &feed, 1);
        }
        assert_eq!(feed.asked(), ["/feed/snapshot.json", "/feed/2"]);
        feed.put("snapshot.json", page(r#""complete":true,"next":"9""#, &[app("a-1", "one", "revoked")]));
        second.now += 60;
        second.run(&data, &feed, 3);
        assert_eq!(state(&data, "one"), "revoked");
        first.now += 61;
        feed.put("2", page(r#""next":"3""#, &[app("a-1", "one", "approved")]));
        first.run(&data, &feed, 3);
        assert_eq!(state(&data, "one"), "revoked", "whoever has lost the office writes nothing");
        assert!(first.said().contains("another publisher has taken over"), "{}", first.said());
    }
}

#[test]
fn a_feed_that_cannot_tell_what_changed_is_loaded_anew() {
    let data = Memory::of(Store::envoy());
    let feed = Feed::of(&[(
        "snapshot.json",
        page(r#""complete":true,"next":"2""#, &[app("a-1", "one", "approved")]),
    )]);
    let mut site = Site::new(publisher(1));
    site.run(&data, &feed, 4);
    feed.put("snapshot.json", page(r#""complete":true,"next":"8""#, &[app("a-2", "two", "approved")]));
    feed.statuses.borrow_mut().insert("2".into(), 410);
    site.now += 1;
    site.run(&data, &feed, 4);
    assert_eq!((find(&data, "one"), find(&data, "two")), (Ok(None), Ok(Some("a-2".into()))));
}

#[test]
fn what_the_engine_drops_is_loaded_anew() {
    let names = Names::new("shop", &MacKey::parse(STATE_KEY).unwrap());
    for place in [names.standing(), names.floor()] {
        let data = Memory::of(Store::nginx());
        let feed = Feed::of(&[(
            "snapshot.json",
            page(r#""complete":true,"next":"2""#, &[app("a-1", "one", "approved")]),
        )]);
        let mut site = Site::new(publisher(1));
        site.run(&data, &feed, 4);
        data.store.borrow_mut().evict(place);
        assert!(matches!(find(&data, "one"), Err(Denial::StateUnavailable { .. })));
        site.now += 1;
        site.run(&data, &feed, 4);
        assert_eq!(find(&data, "one"), Ok(Some("a-1".into())), "{place}");
    }
}

#[test]
fn a_page_that_is_refused_changes_nothing_and_is_asked_for_again() {
    for wrong in [
        "",
        "{",
        r#"{"version":2,"next":"3"}"#,
        r#"{"version":1}"#,
        r#"{"version":1,"next":"3","aplications":[]}"#,
    ] {
        let data = Memory::of(Store::envoy());
        let feed = Feed::of(&[
            ("snapshot.json", page(r#""complete":true,"next":"2""#, &[app("a-1", "one", "approved")])),
            ("2", wrong.to_string()),
        ]);
        let mut site = Site::new(publisher(1));
        site.run(&data, &feed, 5);
        assert_eq!(find(&data, "one"), Ok(Some("a-1".into())), "{wrong}");
        assert!(site.said().contains("page 2 is refused"), "{wrong}: {}", site.said());
        feed.put("2", page(r#""next":"3""#, &[app("a-1", "one", "revoked")]));
        site.now += 1;
        site.run(&data, &feed, 2);
        assert_eq!(state(&data, "one"), "revoked", "{wrong}");
    }
}

/// What could not be read may be what takes a right away.
#[test]
fn a_caller_that_cannot_be_read_becomes_nobodys() {
    let data = Memory::of(Store::envoy());
    let feed = Feed::of(&[
        (
            "snapshot.json",
            page(
                r#""complete":true,"next":"2""#,
                &[app("a-1", "one", "approved"), app("a-2", "two", "approved")],
            ),
        ),
        ("2", page(r#""next":"3""#, &[app("a-1", "one", "rewoked"), app("a-2", "two", "revoked")])),
    ]);
    let mut site = Site::new(publisher(1));
    site.run(&data, &feed, 3);
    assert_eq!(find(&data, "one"), Err(Denial::ConsumerContested { found: "one".into() }));
    assert_eq!(state(&data, "two"), "revoked");
    let said = site.said();
    assert!(said.contains("applications[0].registrations[0].status: expected approved"), "{said}");
}

#[test]
fn a_call_that_fails_is_made_again_after_a_while_and_one_without_an_answer_is_given_up() {
    let data = Memory::of(Store::envoy());
    let feed = Feed::of(&[]);
    let mut site = Site::new(publisher(1));
    site.run(&data, &feed, 5);
    assert_eq!(feed.asked().len(), 1, "a snapshot that is not there is asked for again, but not at once");
    assert!(site.said().contains("page snapshot.json: expected status 200, found 404"), "{}", site.said());
    site.now += 1;
    site.run(&data, &feed, 5);
    assert_eq!(feed.asked().len(), 2);
    assert_eq!(site.said(), "", "the same trouble is said once");

    site.now += 1;
    let time = UnixTime::from_seconds(site.now);
    assert!(site.publisher.tick(&data, time, &mut site.entropy).is_some());
    let held = |site: &mut Site, now: i64| {
        (site.now..=now)
            .filter_map(|now| site.publisher.tick(&data, UnixTime::from_seconds(now), &mut site.entropy))
            .count()
    };
    let now = site.now;
    assert_eq!(held(&mut site, now + 14), 0);
    assert_eq!(held(&mut site, now + 15), 1);
    site.publisher.answer(&data, Err(CallError::NotSent), UnixTime::from_seconds(now + 15));
    assert!(site.said().contains("is state.feed.upstream known to it?"));
}

#[test]
fn a_tick_writes_no_more_than_it_may() {
    let data = Memory::of(Store::envoy());
    let apps: Vec<String> =
        (0..1000).map(|n| app(&format!("a-{n}"), &format!("app-{n}"), "approved")).collect();
    let feed = Feed::of(&[("snapshot.json", page(r#""complete":true,"next":"2""#, &apps))]);
    let mut site = Site::new(publisher(1));
    let mut written = Vec::new();
    while find(&data, "app-999").is_err() {
        let before = data.store.borrow().names().len();
        site.run(&data, &feed, 1);
        written.push(data.store.borrow().names().len() - before);
        assert!(written.len() < 50);
    }
    // Beside what is written, a tick writes the lease, the standing and the floor.
    assert!(written.iter().all(|written| *written <= WRITES + 3), "{written:?}");
    assert!(written.iter().sum::<usize>() >= 2000, "two names each: {written:?}");
}

/// Pages by name; what is not there is 404.
#[derive(Default)]
struct Feed {
    pages: RefCell<BTreeMap<String, String>>,
    statuses: RefCell<BTreeMap<String, u16>>,
    asked: RefCell<Vec<String>>,
}

impl Feed {
    fn of(pages: &[(&str, String)]) -> Self {
        let feed = Self::default();
        pages.iter().for_each(|(name, page)| feed.put(name, page.clone()));
        feed
    }

    fn put(&self, name: &str, page: String) {
        self.pages.borrow_mut().insert(name.into(), page);
    }

    fn asked(&self) -> Vec<String> {
        self.asked.borrow().clone()
    }

    fn answer(&self, call: &HttpCall) -> (u16, Vec<u8>) {
        assert_eq!(&*call.target, "registry");
        let (_, path) = call.headers.iter().find(|(name, _)| &**name == ":path").unwrap();
        let path = String::from_utf8(path.to_vec()).unwrap();
        self.asked.borrow_mut().push(path.clone());
        let name = path.strip_prefix("/feed/").unwrap();
        let page = self.pages.borrow().get(name).cloned();
        let status = self.statuses.borrow().get(name).copied();
        (
            status.unwrap_or_else(|| if page.is_some() { 200 } else { 404 }),
            page.unwrap_or_default().into_bytes(),
        )
    }
}

/// A publisher with a clock and everything that it said.
struct Site {
    publisher: Publisher,
    entropy: Counter,
    now: i64,
}

impl Site {
    fn new((publisher, seed): (Publisher, u8)) -> Self {
        Self { publisher, entropy: Counter(seed), now: NOW }
    }

    /// Ticks, and answers at once.
    fn run(&mut self, data: &Memory, feed: &Feed, ticks: usize) {
        let now = UnixTime::from_seconds(self.now);
        for _ in 0..ticks {
            let Some(call) = self.publisher.tick(data, now, &mut self.entropy) else { continue };
            let (status, body) = feed.answer(&call);
            self.publisher.answer(data, Ok(HttpResponse { status, headers: &[], body: &body }), now);
        }
    }

    fn said(&mut self) -> String {
        let notes = self.publisher.notes();
        let said: Vec<String> = notes
            .iter()
            .filter(|note| !matches!(note, Note::Published { .. }))
            .map(ToString::to_string)
            .collect();
        said.join("\n")
    }
}

fn publisher(seed: u8) -> (Publisher, u8) {
    (Publisher::new(pushed_config()).unwrap(), seed)
}

fn engines() -> [Memory; 2] {
    [Memory::of(Store::envoy()), Memory::of(Store::nginx())]
}

fn page(more: &str, applications: &[String]) -> String {
    format!(r#"{{"version":1,"applications":[{}],{more}}}"#, applications.join(","))
}

fn app(id: &str, custom_id: &str, status: &str) -> String {
    format!(
        r#"{{"id":"{id}","custom_id":"{custom_id}","source":"idp","registrations":[{{"service":"orders","status":"{status}"}}]}}"#
    )
}

fn reader() -> Reader {
    let key = MacKey::parse(STATE_KEY).unwrap();
    Reader::new(Names::new("shop", &key), key)
}

fn find(data: &Memory, value: &str) -> Result<Option<String>, Denial> {
    let pushed = Pushed { reader: &reader(), data: Some(data) };
    let record = pushed.find(&SourceId::new("idp"), LookupKind::CustomId, value)?;
    Ok(record.map(|record| (*record.application.as_ref().unwrap().id).into()))
}

fn state(data: &Memory, value: &str) -> &'static str {
    let pushed = Pushed { reader: &reader(), data: Some(data) };
    let record = pushed.find(&SourceId::new("idp"), LookupKind::CustomId, value).unwrap().unwrap();
    record.registrations[0].state.name()
}

fn kids(data: &Memory) -> Vec<String> {
    let config = pushed_config();
    let keys = Pushed { reader: &reader(), data: Some(data) }.keys(&config.sources[0]).unwrap();
    keys.iter().map(|key| key.kid().unwrap().into()).collect()
}
