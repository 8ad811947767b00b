//! Every order in which two writers, a reader and a fault can meet in shared data, one look or write at a time.
//!
//! An actor is a function of the answers that it got so far: it is run again from its beginning, with the answers that
//! are known, until it asks for one that is not. So a state is the store and what each actor was answered, and every
//! state that can be reached is visited once.

use super::memory::Store;
use super::{
    Edit, Found, Generation, MacKey, Names, Pushed, Reader, SharedData, SharedDataMut, Unavailable, Writer,
    WriterError,
};
use crate::denial::Denial;
use crate::registry::{ApplicationFacts, ConsumerFacts, LookupKey, LookupKind, Record};
use crate::verified::SourceId;
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::println;
use std::rc::Rc;
use std::string::{String, ToString};
use std::vec::Vec;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Question {
    Get(String),
    Set(String, Vec<u8>, u32),
    Changes,
    Announce,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Answer {
    Value(Option<(Vec<u8>, u32)>),
    Written(bool),
    Count(u64),
    Announced,
}

/// An actor's view of the engine: known answers, then a question that has none yet, then silence.
struct Script<'a> {
    answers: &'a [Answer],
    asked: Cell<usize>,
    open: RefCell<Option<Question>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct State {
    store: Store,
    /// What each actor was answered.
    answers: [Vec<Answer>; 3],
    /// How many answers the reader had when the later writer was done.
    done: Option<usize>,
    faults: usize,
}

/// An actor after some answers: what it asks next, and what it found.
#[derive(Debug, Clone)]
struct Run {
    question: Option<Question>,
    finds: Vec<Find>,
}

/// Each actor after each list of answers that occurs; the lists are few, the states are many.
#[derive(Default)]
struct Runs(HashMap<(Actor, Vec<Answer>), Rc<Run>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Actor {
    Earlier,
    Later,
    Reader,
}

/// What becomes of a value at any moment, as often as the model says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Evicted,
    /// Half of it is something else.
    Torn,
}

/// One look-up: how many answers the reader had when it began, and the name of the application that was found.
type Find = (usize, Result<Option<String>, Denial>);

/// An application is approved, and the earlier writer, which holds a copy of that, writes a change. The later one makes
/// a load count in which it is another.
#[test]
fn whoever_asks_after_a_load_was_announced_gets_what_it_says_and_before_one_or_the_other() {
    for store in [Store::envoy(), Store::nginx()] {
        let states = explore(store, 0, &[], &|state, (began, found)| {
            let name = found.as_ref().unwrap_or_else(|denial| panic!("{denial}")).as_deref();
            let after = state.done.is_some_and(|done| *began >= done);
            match name {
                Some("after") => true,
                Some("before") => !after,
                _ => false,
            }
        });
        println!("{states} states");
    }
}

#[test]
fn no_fault_at_any_moment_brings_back_what_a_later_load_took_away() {
    for (store, faults) in
        [(Store::envoy(), &[Fault::Torn][..]), (Store::nginx(), &[Fault::Torn, Fault::Evicted])]
    {
        let states = explore(store, 1, faults, &|state, (began, found)| {
            let after = state.done.is_some_and(|done| *began >= done);
            match found.as_ref().map(Option::as_deref) {
                Ok(Some("before")) => !after,
                Ok(Some("after") | None)
                | Err(Denial::StateUnavailable { .. } | Denial::PushedValueInvalid { .. }) => true,
                _ => false,
            }
        });
        println!("{states} states with a fault");
    }
}

/// Visits every state and holds each look-up of the reader to `fits`; how many states there are.
fn explore(store: Store, faults: usize, kinds: &[Fault], fits: &dyn Fn(&State, &Find) -> bool) -> usize {
    let mut runs = Runs::default();
    let mut open = Vec::from([loaded(store, faults, &mut runs)]);
    let mut seen = HashSet::new();
    while let Some(state) = open.pop() {
        if !seen.insert(fingerprint(&state)) {
            continue;
        }
        for find in &runs.of(Actor::Reader, &state).finds {
            assert!(fits(&state, find), "{find:?}, the later writer done at {:?}\n{state:?}", state.done);
        }
        open.extend(ACTORS.into_iter().filter_map(|actor| state.moved(actor, &mut runs)));
        open.extend(kinds.iter().flat_map(|fault| state.faulted(*fault)));
    }
    seen.len()
}

/// The earlier writer has made its load count.
fn loaded(store: Store, faults: usize, runs: &mut Runs) -> State {
    let mut state = State { store, answers: Default::default(), done: None, faults };
    while state.store.changes() == 0 {
        state = state.moved(Actor::Earlier, runs).unwrap();
    }
    state
}

/// Two states with one are as good as impossible: there are fewer than a million.
fn fingerprint(state: &State) -> u64 {
    let mut hasher = DefaultHasher::new();
    state.hash(&mut hasher);
    hasher.finish()
}

impl Runs {
    fn of(&mut self, actor: Actor, state: &State) -> Rc<Run> {
        let answers = &state.answers[actor as usize];
        let run = self.0.entry((actor, answers.clone()));
        Rc::clone(run.or_insert_with(|| Rc::new(Run::of(actor, answers))))
    }
}

impl Run {
    fn of(actor: Actor, answers: &[Answer]) -> Self {
        let script = Script { answers, asked: Cell::new(0), open: RefCell::new(None) };
        let mut finds = Vec::new();
        // How a writer ends is of no interest: only what it leaves behind is.
        let _ended = match actor {
            Actor::Earlier => {
                let mut writer = writer(1);
                change(&mut writer, &script, "before").and_then(|()| change(&mut writer, &script, "before"))
            }
            Actor::Later => change(&mut writer(2), &script, "after"),
            Actor::Reader => {
                finds = find_twice(&script);
                Ok(())
            }
        };
        Self { question: script.open.into_inner(), finds }
    }
}

impl State {
    /// The state after `actor` got one more answer; `None` if it asks for none.
    fn moved(&self, actor: Actor, runs: &mut Runs) -> Option<Self> {
        let run = runs.of(actor, self);
        let question = run.question.as_ref()?;
        let mut next = self.clone();
        next.answers[actor as usize].push(next.store.answer(question));
        // The last thing that a writer does for a change, if nobody deposed it.
        if actor == Actor::Later && *question == Question::Announce {
            next.done = Some(next.answers[Actor::Reader as usize].len());
        }
        Some(next)
    }

    fn faulted(&self, fault: Fault) -> Vec<Self> {
        let Some(left) = self.faults.checked_sub(1) else { return Vec::new() };
        let faulted = |name: String| {
            let mut next = Self { faults: left, ..self.clone() };
            match fault {
                Fault::Evicted => next.store.evict(&name),
                Fault::Torn => next.store.tear(&name),
            }
            next
        };
        self.store.names().into_iter().map(faulted).collect()
    }
}

impl Store {
    fn answer(&mut self, question: &Question) -> Answer {
        match question {
            Question::Get(name) => Answer::Value(self.get(name).map(|found| (found.bytes, found.cas))),
            Question::Set(name, value, cas) => Answer::Written(self.set(name, value, *cas)),
            Question::Changes => Answer::Count(self.changes()),
            Question::Announce => {
                self.announce();
                Answer::Announced
            }
        }
    }
}

fn change(writer: &mut Writer, data: &Script<'_>, name: &str) -> Result<(), WriterError> {
    writer.begin(data)?;
    writer.write(data, &Edit::Put(record(name)))?;
    writer.publish(data).map(drop)
}

/// Two look-ups by a reader that remembers the first.
fn find_twice(script: &Script<'_>) -> Vec<Find> {
    let reader = Reader::new(names(), key());
    let find = || {
        let began = script.asked.get();
        let pushed = Pushed { reader: &reader, data: Some(script) };
        let found = pushed.find(&SourceId::new("idp"), LookupKind::CustomId, "app-web");
        let name =
            found.map(|record| record.map(|record| record.application.as_ref().unwrap().name.to_string()));
        script.open.borrow().is_none().then_some((began, name))
    };
    [find(), find()].into_iter().flatten().collect()
}

impl<'a> Script<'a> {
    fn ask(&self, question: Question) -> Option<&'a Answer> {
        if self.open.borrow().is_some() {
            return None;
        }
        let number = self.asked.get();
        self.asked.set(number.checked_add(1).unwrap());
        let answer = self.answers.get(number);
        if answer.is_none() {
            *self.open.borrow_mut() = Some(question);
        }
        answer
    }
}

