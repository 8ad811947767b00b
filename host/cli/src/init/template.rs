//! Texts with places to fill.
//!
//! A line that holds nothing but `{{name}}` becomes the lines of the value, each indented like the place; anywhere
//! else in a line `{{name}}` becomes the value as it is. What was put in is not looked at again. A name without a
//! value stays, so that a test finds it.

/// The text with every place filled.
pub(super) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    for line in template.lines() {
        let (indent, content) = line.split_at(line.len().saturating_sub(line.trim_start().len()));
        match place(content).filter(|(before, _, after)| before.is_empty() && after.is_empty()) {
            Some((_, name, _)) => block(&mut filled, indent, value(values, name).unwrap_or(content)),
            None => block(&mut filled, indent, &inline(content, values)),
        }
    }
    filled
}

/// The lines of a text, indented; a blank line stays blank.
fn block(filled: &mut String, indent: &str, text: &str) {
    // A blank line of the template is a text without lines.
    let blank = if indent.is_empty() && text.is_empty() { "\n" } else { "" };
    filled.push_str(blank);
    for line in text.lines() {
        if !line.is_empty() {
            filled.push_str(indent);
        }
        filled.push_str(line);
        filled.push('\n');
    }
}

fn inline(content: &str, values: &[(&str, &str)]) -> String {
    let (mut filled, mut rest) = (String::new(), content);
    while let Some((before, name, after)) = place(rest) {
        filled.push_str(before);
        filled.push_str(value(values, name).unwrap_or(name));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// What stands before the first place, its name, and what stands behind it.
fn place(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("{{")?;
    let (name, after) = rest.split_once("}}")?;
    Some((before, name, after))
}

fn value<'v>(values: &[(&str, &'v str)], name: &str) -> Option<&'v str> {
    values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

#[cfg(test)]
mod tests;
