//! Values that stand elsewhere: in an environment variable, or in a file.
//!
//! A string that as a whole is `{vault://env/NAME}` (Kong's form) or `{file:PATH}` is a reference, and stands for what
//! it leads to. Every other string is what it is, `file:PATH` without braces among them. What begins like a reference
//! to a vault and leads nowhere is a mistake: taken as text it would be a secret that everybody can read.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde_json::Value;

use super::error::{ConfigError, ConfigErrors};

mod substitute;

/// Values that references led to. They are never shown, and [`hide`](Self::hide) takes them out of what is.
#[derive(Clone, Default)]
pub struct Secrets(Vec<Secret>);

#[derive(Clone, PartialEq, Eq)]
struct Secret {
    reference: String,
    /// The value, and how it looks inside of JSON and of messages.
    forms: Vec<String>,
}

/// The variables of the process, or of a test.
pub(super) type Environment = fn(&str) -> Option<OsString>;

/// What follows references, and remembers where they led.
pub(super) struct Vault {
    environment: Environment,
    secrets: Secrets,
    files: Vec<PathBuf>,
}

/// Resolves the references in a document of a filter that stands by itself; files are found from `directory`.
///
/// The answer is the document, byte for byte but for the references, and what must not be shown of it. What is not
/// JSON has no references.
pub fn resolve(document: &[u8], directory: &Path) -> Result<(Bytes, Secrets), ConfigErrors> {
    let mut vault = Vault::new(|name| std::env::var_os(name));
    let resolved = vault.resolve(document, directory).map_err(ConfigErrors)?;
    Ok((resolved.unwrap_or_else(|| Bytes::copy_from_slice(document)), vault.secrets))
}

impl Vault {
    pub(super) fn new(environment: Environment) -> Self {
        Self { environment, secrets: Secrets::default(), files: Vec::new() }
    }

    pub(super) fn variable(&self, name: &str) -> Option<OsString> {
        (self.environment)(name)
    }

    /// What was found, and the files that it was found in.
    pub(super) fn finish(self) -> (Secrets, Vec<PathBuf>) {
        (self.secrets, self.files)
    }

    /// What a text refers to; `None` if it is no reference. The error has no path.
    pub(super) fn open(&mut self, text: &str, directory: &Path) -> Option<Result<String, ConfigError>> {
        let reference = Reference::parse(text)?;
        let value = match reference {
            Reference::Variable(name) => self.of_variable(&name),
            Reference::File(name) => self.of_file(&directory.join(name)),
            Reference::Unknown => Err(error(FORMS, format!("{text:?}"), "")),
        };
        let value = value.and_then(|value| match value.as_str() {
            "" => Err(error("a value", format!("an empty one in {text}"), "")),
            _ => Ok(value),
        });
        if let Ok(value) = &value {
            self.secrets.add(text, value);
        }
        Some(value)
    }

    /// A JSON document with its references resolved; `None` if it has none, and every error with its place if one
    /// leads nowhere.
    pub(super) fn resolve(
        &mut self,
        document: &[u8],
        directory: &Path,
    ) -> Result<Option<Bytes>, Vec<ConfigError>> {
        let Ok(value) = serde_json::from_slice::<Value>(document) else { return Ok(None) };
        let (mut values, mut errors) = (BTreeMap::new(), Vec::new());
        each_text(&value, String::new(), &mut |path, text| match self.open(text, directory) {
            None => {}
            Some(Ok(value)) => drop(values.insert(text.to_owned(), value)),
            Some(Err(error)) => errors.push(ConfigError { path: path.to_owned(), ..error }),
        });
        match (errors.is_empty(), values.is_empty()) {
            (false, _) => Err(errors),
            (true, true) => Ok(None),
            (true, false) => Ok(substitute::strings(document, &values).map(Bytes::from)),
        }
    }

    fn of_variable(&self, name: &str) -> Result<String, ConfigError> {
        let expected = format!("the environment variable {name}");
        let Some(value) = self.variable(name) else {
            return Err(error(&expected, "none".to_owned(), "set it where this program is started"));
        };
        value.into_string().map_err(|_| error(&expected, "one that is not UTF-8".to_owned(), ""))
    }

