//! What became of a request.

use std::collections::BTreeMap;

/// What the gate says that it did, and what it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Observed {
    /// `permitted`, or the refusal's name; `None` if the gate did not say, because the engine answered itself.
    pub(crate) outcome: Option<String>,
    pub(crate) effect: Effect,
}

/// What client and upstream can see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// The request reached the upstream, with these headers: names in lower case, values in order.
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
    /// The part in which two places must agree: no clock's seconds, and of the headers only those of identity
    /// and credential, since proxies add their own.
    pub(crate) fn comparable(mut self) -> Self {
        match &mut self.effect {
            Effect::Forwarded(headers) => headers.retain(|name, _| is_about_the_caller(name)),
            Effect::Refused(refusal) => refusal.body = without_numbers(&refusal.body),
            Effect::Unclear(_) => {}
        }
        self
    }
}

fn is_about_the_caller(name: &str) -> bool {
    let folded = name.replace('_', "-");
    let families =
        ["x-consumer-", "x-authenticated-", "x-credential-", "x-anonymous-", "x-token", "x-verified-"];
    folded == "authorization" || families.iter().any(|family| folded.starts_with(family))
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
