//! Gets callers and keys from a feed and writes them into shared data: one publisher of several at a time, a bounded
//! piece at each tick, and nothing counts until a load is whole.
//!
//! ```text
//! not in office --lease--> fetch the first page -> write -> fetch the next ... -> complete: publish
//!                                  ^                                                  |
//!                                  +---- 410, deposed: a new term                     v
//!                                                              look for the next page, publish each as one change
//! ```
//!
//! No I/O: [`tick`](crate::publisher::Publisher::tick) returns the call that the edge makes,
//! [`answer`](crate::publisher::Publisher::answer) takes what came of it.

use crate::config::{Config, Feed, PushedState};
use crate::shared::{
    Edit, Generation, Lease, MacKey, Names, SharedDataMut, Standing, Tenure, Writer, WriterError,
};
use crate::step::{CallError, CallId, HttpCall, HttpResponse};
use crate::time::UnixTime;
use crate::world::Entropy;
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;

mod note;

pub use crate::config::Page;
pub use note::Note;

/// One of the publishers of a realm.
#[derive(Debug)]
pub struct Publisher {
    config: Arc<Config>,
    key: MacKey,
    feed: Feed,
    names: Names,
    /// Who it is among the others; drawn when it first asks.
    holder: Option<u64>,
    office: Option<Office>,
    notes: Vec<Note>,
    /// What was said last.
    said: Option<Note>,
}

/// A term of office.
#[derive(Debug)]
struct Office {
    writer: Writer,
    work: Work,
    /// Whether the load is whole, and counts.
    loaded: bool,
    /// The page that is asked for, or comes next.
    page: Box<str>,
    /// Callers and keys that were written since the last word about it.
    written: usize,
}

#[derive(Debug)]
enum Work {
    /// The page is to be fetched, from this moment on.
    Fetch { from: UnixTime },
    /// A call is out; nobody waits for it any longer than this.
    Await { until: UnixTime },
    /// These are to be written; the page was the last of a load, or is a change.
    Write { edits: VecDeque<Edit>, next: Box<str>, complete: bool },
}

impl Publisher {
    /// For the realm of `config`; `None` if its state has no feed.
    #[must_use]
    pub fn new(config: impl Into<Arc<Config>>) -> Option<Self> {
        let config = config.into();
        let PushedState { key, feed } = config.pushed.clone()?;
        let names = Names::new(&config.realm, &key);
        Some(Self {
            names,
            feed: feed?,
            key,
            config,
            holder: None,
            office: None,
            notes: Vec::new(),
            said: None,
        })
    }

    /// Does a piece of work; what the edge is to call, if anything.
    pub fn tick(
        &mut self,
        data: &dyn SharedDataMut,
        now: UnixTime,
        entropy: &mut dyn Entropy,
    ) -> Option<HttpCall> {
        self.hold(data, now, entropy);
        self.work(data, now);
        self.fetch(data, now)
    }

    /// Takes what came of the call. One that nobody waits for any more is dropped.
    pub fn answer(
        &mut self,
        data: &dyn SharedDataMut,
        answer: Result<HttpResponse<'_>, CallError>,
        now: UnixTime,
    ) {
        let Some(office) = &mut self.office else { return };
        if !matches!(office.work, Work::Await { .. }) {
            return;
        }
        match read(answer, office, &self.config) {
            Ok(Some(page)) => {
                self.notes.extend(page.errors.into_iter().map(Note::Unreadable));
                office.work =
                    Work::Write { edits: page.edits.into(), next: page.next, complete: page.complete };
                self.work(data, now);
            }
            Ok(None) => office.work = self.feed.later(now),
            Err(Note::Gone) => self.resign(Note::Gone),
            Err(note) => {
                office.work = self.feed.later(now);
                self.note(note);
            }
        }
    }

    /// What happened since the last time, for the log.
    pub fn notes(&mut self) -> Vec<Note> {
        core::mem::take(&mut self.notes)
    }

    /// The same trouble is said once.
    fn note(&mut self, note: Note) {
        if self.said.as_ref() != Some(&note) {
            self.said = Some(note.clone());
            self.notes.push(note);
        }
    }

    fn resign(&mut self, why: Note) {
        self.office = None;
        self.note(why);
    }

    fn hold(&mut self, data: &dyn SharedDataMut, now: UnixTime, entropy: &mut dyn Entropy) {
        let mut draw = || {
            let mut bytes = [0; 8];
            entropy.fill(&mut bytes);
            u64::from_be_bytes(bytes)
        };
        let holder = *self.holder.get_or_insert_with(&mut draw);
        let term = self.office.as_ref().map(|office| office.writer.generation());
        let [.., a, b, c, d] = draw().to_be_bytes();
        let draw = u32::from_be_bytes([a, b, c, d]);
        match Lease::hold(data, (&self.names, &self.key), (holder, term), now, draw) {
            Ok(Tenure::Held(_)) => {}
            Ok(Tenure::Taken(generation)) => self.begin(data, generation, now),
            Ok(Tenure::Elsewhere) if self.office.is_some() => self.resign(Note::Lost),
            Ok(Tenure::Elsewhere) => {}
            Err(error) => self.resign(Note::Lease(error)),
        }
    }

