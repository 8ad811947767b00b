//! Forms (`application/x-www-form-urlencoded`) as OAuth 2.0 sends them (RFC 6749 appendix B). What reads them is
//! [`crate::request`].

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// The parameters of a form, in order, each name once: a parameter that is repeated is an error at every endpoint
/// (RFC 6749 3.2). Values may be secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Form(Vec<(Box<str>, Box<[u8]>)>);

impl Form {
    /// One without parameters.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Gives a parameter this value, instead of the one that it has.
    pub fn set(&mut self, name: &str, value: &[u8]) {
        match self.0.iter_mut().find(|(found, _)| **found == *name) {
            Some((_, old)) => *old = value.into(),
            None => self.0.push((name.into(), value.into())),
        }
    }

    /// The value of a parameter, as it was given.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&[u8]> {
        self.0.iter().find(|(found, _)| **found == *name).map(|(_, value)| &**value)
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Whether there is no parameter.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As it is sent, in a body or a query.
    #[must_use]
    pub fn encoded(&self) -> String {
        let pairs: Vec<String> =
            self.iter().map(|(name, value)| [escaped(name.as_bytes()), escaped(value)].join("=")).collect();
        pairs.join("&")
    }

    /// An address with these parameters behind those of its query; as it is, where there are none.
    #[must_use]
    pub fn appended_to(&self, address: &str) -> String {
        if self.is_empty() {
            return address.into();
        }
        let mark = if address.contains('?') { '&' } else { '?' };
        format!("{address}{mark}{}", self.encoded())
    }
}

/// Bytes as a name or value of a form. `~` stays as it is: every reader takes it for itself, and those that forget to
/// read escapes, as in Basic credentials, take nothing else for it.
#[must_use]
pub fn escaped(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text {
        match byte {
            b' ' => out.push('+'),
            b'*' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(*byte)),
            _ if byte.is_ascii_alphanumeric() => out.push(char::from(*byte)),
            _ => {
                out.push('%');
                out.extend([byte >> 4, byte & 15].map(digit));
            }
        }
    }
    out
}

fn digit(nibble: u8) -> char {
    char::from_digit(nibble.into(), 16).unwrap_or_default().to_ascii_uppercase()
}

/// Names alone.
impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests;
