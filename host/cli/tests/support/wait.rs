//! Waits for what others do in their own time.

use std::thread;
use std::time::{Duration, Instant};

/// Asks until there is an answer. `what` names it, should none come.
pub(crate) fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begin.elapsed() < DEADLINE, "waited in vain until {what}");
        thread::park_timeout(BETWEEN_QUESTIONS);
    }
}

const DEADLINE: Duration = Duration::from_secs(30);

const BETWEEN_QUESTIONS: Duration = Duration::from_millis(10);
