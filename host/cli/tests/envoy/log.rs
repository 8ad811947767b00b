//! What an Envoy says on its standard error.

use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// The lines so far.
#[derive(Default)]
pub(crate) struct Log {
    said: Mutex<Said>,
    grown: Condvar,
}

#[derive(Default)]
struct Said {
    lines: Vec<String>,
    ended: bool,
}

impl Log {
    pub(crate) fn add(&self, line: String) {
        self.said.lock().unwrap().lines.push(line);
        self.grown.notify_all();
    }

    /// No more lines will come.
    pub(crate) fn end(&self) {
        self.said.lock().unwrap().ended = true;
        self.grown.notify_all();
    }

    /// The first line with this text, which is waited for; `None` if Envoy has ended without one.
    pub(crate) fn line(&self, text: &str) -> Option<String> {
        let found = |said: &Said| said.lines.iter().find(|line| line.contains(text)).cloned();
        let said = self.when(text, |said| said.ended || found(said).is_some());
        found(&said)
    }

    /// Whether there is a line with this text by now.
    pub(crate) fn has(&self, text: &str) -> bool {
        self.said.lock().unwrap().lines.iter().any(|line| line.contains(text))
    }

    /// All of it, once Envoy has ended.
    pub(crate) fn whole(&self) -> String {
        self.when("the end", |said| said.ended).lines.join("\n")
    }

    fn when(&self, what: &str, holds: impl Fn(&Said) -> bool) -> MutexGuard<'_, Said> {
        let said = self.said.lock().unwrap();
        let (said, wait) = self.grown.wait_timeout_while(said, DEADLINE, |said| !holds(said)).unwrap();
        assert!(!wait.timed_out(), "waited in vain for {what} in Envoy's log:\n{}", said.lines.join("\n"));
        said
    }
}

/// How long a line may take.
const DEADLINE: Duration = Duration::from_secs(60);
