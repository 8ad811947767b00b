//! The members of the document.

use super::push;
use super::table::{Table, code, either};
use claimgate_policy::config::members::{DOCUMENT, Holds, Member, Need, Object, PAGE};

/// One table for each object, each followed by those inside of it; an object that stands in several places has one
/// table, at the first.
pub(super) fn tables() -> String {
    let mut text = String::new();
    let mut written = Vec::new();
    write_object(&mut text, &DOCUMENT, &mut written);
    write_object(&mut text, &PAGE, &mut written);
    text
}

fn write_object(text: &mut String, object: &'static Object, written: &mut Vec<&'static str>) {
    if written.contains(&object.place) {
        return;
    }
    written.push(object.place);
    push(text, &heading(object));
    push(text, &table(object));
    for inner in object.members.iter().filter_map(|member| inner(&member.holds)) {
        write_object(text, inner, written);
    }
}

fn heading(object: &Object) -> String {
    if object.place.is_empty() {
        return format!("### The document\n\n{}.", capitalized(object.doc));
    }
    format!("**{}**: {}", code(object.place), object.doc)
}

fn table(object: &Object) -> String {
    let mut table = Table::new(&["member", "value", "default", "what it is"]);
    for member in object.members {
        table.row(&[&code(member.name), &value(&member.holds), &default(member), member.doc]);
    }
    table.finish()
}

fn default(member: &Member) -> String {
    match member.need {
        Need::Required => "required".into(),
        Need::Optional("") => "none".into(),
        Need::Optional(unless) => unless.into(),
    }
}

fn value(holds: &Holds) -> String {
    match holds {
        Holds::One => "`1`".into(),
        Holds::Flag => "flag".into(),
        Holds::Choice(names) | Holds::Numbered(names) => either(names),
        Holds::Identifier => "1 to 64 of `A-Z a-z 0-9 . _ ~ -`".into(),
        Holds::Text => "text".into(),
        Holds::Texts => "texts".into(),
        Holds::Time => "number".into(),
        Holds::Count { least, most } => format!("{least} to {most}"),
        Holds::KeySet => "key set (RFC 7517)".into(),
        Holds::TextsByName => "object of texts".into(),
        Holds::Object(_) | Holds::PluginConfig => "object".into(),
        Holds::Objects(_) => "objects".into(),
        Holds::SomeObjects(_) => "objects, at least one".into(),
        Holds::PluginName => "text".into(),
        Holds::Nothing => "nothing yet".into(),
    }
}

fn inner(holds: &Holds) -> Option<&'static Object> {
    match holds {
        Holds::Object(inner) | Holds::Objects(inner) | Holds::SomeObjects(inner) => Some(inner),
        _ => None,
    }
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    first + letters.as_str()
}
