//! Cookies that the gateway itself has browsers keep (RFC 6265): read, written, and kept from the upstream.
//!
//! A browser keeps 4 KiB of a cookie, so a longer value is several: `name`, `name2`, `name3`, as Kong names them. The
//! first says how many there are, `3.`, so that what an earlier and longer value left behind is not taken for a part.

use crate::request::RequestHead;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

mod family;

pub use family::CookieFamily;

/// Under what name, and on which requests, a browser sends a cookie back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CookieRules {
    /// Of the first part.
    pub name: Box<str>,
    /// `Path`.
    pub path: Box<str>,
    /// `Domain`; `None`: the host that set it alone.
    pub domain: Option<Box<str>>,
    /// `SameSite`.
    pub same_site: SameSite,
    /// `HttpOnly`: no script sees it.
    pub http_only: bool,
    /// `Secure`: it goes over https alone. `None`: if it came over https.
    pub secure: Option<bool>,
    /// Whether `__Host-` goes before the name where the cookie is `Secure`: then no other host of the domain, and nobody
    /// on the way to it, can set one of the same name (RFC 6265bis 4.1.3.2).
    pub host_prefix: bool,
}

/// Which requests that other sites lead to send a cookie (RFC 6265bis 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSite {
    /// None.
    Strict,
    /// Those to which a person navigates.
    Lax,
    /// All.
    None,
    /// Whatever the browser does where nothing is said.
    Default,
}

/// The cookies that the gateway has the browsers of one service's people keep.
#[derive(Debug, Clone, Copy)]
pub struct OwnCookies<'a> {
    /// Of sessions.
    pub session: Option<&'a CookieRules>,
    /// Of logins that are under way.
    pub logins: Option<&'a CookieFamily>,
}

/// What a request holds under a cookie's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// Nothing.
    Absent,
    /// The whole value.
    Whole(Vec<u8>),
    /// Parts are missing, too many, or there twice: somebody else may have set one of them.
    Unsound,
}

/// A value that is longer than all parts together may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

impl CookieRules {
    /// The value that a request sends back.
    #[must_use]
    pub fn read(&self, head: &RequestHead<'_>) -> Sent {
        let first = match self.only(head, 1) {
            Ok(None) => return Sent::Absent,
            Ok(Some(first)) => first,
            Err(Twice) => return Sent::Unsound,
        };
        self.whole(head, first).map_or(Sent::Unsound, Sent::Whole)
    }

    fn whole(&self, head: &RequestHead<'_>, first: &[u8]) -> Option<Vec<u8>> {
        let ([count, b'.'], rest) = first.split_first_chunk::<2>()? else { return None };
        let count = usize::from(count.checked_sub(b'0')?);
        if !(1..=PARTS).contains(&count) {
            return None;
        }
        let mut value = rest.to_vec();
        for place in 2..=count {
            value.extend(self.only(head, place).ok()??);
        }
        Some(value)
    }

