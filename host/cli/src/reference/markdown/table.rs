//! Tables in Markdown.

/// A table under way.
#[derive(Debug)]
pub(super) struct Table(String);

impl Table {
    pub(super) fn new(columns: &[&str]) -> Self {
        let mut table = Self(String::new());
        table.row(columns);
        table.0.push_str(&format!("|{}\n", "---|".repeat(columns.len())));
        table
    }

    pub(super) fn row(&mut self, cells: &[&str]) {
        let cells: Vec<String> = cells.iter().map(|cell| escaped(cell)).collect();
        self.0.push_str(&format!("| {} |\n", cells.join(" | ")));
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

/// In backticks.
pub(super) fn code(text: &str) -> String {
    format!("`{text}`")
}

/// `a`, `b` or `c`, each in backticks.
pub(super) fn either(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| code(name)).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// A bar would end the cell, in backticks too.
fn escaped(cell: &str) -> String {
    cell.replace('|', "\\|").replace('<', "&lt;")
}

#[cfg(test)]
mod tests;