impl SharedData for Script<'_> {
    fn get(&self, name: &str) -> Result<Option<Found>, Unavailable> {
        match self.ask(Question::Get(name.to_string())) {
            Some(Answer::Value(value)) => Ok(value.clone().map(|(bytes, cas)| Found { bytes, cas })),
            _ => Err(Unavailable),
        }
    }

    fn changes(&self) -> Option<u64> {
        match self.ask(Question::Changes) {
            Some(Answer::Count(count)) => Some(*count),
            _ => None,
        }
    }
}

impl SharedDataMut for Script<'_> {
    fn set(&self, name: &str, value: &[u8], cas: u32) -> Result<bool, Unavailable> {
        match self.ask(Question::Set(name.to_string(), value.to_vec(), cas)) {
            Some(Answer::Written(written)) => Ok(*written),
            _ => Err(Unavailable),
        }
    }

    fn announce(&self) -> Result<(), Unavailable> {
        match self.ask(Question::Announce) {
            Some(Answer::Announced) => Ok(()),
            _ => Err(Unavailable),
        }
    }
}

fn record(name: &str) -> Record {
    Record {
        key: LookupKey {
            realm: "shop".into(),
            source: SourceId::new("idp"),
            kind: LookupKind::CustomId,
            value: "app-web".into(),
        },
        consumer: ConsumerFacts::default(),
        application: Some(ApplicationFacts { id: "a-web".into(), name: name.into() }),
        registrations: Vec::new(),
    }
}

fn writer(generation: u64) -> Writer {
    Writer::new(names(), key(), Generation(generation))
}

fn names() -> Names {
    Names::new("shop", &key())
}

fn key() -> MacKey {
    MacKey::new(&[1; 32])
}

const ACTORS: [Actor; 3] = [Actor::Earlier, Actor::Later, Actor::Reader];
