//! Follows references to values that stand elsewhere: in an environment variable, or in a file.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use claimgate_secrets::{Reference, Secrets, replaced};

use super::error::{ConfigError, ConfigErrors};

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
        Reference::parse(text).map(|reference| self.follow(reference, text, directory))
    }

    fn follow(
        &mut self,
        reference: Reference<'_>,
        text: &str,
        directory: &Path,
    ) -> Result<String, ConfigError> {
        let value = match reference {
            Reference::Variable(name) => self.of_variable(&name),
            Reference::File(name) => self.of_file(&directory.join(name)),
            Reference::Unknown => Err(error(Reference::FORMS, format!("{text:?}"), "")),
        };
        let value = value.and_then(|value| match value.as_str() {
            "" => Err(error("a value", format!("an empty one in {text}"), "")),
            _ => Ok(value),
        });
        if let Ok(value) = &value {
            self.secrets.add(text, value);
        }
        value
    }

    /// A JSON document with its references resolved; `None` if it has none, and every error with its place if one
    /// leads nowhere.
    pub(super) fn resolve(
        &mut self,
        document: &[u8],
        directory: &Path,
    ) -> Result<Option<Bytes>, Vec<ConfigError>> {
        let Ok(document) = std::str::from_utf8(document) else { return Ok(None) };
        let mut errors = Vec::new();
        let resolved = replaced(document, |path, reference, text| {
            self.follow(reference, text, directory)
                .map_err(|error| errors.push(ConfigError { path: path.to_owned(), ..error }))
                .ok()
        });
        if errors.is_empty() { Ok(resolved.map(Bytes::from)) } else { Err(errors) }
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

fn error(expected: &str, found: String, hint: &str) -> ConfigError {
    let hint = (!hint.is_empty()).then(|| hint.to_owned());
    ConfigError { path: String::new(), expected: expected.to_owned(), found, hint }
}

const FROM_HERE: &str = "name it relative to the file that refers to it";
const LENGTH: &str = "a file of at most 64 KiB";
const MOST_BYTES: u64 = 64 << 10;

#[cfg(test)]
mod tests;