    fn begin(&mut self, data: &dyn SharedDataMut, generation: Generation, now: UnixTime) {
        let mut writer = Writer::new(self.names.clone(), self.key.clone(), generation);
        match writer.begin(data) {
            Ok(()) => {
                let (page, work) = (self.feed.first.clone(), Work::Fetch { from: now });
                self.office = Some(Office { writer, work, loaded: false, page, written: 0 });
            }
            Err(error) => self.resign(Note::Writer(error)),
        }
    }

    /// Writes a bounded piece of the page; publishes once all of it is written and it completes something.
    fn work(&mut self, data: &dyn SharedDataMut, now: UnixTime) {
        let Some(office) = &mut self.office else { return };
        match office.write(data) {
            Ok(Progress::Nothing | Progress::More) => {}
            Ok(Progress::Page { published: None }) => office.work = Work::Fetch { from: now },
            Ok(Progress::Page { published: Some(standing) }) => {
                office.work = Work::Fetch { from: now };
                let note = Note::Published { standing, written: core::mem::take(&mut office.written) };
                self.note(note);
            }
            // The engine may do it the next time; what was written counts for nothing yet.
            Err(error @ WriterError::Unavailable) => self.note(Note::Writer(error)),
            Err(error) => self.resign(Note::Writer(error)),
        }
    }

    /// The call for the next page, if it is time; before a look for changes, whether the last one still counts.
    fn fetch(&mut self, data: &dyn SharedDataMut, now: UnixTime) -> Option<HttpCall> {
        let office = self.office.as_mut()?;
        match office.work {
            Work::Fetch { from } if from <= now => {}
            Work::Await { until } if until <= now => {}
            _ => return None,
        }
        if office.loaded
            && let Err(error) = office.writer.stands(data)
        {
            self.resign(Note::Writer(error));
            return None;
        }
        office.work = Work::Await { until: now.plus(PATIENCE) };
        Some(self.feed.call(&office.page))
    }
}

/// What came of a piece of writing.
enum Progress {
    Nothing,
    More,
    Page { published: Option<Standing> },
}

impl Office {
    fn write(&mut self, data: &dyn SharedDataMut) -> Result<Progress, WriterError> {
        let Work::Write { edits, next, complete } = &mut self.work else { return Ok(Progress::Nothing) };
        for _ in 0..WRITES {
            let Some(edit) = edits.front() else { break };
            self.writer.write(data, edit)?;
            self.written = self.written.saturating_add(1);
            edits.pop_front();
        }
        if !edits.is_empty() {
            return Ok(Progress::More);
        }
        let publishes = *complete || self.loaded;
        let published = if publishes { Some(self.writer.publish(data)?) } else { None };
        self.page = core::mem::take(next);
        if publishes {
            self.loaded = true;
            self.writer.begin(data)?;
        }
        Ok(Progress::Page { published })
    }
}

/// The page in an answer; `None` if there is none yet.
fn read(
    answer: Result<HttpResponse<'_>, CallError>,
    office: &Office,
    config: &Config,
) -> Result<Option<Page>, Note> {
    let page = office.page.clone();
    match answer {
        Ok(HttpResponse { status: 200, body, .. }) => {
            Page::parse(body, config).map(Some).map_err(|errors| Note::Refused { page, errors })
        }
        Ok(HttpResponse { status: 204 | 404, .. }) if office.loaded => Ok(None),
        Ok(HttpResponse { status: 410, .. }) => Err(Note::Gone),
        Ok(HttpResponse { status, .. }) => Err(Note::Status { page, status }),
        Err(error) => Err(Note::Call { page, error }),
    }
}

impl Feed {
    fn call(&self, page: &str) -> HttpCall {
        let path = format!("{}{page}", self.path);
        let headers =
            [(":method", "GET"), (":path", &path), (":authority", &self.authority), ("accept", JSON)];
        HttpCall {
            id: CallId(0),
            target: self.upstream.clone(),
            headers: headers.map(|(name, value)| (name.into(), value.as_bytes().into())).into(),
            body: Box::default(),
            timeout_ms: TIMEOUT_MS,
        }
    }

    fn later(&self, now: UnixTime) -> Work {
        Work::Fetch { from: now.plus(self.poll_seconds) }
    }
}

/// Names that are written at one tick, at most: some milliseconds, in which requests of the same worker wait.
const WRITES: usize = 500;

/// How often the edge should call [`Publisher::tick`], milliseconds.
pub const TICK_MS: u32 = 25;

/// How long the engine waits for a page.
const TIMEOUT_MS: u32 = 5_000;

/// Seconds after which an answer that the engine never gave is given up.
const PATIENCE: i64 = 15;

const JSON: &str = "application/json";

#[cfg(test)]
mod tests;