    fn of_file(&mut self, file: &Path) -> Result<String, ConfigError> {
        if !self.files.contains(&file.to_path_buf()) {
            self.files.push(file.to_path_buf());
        }
        let name = file.display();
        match read(file) {
            Ok(value) => Ok(value),
            Err(problem) => Err(match problem.kind() {
                io::ErrorKind::FileTooLarge => error(LENGTH, format!("a longer one, {name}"), ""),
                io::ErrorKind::InvalidData => {
                    error("a file of text", format!("{name}, which is not UTF-8"), "")
                }
                _ => error("a file that can be read", format!("{name}: {problem}"), FROM_HERE),
            }),
        }
    }
}

/// The text of a file, without the end of its last line.
fn read(file: &Path) -> io::Result<String> {
    let mut text = Vec::new();
    File::open(file)?.take(MOST_BYTES.saturating_add(1)).read_to_end(&mut text)?;
    if u64::try_from(text.len()).unwrap_or(u64::MAX) > MOST_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let text = String::from_utf8(text).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    let text = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    Ok(text.to_owned())
}

/// Whether a text is a reference, be it one that leads somewhere or not.
pub(super) fn is_reference(text: &str) -> bool {
    Reference::parse(text).is_some()
}

enum Reference<'a> {
    Variable(String),
    File(&'a str),
    Unknown,
}

impl<'a> Reference<'a> {
    fn parse(text: &'a str) -> Option<Self> {
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

/// Every string that is a value, with its place.
fn each_text(value: &Value, path: String, seen: &mut impl FnMut(&str, &str)) {
    match value {
        Value::String(text) => seen(&path, text),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                each_text(item, format!("{path}[{index}]"), seen);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let dot = if path.is_empty() { "" } else { "." };
                each_text(member, format!("{path}{dot}{name}"), seen);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

impl Secrets {
    /// Whether there is nothing to hide.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text, with references where it holds a value or the beginning of one. A value of less than eight bytes could
    /// stand in a text by chance: it is hidden only where it is the whole of something in quotes.
    pub fn hide<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut shown = Cow::Borrowed(text);
        for secret in &self.0 {
            for form in &secret.forms {
                if let Some(hidden) = without(&shown, form, &secret.reference) {
                    shown = Cow::Owned(hidden);
                }
            }
        }
        shown
    }

    /// The longest first: one value may hold another.
    fn add(&mut self, reference: &str, value: &str) {
        let json = serde_json::to_string(value).unwrap_or_default();
        let json = json.strip_prefix('"').and_then(|json| json.strip_suffix('"')).unwrap_or_default();
        let mut forms = vec![value.to_owned()];
        for form in [json.to_owned(), value.escape_debug().to_string(), value.escape_default().to_string()] {
            if !forms.contains(&form) {
                forms.push(form);
            }
        }
        let secret = Secret { reference: reference.to_owned(), forms };
        if !self.0.contains(&secret) {
            self.0.push(secret);
            self.0.sort_by_key(|secret| std::cmp::Reverse(secret.forms.first().map_or(0, String::len)));
        }
    }
}

/// `None` where the text does not hold it.
fn without(text: &str, secret: &str, reference: &str) -> Option<String> {
    if secret.len() < SHORT {
        let quoted = format!("\"{secret}\"");
        return text.contains(&quoted).then(|| text.replace(&quoted, &format!("\"{reference}\"")));
    }
    let (beginning, _) = secret.split_at_checked(secret.floor_char_boundary(BEGINNING))?;
    let (mut rest, mut shown) = (text, None::<String>);
    while let Some((before, after)) = rest.split_once(beginning) {
        let shown = shown.get_or_insert_default();
        shown.push_str(before);
        shown.push_str(reference);
        let more = secret.chars().skip(beginning.chars().count());
        let same = after.chars().zip(more).take_while(|(found, hidden)| found == hidden);
        let length = same.map(|(found, _)| found.len_utf8()).sum();
        rest = after.split_at_checked(length).map_or("", |(_, rest)| rest);
    }
    shown.map(|shown| shown + rest)
}

/// How many there are.
impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Secrets").field(&self.0.len()).finish()
    }
}

fn error(expected: &str, found: String, hint: &str) -> ConfigError {
    let hint = (!hint.is_empty()).then(|| hint.to_owned());
    ConfigError { path: String::new(), expected: expected.to_owned(), found, hint }
}

const FORMS: &str = "{vault://env/NAME} or {file:PATH}";
const FROM_HERE: &str = "name it relative to the file that refers to it";
const LENGTH: &str = "a file of at most 64 KiB";
const MOST_BYTES: u64 = 64 << 10;
const SHORT: usize = 8;
/// Bytes of a value that tell it: what is shown may be cut.
const BEGINNING: usize = 20;

#[cfg(test)]
mod tests;
