//! References to secrets in the config, followed where the filter runs: into the environment that the engine gives it.

use crate::host::{Host, HostError};
use crate::plugin::Refusal;
use claimgate_secrets::{Reference, Secrets, replaced};
use std::fmt;

/// A reference that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unresolved {
    /// Where it stands.
    place: String,
    /// What it is, as it is written.
    reference: String,
    why: Why,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Why {
    /// There is no such variable.
    Unset(String),
    /// The variable has no value.
    Empty(String),
    NoText(String),
    File,
    Unknown,
}

/// The document with what its references lead to, and what must not be shown of it.
pub(crate) fn follow(host: &dyn Host, document: Vec<u8>) -> Result<(Vec<u8>, Secrets), Refusal> {
    let (mut secrets, mut errors) = (Secrets::default(), Vec::new());
    let resolved = str::from_utf8(&document).ok().and_then(|document| {
        replaced(document, |place, reference, text| match value(host, reference) {
            Ok(value) => {
                secrets.add(text, &value);
                Some(value)
            }
            Err(why) => {
                errors.push(Unresolved { place: place.to_owned(), reference: text.to_owned(), why });
                None
            }
        })
    });
    if !errors.is_empty() {
        return Err(Refusal::References(errors));
    }
    Ok((resolved.map_or(document, String::into_bytes), secrets))
}

fn value(host: &dyn Host, reference: Reference<'_>) -> Result<String, Why> {
    match reference {
        Reference::Variable(name) => match host.variable(&name) {
            Ok(value) if value.is_empty() => Err(Why::Empty(name)),
            Ok(value) => Ok(value),
            Err(HostError::NotFound) => Err(Why::Unset(name)),
            Err(_) => Err(Why::NoText(name)),
        },
        Reference::File(_) => Err(Why::File),
        Reference::Unknown => Err(Why::Unknown),
    }
}

/// `path: expected A, found B; what to do`.
impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.place.is_empty() { "document" } else { &self.place };
        let reference = &self.reference;
        match &self.why {
            Why::Unset(name) => write!(
                f,
                "{place}: expected the environment variable {name}, found none in the filter's environment; on Envoy \
                 name it in vm_config.environment_variables: in host_env_keys, if Envoy itself has it, or in key_values"
            ),
            Why::Empty(name) => write!(
                f,
                "{place}: expected a value in the environment variable {name}, found an empty one; set it where the \
                 engine is started"
            ),
            Why::NoText(name) => {
                write!(f, "{place}: expected the environment variable {name} to be UTF-8, found other bytes")
            }
            Why::File => write!(
                f,
                "{place}: expected {{vault://env/NAME}}, found {reference:?}; only the gateway that comes with Claimgate \
                 reads files, a filter has none"
            ),
            Why::Unknown => write!(f, "{place}: expected {{vault://env/NAME}}, found {reference:?}"),
        }
    }
}

#[cfg(test)]
mod tests;
