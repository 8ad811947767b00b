//! Other strings in the place of references, and every other byte of a JSON document as it was: a document that is
//! parsed and written again would lose the members that it holds twice, which its reader has to refuse.

use crate::Reference;
use serde::de::IgnoredAny;

/// The document with other strings in the place of those references for which `other` has one; it is told their places,
/// as `services[0].name`, and their texts. `None` where nothing is replaced. What is no JSON has no references.
pub fn replaced(
    document: &str,
    mut other: impl FnMut(&str, Reference<'_>, &str) -> Option<String>,
) -> Option<String> {
    serde_json::from_str::<IgnoredAny>(document).ok()?;
    let (mut place, mut out) = (Place::default(), None::<String>);
    let (mut rest, mut copied) = (document, document);
    while let Some(start) = rest.find('"') {
        let (before, from) = rest.split_at_checked(start)?;
        before.bytes().for_each(|byte| place.pass(byte));
        let (string, after) = from.split_at_checked(length(from)?)?;
        if place.is_in_object() && after.trim_start().starts_with(':') {
            place.enter(serde_json::from_str(string).ok()?);
        } else if let Some(text) = candidate(string)
            && let Some(reference) = Reference::parse(&text)
            && let Some(value) = other(&place.shown(), reference, &text)
        {
            let out = out.get_or_insert_default();
            out.push_str(copied.split_at_checked(copied.len().checked_sub(from.len())?)?.0);
            out.push_str(&serde_json::to_string(&value).ok()?);
            copied = after;
        }
        rest = after;
    }
    out.map(|out| out + copied)
}

/// The text of a string that may be a reference: it begins with a brace, or with what is escaped.
fn candidate(string: &str) -> Option<String> {
    let may_be = string.starts_with("\"{") || string.starts_with("\"\\");
    if may_be { serde_json::from_str(string).ok() } else { None }
}

/// Bytes of the string at the beginning of the text, with its quotes.
fn length(text: &str) -> Option<usize> {
    let mut bytes = text.bytes().enumerate().skip(1);
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'"' => return at.checked_add(1),
            _ => {}
        }
    }
    None
}

/// Where in the document something stands: the values around it, the innermost last.
#[derive(Default)]
struct Place(Vec<Around>);

enum Around {
    /// The member that is read.
    Object(String),
    /// The item that is read.
    Array(usize),
}

impl Place {
    /// Goes on past a byte that belongs to no string.
    fn pass(&mut self, byte: u8) {
        match (byte, self.0.last_mut()) {
            (b'{', _) => self.0.push(Around::Object(String::new())),
            (b'[', _) => self.0.push(Around::Array(0)),
            (b'}' | b']', _) => drop(self.0.pop()),
            (b',', Some(Around::Array(item))) => *item = item.saturating_add(1),
            _ => {}
        }
    }

    fn is_in_object(&self) -> bool {
        matches!(self.0.last(), Some(Around::Object(_)))
    }

    fn enter(&mut self, name: String) {
        if let Some(Around::Object(member)) = self.0.last_mut() {
            *member = name;
        }
    }

    fn shown(&self) -> String {
        self.0.iter().fold(String::new(), |path, around| match around {
            Around::Object(member) if path.is_empty() => member.clone(),
            Around::Object(member) => format!("{path}.{member}"),
            Around::Array(item) => format!("{path}[{item}]"),
        })
    }
}
