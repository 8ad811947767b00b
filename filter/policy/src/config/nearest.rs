//! Which known name was probably meant.

use alloc::vec::Vec;

/// The known name with the fewest single-character changes to `written`, if they are about a third of its length.
pub(super) fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let most = (written.len().min(LONGEST).saturating_add(1) / 3).max(1);
    let near = known.map(|name| (distance(written, name), name)).filter(|(changes, _)| *changes <= most);
    near.min_by_key(|(changes, _)| *changes).map(|(_, name)| name)
}

/// Levenshtein's distance, row by row. `written` comes from the document, so it is cut to a length.
fn distance(written: &str, known: &str) -> usize {
    let columns = known.chars().count();
    let mut row: Vec<usize> = (0..=columns).collect();
    for (line, letter) in written.chars().take(LONGEST).enumerate() {
        row = next_row(&row, letter, known, line.saturating_add(1));
    }
    row.last().copied().unwrap_or(columns)
}

fn next_row(above: &[usize], letter: char, known: &str, first: usize) -> Vec<usize> {
    let mut row = Vec::from([first]);
    let mut left = first;
    for (pair, other) in above.windows(2).zip(known.chars()) {
        let &[diagonal, up] = pair else { continue };
        let replaced = diagonal.saturating_add(usize::from(letter != other));
        left = replaced.min(up.saturating_add(1)).min(left.saturating_add(1));
        row.push(left);
    }
    row
}

/// Longer than any known name.
const LONGEST: usize = 64;

#[cfg(test)]
mod tests;
