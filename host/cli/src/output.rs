//! The terminal: answers on stdout, everything else on stderr, colours only where a person reads them.

use std::fmt;
use std::io::{self, IsTerminal as _, Write as _};

/// Stdout takes nothing more.
#[derive(Debug)]
pub(crate) struct Unwritable(pub(crate) io::Error);

/// One line of the answer.
///
/// # Errors
/// What the system says; a reader that has gone away (`| head`) is none.
pub(crate) fn line(text: &str) -> Result<(), Unwritable> {
    match writeln!(io::stdout().lock(), "{text}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Unwritable(error)),
        _ => Ok(()),
    }
}

/// One line about how things stand.
pub(crate) fn progress(text: &str) {
    // Without a stderr nobody can be told.
    drop(writeln!(io::stderr().lock(), "{text}"));
}

/// Why the command failed.
pub(crate) fn problem(problem: &impl fmt::Display) {
    progress(&format!("claimgate: {problem}"));
}

/// Colours for stdout, or none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint {
    colours: bool,
}

impl Paint {
    /// Colours if stdout is a terminal and `NO_COLOR` (no-color.org) is not set.
    pub(crate) fn for_stdout() -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { colours: !refused && io::stdout().is_terminal() }
    }

    /// No colours.
    #[cfg(test)]
    pub(crate) fn plain() -> Self {
        Self { colours: false }
    }

    /// Good news.
    pub(crate) fn good(self, text: &str) -> String {
        self.paint("32", text)
    }

    /// Bad news.
    pub(crate) fn bad(self, text: &str) -> String {
        self.paint("31", text)
    }

    /// What stands back.
    pub(crate) fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.colours { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// Rows as lines, each column as wide as its widest cell; the last column is not padded.
pub(crate) fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
    let padded = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(padded).collect()
}
