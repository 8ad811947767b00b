//! Cookies that are one for each of something: of one name, but for a tail that says of which.

use super::{CookieRules, is_part, name_in, pairs};
use crate::request::RequestHead;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;

/// Cookies under the name that the rules have, a dash and a tail of eight characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CookieFamily {
    /// Of each of them, but for the tail.
    pub rules: CookieRules,
}

impl CookieFamily {
    /// The one for what has this name, of which the beginning is its tail. `None` if that could be none.
    #[must_use]
    pub fn of(&self, name: &[u8]) -> Option<CookieRules> {
        Some(self.one(split(name)?.0))
    }

    /// The one with this tail.
    #[must_use]
    pub fn one(&self, tail: &str) -> CookieRules {
        CookieRules { name: format!("{}-{tail}", self.rules.name).into(), ..self.rules.clone() }
    }

    /// The tails of those that a request sends, once each, in the order in which they stand: browsers send the oldest
    /// first (RFC 6265 5.4).
    #[must_use]
    pub fn sent<'a>(&self, head: &RequestHead<'a>) -> Vec<&'a str> {
        let name = self.rules.name_of(1, self.rules.is_secure(head));
        let names = pairs(head.headers).filter_map(name_in);
        let tails = names.filter_map(|found| after_dash(found.strip_prefix(name.as_bytes())?));
        let mut seen = BTreeSet::new();
        tails.filter(|tail| seen.insert(*tail)).collect()
    }

    /// Whether a pair of a request is one of them, or a part of one; also under the names that they have over the other
    /// scheme. And the name without a tail is theirs: earlier versions kept all logins under it, so that no upstream can
    /// have a cookie of that name, and what browsers still send there was sealed for the gateway alone.
    #[must_use]
    pub(crate) fn owns(&self, pair: &[u8]) -> bool {
        self.rules.after_name(pair).is_some_and(|rest| is_part(rest) || after_dash(rest).is_some())
    }
}

/// The tail in what follows the name, if that is a dash, a tail, and what makes a part.
fn after_dash(rest: &[u8]) -> Option<&str> {
    let (tail, part) = split(rest.strip_prefix(b"-")?)?;
    is_part(part).then_some(tail)
}

/// A tail, and what follows it.
fn split(text: &[u8]) -> Option<(&str, &[u8])> {
    let (tail, rest) = text.split_first_chunk::<TAIL>()?;
    let fits = tail.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte));
    Some((core::str::from_utf8(tail).ok().filter(|_| fits)?, rest))
}

/// Characters of base64url: 48 bits keep a few of them apart.
const TAIL: usize = 8;

#[cfg(test)]
mod tests;
