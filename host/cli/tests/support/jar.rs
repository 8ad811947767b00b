//! What a browser keeps for one server, and sends back to it.

use crate::support::wire::Answer;
use std::collections::BTreeMap;

/// Cookies by their name. Their paths do not count: the servers here have one name for one thing.
#[derive(Debug, Default)]
pub(crate) struct Jar(BTreeMap<String, String>);

impl Jar {
    /// Keeps what an answer sets, and forgets what it takes away.
    pub(crate) fn keep(&mut self, answer: &Answer) {
        for (_, line) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let Some((name, value)) = line.split(';').next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            match value {
                "" => self.0.remove(name),
                value => self.0.insert(name.to_owned(), value.to_owned()),
            };
        }
    }

    /// The header of a request.
    pub(crate) fn header(&self) -> (String, String) {
        let pairs: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        ("cookie".to_owned(), pairs.join("; "))
    }
}