    fn only<'a>(&self, head: &RequestHead<'a>, place: usize) -> Result<Option<&'a [u8]>, Twice> {
        let name = self.name_of(place, self.is_secure(head));
        let mut values = pairs(head.headers).filter_map(|pair| value_of(pair, &name));
        match (values.next(), values.next()) {
            (first, None) => Ok(first),
            _ => Err(Twice),
        }
    }

    /// `Set-Cookie` lines that have a browser keep `value`, and forget the parts that the request of `head` sent and that
    /// are none of it. `seconds`: for how long; `None`: until the browser ends.
    ///
    /// # Errors
    /// [`TooLong`].
    pub fn set(
        &self,
        head: &RequestHead<'_>,
        value: &str,
        seconds: Option<i64>,
    ) -> Result<Vec<String>, TooLong> {
        let secure = self.is_secure(head);
        let name = self.name_of(1, secure);
        let room = LONGEST.saturating_sub(name.len()).saturating_sub(ROOM_FOR_COUNT);
        let count = value.len().div_ceil(room.max(1)).max(1);
        if count > PARTS || room == 0 {
            return Err(TooLong);
        }
        let attributes = self.attributes(secure);
        let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        let mut lines: Vec<String> = Vec::new();
        let mut rest = value;
        for place in 1..=count {
            // What is sealed is in ASCII: a place between two bytes is one between two characters.
            let (part, others) = rest.split_at_checked(room.min(rest.len())).ok_or(TooLong)?;
            let count = if place == 1 { format!("{count}.") } else { String::new() };
            lines.push(format!("{}={count}{part}{attributes}{age}", self.name_of(place, secure)));
            rest = others;
        }
        lines.extend(self.forget_from(head, count.saturating_add(1)));
        Ok(lines)
    }

    /// `Set-Cookie` lines that have a browser forget every part that the request of `head` sent.
    pub fn forget(&self, head: &RequestHead<'_>) -> Vec<String> {
        self.forget_from(head, 1).collect()
    }

    fn forget_from(&self, head: &RequestHead<'_>, first: usize) -> impl Iterator<Item = String> {
        let secure = self.is_secure(head);
        let attributes = self.attributes(secure);
        (first..=PARTS)
            .map(move |place| self.name_of(place, secure))
            .filter(|name| is_sent(head, name))
            .map(move |name| format!("{name}={attributes}; Max-Age=0"))
    }

    /// Whether a pair of a request is this cookie, or a part of it; also under the name that it has over the other scheme.
    #[must_use]
    pub(crate) fn owns(&self, pair: &[u8]) -> bool {
        self.after_name(pair).is_some_and(is_part)
    }

    /// What follows this cookie's name in the name of a pair; `None` if that begins otherwise.
    fn after_name<'a>(&self, pair: &'a [u8]) -> Option<&'a [u8]> {
        let name = name_in(pair)?;
        let plain = name.strip_prefix(HOST_PREFIX.as_bytes()).filter(|_| self.host_prefix).unwrap_or(name);
        plain.strip_prefix(self.name.as_bytes())
    }

    /// Whether a request sends this cookie, or a part of it.
    #[must_use]
    pub fn is_sent(&self, head: &RequestHead<'_>) -> bool {
        pairs(head.headers).any(|pair| self.owns(pair))
    }

    fn name_of(&self, place: usize, secure: bool) -> String {
        let prefix = if self.host_prefix && secure { HOST_PREFIX } else { "" };
        let place = if place == 1 { String::new() } else { format!("{place}") };
        format!("{prefix}{}{place}", self.name)
    }

    fn is_secure(&self, head: &RequestHead<'_>) -> bool {
        self.secure.unwrap_or(head.https)
    }

    fn attributes(&self, secure: bool) -> String {
        let mut attributes = format!("; Path={}", self.path);
        if let Some(domain) = &self.domain {
            attributes.push_str("; Domain=");
            attributes.push_str(domain);
        }
        attributes.push_str(match self.same_site {
            SameSite::Strict => "; SameSite=Strict",
            SameSite::Lax => "; SameSite=Lax",
            SameSite::None => "; SameSite=None",
            SameSite::Default => "",
        });
        if self.http_only {
            attributes.push_str("; HttpOnly");
        }
        if secure {
            attributes.push_str("; Secure");
        }
        attributes
    }
}

/// A name that two cookies of a request have: a browser sends both where another host of the domain set one too.
struct Twice;

impl OwnCookies<'_> {
    /// Whether a pair of a request is one of them, or a part of one.
    #[must_use]
    pub(crate) fn owns(self, pair: &[u8]) -> bool {
        self.session.is_some_and(|rules| rules.owns(pair))
            || self.logins.is_some_and(|family| family.owns(pair))
    }
}

/// The name in a pair.
fn name_in(pair: &[u8]) -> Option<&[u8]> {
    let mut parts = pair.splitn(2, |byte| *byte == b'=');
    let (Some(name), Some(_)) = (parts.next(), parts.next()) else { return None };
    Some(name.trim_ascii())
}

/// Whether this, after a cookie's name, makes the name of one of its parts.
fn is_part(rest: &[u8]) -> bool {
    match rest {
        [] => true,
        [digit] => (2..=PARTS).any(|place| usize::from(digit.wrapping_sub(b'0')) == place),
        _ => false,
    }
}

fn is_sent(head: &RequestHead<'_>, name: &str) -> bool {
    pairs(head.headers).any(|pair| value_of(pair, name).is_some())
}

/// The cookie pairs of all lines.
pub(crate) fn pairs<'a>(headers: &'a [(&'a [u8], &'a [u8])]) -> impl Iterator<Item = &'a [u8]> {
    let lines = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(b"cookie"));
    lines.flat_map(|(_, value)| value.split(|byte| *byte == b';')).map(<[u8]>::trim_ascii)
}

/// The value of the pair if the cookie has this very name; quotes around it are no part of it.
pub(crate) fn value_of<'a>(pair: &'a [u8], wanted: &str) -> Option<&'a [u8]> {
    let rest = pair.strip_prefix(wanted.as_bytes())?.trim_ascii_start();
    let value = rest.strip_prefix(b"=")?.trim_ascii_start();
    Some(value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\"")).unwrap_or(value))
}

/// Browsers take a cookie of such a name only over https, from the very host, and for all of its paths.
const HOST_PREFIX: &str = "__Host-";

/// Bytes of a cookie's name and value: browsers keep 4,096 (RFC 6265bis 5.6).
const LONGEST: usize = 4_000;

/// Of the second digit of a name, and of what the first part begins with.
const ROOM_FOR_COUNT: usize = 4;

/// Parts of a value, at most: with more of them servers refuse the request, for its head is too long.
pub(crate) const PARTS: usize = 5;

#[cfg(test)]
mod tests;
