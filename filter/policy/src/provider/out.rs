//! Questions to providers that are out: requests that ask the same wait for one answer, where they can be woken, and a
//! failure counts for all that came meanwhile.

use super::{AnswerKey, Failure};
use crate::time::UnixTime;
use alloc::collections::BTreeMap;
use core::cell::RefCell;
use core::fmt;

/// Those of one VM. Not shared between threads.
#[derive(Default)]
pub struct Out(RefCell<BTreeMap<AnswerKey, State>>);

#[derive(Debug)]
enum State {
    /// By so many requests, and nobody waits any longer than this.
    Asked { by: usize, until: UnixTime },
    /// This came of it; it is not asked again before.
    Failed { failure: Failure, until: UnixTime },
}

/// What becomes of a question that somebody else has asked already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Twice {
    /// It waits for that answer: it will be noticed, and kept for this one.
    Waits,
    /// It is asked as well.
    Asks,
    /// It is not asked: to a second use of a refresh token, providers answer by taking everything back (RFC 9700 4.14).
    ComesAgain,
}

/// What somebody may do who has a question.
#[derive(Debug, PartialEq, Eq)]
pub enum Turn {
    /// Ask it.
    Ask,
    /// Wait for the answer to somebody else who asked it, until then at most.
    Wait(UnixTime),
    /// Take this for the answer.
    Failed(Failure),
    /// Come again in so many seconds: enough is asked already.
    Later(i64),
}

impl Out {
    /// Asks for leave to ask. An answer is given up after `patience` seconds.
    pub fn ask(&self, key: &AnswerKey, twice: Twice, patience: i64, now: UnixTime) -> Turn {
        let Ok(mut out) = self.0.try_borrow_mut() else { return Turn::Later(1) };
        out.retain(|_, state| state.until() > now);
        let asked: usize = out.values().map(State::asked).sum();
        match out.get_mut(key) {
            Some(State::Failed { failure, .. }) => return Turn::Failed(failure.clone()),
            Some(State::Asked { until, .. }) if twice == Twice::Waits => return Turn::Wait(*until),
            Some(State::Asked { .. }) if twice == Twice::ComesAgain => return Turn::Later(1),
            _ if asked >= AT_ONCE => return Turn::Later(1),
            Some(State::Asked { by, .. }) => *by = by.saturating_add(1),
            None => {
                out.insert(*key, State::Asked { by: 1, until: now.plus(patience) });
            }
        }
        Turn::Ask
    }

    /// Whether there is something to wait for, or to take for the answer.
    #[must_use]
    pub fn has(&self, key: &AnswerKey, now: UnixTime) -> bool {
        self.0.try_borrow().is_ok_and(|out| out.get(key).is_some_and(|state| state.until() > now))
    }

    /// A question was answered, or not.
    pub fn settle(&self, key: &AnswerKey, failure: Option<&Failure>, now: UnixTime) {
        self.abandon(key);
        if let (Some(failure), Ok(mut out)) = (failure, self.0.try_borrow_mut()) {
            let until = now.plus(AFTER_FAILURE);
            out.insert(*key, State::Failed { failure: failure.clone(), until });
        }
    }

    /// A question will never be answered: whoever asked it is gone.
    pub fn abandon(&self, key: &AnswerKey) {
        let Ok(mut out) = self.0.try_borrow_mut() else { return };
        match out.get_mut(key) {
            Some(State::Asked { by, .. }) if *by > 1 => *by = by.saturating_sub(1),
            Some(State::Asked { .. }) => drop(out.remove(key)),
            Some(State::Failed { .. }) | None => {}
        }
    }
}

impl State {
    const fn until(&self) -> UnixTime {
        match self {
            Self::Asked { until, .. } | Self::Failed { until, .. } => *until,
        }
    }

    const fn asked(&self) -> usize {
        match self {
            Self::Asked { by, .. } => *by,
            Self::Failed { .. } => 0,
        }
    }
}

/// A count: names of questions say nothing.
impl fmt::Debug for Out {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let out = self.0.try_borrow().map_or(0, |out| out.len());
        f.debug_struct("Out").field("len", &out).finish_non_exhaustive()
    }
}

/// Questions of one VM that are out at once, at most: a provider that hangs must not fill it with requests.
const AT_ONCE: usize = 256;

/// Seconds for which a failure is the answer to the same question: those that waited for it do not ask one after the
/// other.
const AFTER_FAILURE: i64 = 1;

#[cfg(test)]
mod tests;
