//! Values that stand elsewhere than in the document that needs them, and what is shown of them: nothing.
//!
//! A string that as a whole is `{vault://env/NAME}` (Kong's form) or `{file:PATH}` is a reference, and stands for what
//! it leads to. Every other string is what it is, `file:PATH` without braces among them. What begins like a reference
//! to a vault and leads nowhere is a mistake: taken as text it would be a secret that everybody can read.
//!
//! Nothing here looks anything up: who can, on either side of the sandbox, follows the references.

mod document;
mod hide;

pub use document::replaced;
pub use hide::Secrets;

/// What a text that is a reference leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference<'a> {
    /// An environment variable, by its name.
    Variable(String),
    /// A file, by its path.
    File(&'a str),
    /// Nothing that is known here.
    Unknown,
}

impl<'a> Reference<'a> {
    /// The forms that lead somewhere, for people.
    pub const FORMS: &'static str = "{vault://env/NAME} or {file:PATH}";

    /// `None` for a text that is no reference, which stands for itself.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let inner = text.strip_prefix('{')?.strip_suffix('}')?;
        if let Some(file) = inner.strip_prefix("file:") {
            return Some(Self::File(file));
        }
        let vault = inner.strip_prefix("vault://")?;
        Some(vault.strip_prefix("env/").and_then(variable).map_or(Self::Unknown, Self::Variable))
    }
}

/// As Kong names variables: in upper case, with `_` for `-`.
fn variable(name: &str) -> Option<String> {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    (plain && !name.is_empty()).then(|| name.replace('-', "_").to_ascii_uppercase())
}

#[cfg(test)]
mod tests;
