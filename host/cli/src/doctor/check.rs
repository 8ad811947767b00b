//! One line of the answer.

use serde_json::{Value, json};

/// What was looked at, and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Check {
    pub(crate) name: &'static str,
    pub(crate) state: State,
    /// What was found; where it is not good, what was expected as well.
    pub(crate) found: String,
    /// What to do.
    pub(crate) advice: Option<String>,
}

/// What to make of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// As it should be.
    Good,
    /// It works, but somebody should know.
    Warning,
    /// It does not work so.
    Bad,
}

impl Check {
    pub(crate) fn good(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, state: State::Good, found: found.into(), advice: None }
    }

    pub(crate) fn warning(name: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { name, state: State::Warning, found: found.into(), advice: Some(advice.into()) }
    }

    pub(crate) fn bad(name: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { name, state: State::Bad, found: found.into(), advice: Some(advice.into()) }
    }

    /// For an error that says by itself what to do.
    pub(crate) fn failed(name: &'static str, error: impl ToString) -> Self {
        Self { name, state: State::Bad, found: error.to_string(), advice: None }
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({"check": self.name, "state": self.state.word(), "found": self.found, "advice": self.advice})
    }
}

impl State {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Warning => "warning",
            Self::Bad => "bad",
        }
    }
}

/// A text from the network, cut and without what a terminal would act on.
pub(crate) fn shown(text: &str) -> Box<str> {
    claimgate_policy::denial::shown_to(text, MOST_SHOWN)
}

/// Characters of a text from the network that a line shows.
const MOST_SHOWN: usize = 300;
