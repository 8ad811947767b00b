//! What is wrong with a file, for the person who wrote it.

use std::fmt;

/// One mistake. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// Where: `realms[0].clients[1].client_id`; empty for the file as a whole.
    pub path: String,
    /// What belongs there.
    pub expected: &'static str,
    /// What stands there.
    pub found: String,
}

/// All mistakes of a file. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigErrors(pub Vec<ConfigError>);

impl ConfigErrors {
    /// What the parser says names places and types. Of values it quotes those in the wrong place; a secret in the
    /// place of a number would be one, so nothing behind the first quote is kept.
    pub(super) fn syntax(error: &serde_norway::Error) -> Self {
        let place = error.location().map(|at| format!("line {}: ", at.line())).unwrap_or_default();
        let text = error.to_string();
        let told = match text.split_once(", expected") {
            Some((found, expected)) if found.contains("invalid type") || found.contains("invalid value") => {
                let expected = expected.split(" at line").next().unwrap_or_default();
                format!("a value of another type than{expected}")
            }
            _ => text,
        };
        let found = format!("{place}{told}");
        Self(vec![ConfigError { path: String::new(), expected: "YAML or JSON with realms", found }])
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "expected {}, found {}", self.expected, self.found)
    }
}

impl fmt::Display for ConfigErrors {
    /// One mistake a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}
