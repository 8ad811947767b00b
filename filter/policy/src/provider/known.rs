//! What is known of the providers whose keys are fetched: by whom, since when, and when to look again.
//!
//! Keys are fetched when a request first needs them, on a timer, and once where a token names a key that is not among
//! them. Keys that could not be fetched again count up to a stated age. Nothing that a provider answers takes good keys
//! away but other good keys.

use super::fetch::{Fetch, Fetched, Trouble};
use super::note::is_notable;
use super::{Metadata, Note, Url};
use crate::config::{Config, Discovery, Source};
use crate::keys::KeySet;
use crate::time::UnixTime;
use crate::verified::SourceId;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::RefCell;

/// The providers of a config. Not shared between threads.
#[derive(Debug, Default)]
pub struct Providers(Vec<Provider>);

/// One of them.
#[derive(Debug)]
pub struct Provider {
    source: Arc<Source>,
    known: RefCell<Known>,
}

#[derive(Debug)]
struct Known {
    metadata: Option<Arc<Metadata>>,
    sets: Vec<Set>,
    /// All sets in one.
    joined: KeySet,
    /// The sets are good up to here.
    until: UnixTime,
    /// When to look again.
    next: UnixTime,
    /// No request may have them fetched before.
    closed_until: UnixTime,
    /// Fetches that are out, by the moment after which nobody waits for them.
    out: Vec<UnixTime>,
    /// Fetches in a row that brought less than all.
    failures: u32,
    offset: Option<i64>,
    notes: Vec<Note>,
    /// The trouble that was said last.
    said: Vec<Trouble>,
}

#[derive(Debug)]
struct Set {
    place: Url,
    keys: KeySet,
    at: UnixTime,
}

/// Why somebody wants a fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The timer.
    Due,
    /// Nothing is known that is still good.
    Unknown,
    /// A token names a key that is not known.
    UnknownKey,
}

/// What somebody gets who wants a fetch.
#[derive(Debug)]
pub enum Leave {
    /// To make it.
    Fetch(Box<Fetch>),
    /// To wait for one that is out, until then at most.
    Wait(UnixTime),
    /// To come again in so many seconds.
    Later(i64),
}

