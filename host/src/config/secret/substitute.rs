//! Other strings in the place of some, and every other byte of a JSON document as it was: a document that is parsed and
//! written again would lose the members that it holds twice, which its reader has to refuse.

use std::collections::BTreeMap;

/// The document with the values of strings replaced; names of members stay. `None` where the document is not UTF-8.
pub(super) fn strings(document: &[u8], replaced: &BTreeMap<String, String>) -> Option<Vec<u8>> {
    let mut rest = std::str::from_utf8(document).ok()?;
    let mut out = Vec::with_capacity(rest.len());
    while let Some(start) = rest.find('"') {
        let (before, from) = rest.split_at_checked(start)?;
        let (string, after) = from.split_at_checked(length(from)?)?;
        let is_name = after.trim_start().starts_with(':');
        let text: Option<String> = serde_json::from_str(string).ok();
        let other = text.filter(|_| !is_name).and_then(|text| replaced.get(&text));
        out.extend_from_slice(before.as_bytes());
        match other {
            Some(other) => serde_json::to_writer(&mut out, other).ok()?,
            None => out.extend_from_slice(string.as_bytes()),
        }
        rest = after;
    }
    out.extend_from_slice(rest.as_bytes());
    Some(out)
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
