//! What became of a request.

use std::collections::BTreeMap;

/// What the gate says that it did, and what it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Observed {
    /// `permitted`, or the refusal's name; `None` if the gate did not say, because the engine answered itself.
    pub(crate) outcome: Option<String>,
    pub(crate) effect: Effect,
    /// Headers of the answer: names in lower case, values in order.
    pub(crate) client: BTreeMap<String, Vec<String>>,
}

/// What client and upstream can see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// The request reached the upstream, with these headers: names in lower case, values in order. Its target and its
    /// body stand under `:path` and `:body`.
    Forwarded(BTreeMap<String, Vec<String>>),
    /// It did not.
    Refused(Refusal),
    /// Neither can be said: no answer came, or the request reached the upstream more than once.
    Unclear(String),
}

/// The answer to a client whose request was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) challenge: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) body: String,
}

impl Observed {
    /// Nothing can be said, and why.
    pub(crate) fn unclear(why: String) -> Self {
        Self { outcome: None, effect: Effect::Unclear(why), client: BTreeMap::new() }
    }

    /// The part in which two places must agree: no clock's seconds, and of the headers only those of identity
    /// and credential, since proxies add their own.
    pub(crate) fn comparable(mut self) -> Self {
        self.client.retain(|name, _| is_of_the_gate(name));
        match &mut self.effect {
            Effect::Forwarded(headers) => headers.retain(|name, _| is_about_the_caller(name)),
            Effect::Refused(refusal) => refusal.body = without_numbers(&refusal.body),
            Effect::Unclear(_) => {}
        }
        self
    }
}

fn is_about_the_caller(name: &str) -> bool {
    if [":path", ":body"].contains(&name) {
        return true;
    }
    let folded = name.replace('_', "-");
    let families =
        ["x-consumer-", "x-authenticated-", "x-credential-", "x-anonymous-", "x-token", "x-verified-"];
    folded == "authorization" || families.iter().any(|family| folded.starts_with(family))
}

/// Headers of an answer that no engine and no upstream sets.
fn is_of_the_gate(name: &str) -> bool {
    ["x-down-", "grpc-", "location"].iter().any(|family| name.starts_with(family))
}

/// The text with each run of digits as one `#`.
fn without_numbers(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        if !character.is_ascii_digit() {
            out.push(character);
        } else if !out.ends_with('#') {
            out.push('#');
        }
    }
    out
}