impl Providers {
    /// Nothing is known of them yet.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let fetched = config.sources.iter().filter(|source| source.keys.discovery().is_some());
        Self(
            fetched
                .map(|source| Provider { source: Arc::clone(source), known: RefCell::default() })
                .collect(),
        )
    }

    /// That of a source whose keys are fetched.
    #[must_use]
    pub fn of(&self, source: &SourceId) -> Option<&Provider> {
        self.0.iter().find(|provider| provider.source.id == *source)
    }

    /// Takes what a fetch for a source brought.
    pub fn settle(&self, source: &Source, fetched: Fetched, now: UnixTime) {
        if let Some(provider) = self.of(&source.id) {
            provider.settle(fetched, now);
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Provider> {
        self.0.iter()
    }
}

impl Provider {
    /// The source that it is of.
    #[must_use]
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// Its keys, as far as they are good at `now`; `None` if there is none.
    #[must_use]
    pub fn keys(&self, now: UnixTime) -> Option<KeySet> {
        let mut known = self.known.try_borrow_mut().ok()?;
        if now > known.until {
            known.forget(self.rules().stale, now);
        }
        (!known.joined.is_empty()).then(|| known.joined.clone())
    }

    /// Takes these for its keys, for good: somebody gave them by hand.
    pub fn told(&self, keys: &KeySet) {
        if let Ok(mut known) = self.known.try_borrow_mut() {
            known.joined = keys.clone();
            known.until = UnixTime::from_seconds(i64::MAX);
        }
    }

    /// Its discovery document, the last that could be had.
    #[must_use]
    pub fn metadata(&self) -> Option<Arc<Metadata>> {
        self.known.try_borrow().ok()?.metadata.clone()
    }

    /// How far its clock is ahead of ours, seconds.
    #[must_use]
    pub fn offset(&self) -> Option<i64> {
        self.known.try_borrow().ok()?.offset
    }

    /// The same, where the clocks differ by more than is usual.
    #[must_use]
    pub fn notable_offset(&self) -> Option<i64> {
        self.offset().filter(|offset| is_notable(*offset))
    }

    /// Asks for leave to fetch. `can_wait`: whether the end of somebody else's fetch will be noticed.
    pub fn ask(&self, why: Why, can_wait: bool, now: UnixTime) -> Leave {
        let Ok(mut known) = self.known.try_borrow_mut() else { return Leave::Later(1) };
        known.out.retain(|until| *until > now);
        let room = match (known.out.iter().max(), why) {
            (None, _) => true,
            (Some(until), Why::Unknown | Why::UnknownKey) if can_wait => return Leave::Wait(*until),
            (Some(_), Why::Unknown) => known.out.len() < AT_ONCE,
            (Some(_), Why::Due | Why::UnknownKey) => false,
        };
        let from = if why == Why::Due { known.next } else { known.closed_until };
        if !room || now < from {
            return Leave::Later(from.seconds().saturating_sub(now.seconds()).clamp(1, LONGEST_WAIT));
        }
        let Some(fetch) = Fetch::new(&self.source, known.metadata.clone()) else {
            return Leave::Later(LONGEST_WAIT);
        };
        known.out.push(now.plus(self.rules().patience()));
        if why == Why::UnknownKey {
            known.closed_until = now.plus(self.rules().rediscovery_lifetime);
        }
        Leave::Fetch(fetch)
    }

    /// Takes what a fetch brought.
    fn settle(&self, fetched: Fetched, now: UnixTime) {
        let Ok(mut known) = self.known.try_borrow_mut() else { return };
        known.out.pop();
        let Fetched { metadata, keys, troubles, offset } = fetched;
        known.metadata = metadata;
        known.offset = offset.or(known.offset);
        let rules = self.rules();
        let before = known.joined.clone();
        known.take(keys, rules, now);
        let retry = known.schedule(troubles.is_empty(), rules, now);
        known.tell(&self.source.id, &before, troubles, retry);
    }

    /// A fetch will never be settled: whoever made it is gone.
    pub fn abandon(&self) {
        if let Ok(mut known) = self.known.try_borrow_mut() {
            known.out.pop();
        }
    }

    /// What went wrong the last time, in one line.
    #[must_use]
    pub fn trouble(&self) -> Option<Box<str>> {
        let known = self.known.try_borrow().ok()?;
        known.said.first().map(|trouble| alloc::format!("{trouble}").into())
    }

    /// What happened since the last time, for the log.
    pub fn notes(&self) -> Vec<Note> {
        self.known.try_borrow_mut().map(|mut known| core::mem::take(&mut known.notes)).unwrap_or_default()
    }

    fn rules(&self) -> &Discovery {
        static NOWHERE: Discovery = Discovery::NOWHERE;
        self.source.keys.discovery().unwrap_or(&NOWHERE)
    }
}

impl Known {
    /// New sets replace those of the same place; those of places that are none any more go.
    fn take(&mut self, keys: Vec<(Url, KeySet)>, rules: &Discovery, now: UnixTime) {
        let own = rules.own_keys(self.metadata.as_deref());
        self.sets.retain(|set| Some(&set.place) == own || rules.extra_jwks_uris.contains(&set.place));
        for (place, keys) in keys {
            self.sets.retain(|set| set.place != place);
            self.sets.push(Set { place, keys, at: now });
        }
        self.forget(rules.stale, now);
    }

    /// Leaves out what is older than `stale` seconds.
    fn forget(&mut self, stale: i64, now: UnixTime) {
        self.sets.retain(|set| set.at.plus(stale) >= now);
        self.joined = KeySet::join(self.sets.iter().map(|set| &set.keys));
        let until = self.sets.iter().map(|set| set.at.plus(stale)).min();
        self.until = until.unwrap_or(UnixTime::from_seconds(i64::MAX));
    }

    /// When to look again; the seconds until then.
    fn schedule(&mut self, whole: bool, rules: &Discovery, now: UnixTime) -> i64 {
        if whole {
            self.failures = 0;
            self.next = now.plus(rules.refresh);
            self.closed_until = self.closed_until.max(now.plus(rules.rediscovery_lifetime));
            return rules.refresh;
        }
        self.failures = self.failures.saturating_add(1);
        let doubled = AFTER_FAILURE.saturating_mul(1 << self.failures.saturating_sub(1).min(6));
        let wait = doubled.min(rules.refresh);
        self.next = now.plus(wait);
        self.closed_until = now.plus(AFTER_FAILURE.min(rules.rediscovery_lifetime.max(1)));
        wait
    }

    /// The same trouble is said once.
    fn tell(&mut self, source: &SourceId, before: &KeySet, troubles: Vec<Trouble>, retry: i64) {
        let recovered = troubles.is_empty() && !self.said.is_empty();
        if troubles != self.said {
            let trouble = troubles.iter().map(|trouble| Note::Trouble {
                source: source.clone(),
                trouble: trouble.clone(),
                keys: self.joined.len(),
                retry,
            });
            self.notes.extend(trouble);
        }
        if recovered || (troubles.is_empty() && !before.is_same(&self.joined)) {
            let (source, keys, offset) = (source.clone(), self.joined.len(), self.offset);
            self.notes.push(Note::Fetched { source, keys, offset });
        }
        self.said = troubles;
    }
}

impl Default for Known {
    fn default() -> Self {
        let never = UnixTime::from_seconds(i64::MIN);
        Self {
            metadata: None,
            sets: Vec::new(),
            joined: KeySet::default(),
            until: UnixTime::from_seconds(i64::MAX),
            next: never,
            closed_until: never,
            out: Vec::new(),
            failures: 0,
            offset: None,
            notes: Vec::new(),
            said: Vec::new(),
        }
    }
}

/// Fetches of one provider that are out at once, at most, where requests cannot wait for each other's.
const AT_ONCE: usize = 4;

/// Seconds after a failure in which no request has it tried again.
const AFTER_FAILURE: i64 = 5;

/// Seconds that somebody is told to wait, at most.
const LONGEST_WAIT: i64 = 60;
