//! JSON that a reader could choke on.

use serde_json::{Map, Value, json};

/// Texts that are no JSON object, or one that a reader could choke on, made from one that is good.
pub(super) fn odd_json(good: &str) -> Vec<(String, Vec<u8>)> {
    let nested =
        |depth: usize| with_text(good, "deep", &format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
    let text = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    let members: String = (0..1_000).map(|number| format!("\"{number}\":0,")).collect();
    vec![
        text("depth 100,000", &nested(100_000)),
        text("depth 5,000", &nested(5_000)),
        text(
            "depth 5,000 of objects",
            &with_text(good, "deep", &format!("{}1{}", r#"{"a":"#.repeat(1_000), "}".repeat(1_000))),
        ),
        text("10,000 open brackets", &"[".repeat(10_000)),
        text("10,000 open braces", &"{".repeat(10_000)),
        text("1,000 members", &good.replacen('{', &format!("{{{members}"), 1)),
        text("nothing", ""),
        text("null", "null"),
        text("a list", "[]"),
        text("a text", r#""text""#),
        text("an empty object", "{}"),
        text("something behind", &format!("{good}{{}}")),
        text("a NUL behind", &format!("{good}\0")),
        text("a byte order mark", &format!("\u{feff}{good}")),
        text("two members inside of a member", &with_text(good, "deep", r#"{"a":1,"a":1}"#)),
        text("two members, one of them escaped", &with_text(good, "deep", r#"{"a":1,"\u0061":1}"#)),
        text("half a pair of surrogates", &with_text(good, "odd", r#""\ud800""#)),
        (
            "bytes that are not UTF-8".to_owned(),
            good.replacen('{', "{\"odd\":\"?\",", 1)
                .bytes()
                .map(|byte| if byte == b'?' { 0xff } else { byte })
                .collect(),
        ),
    ]
}

/// An object with this member instead of its own; without it, if it is null.
pub(super) fn with(object: &str, member: &str, value: Value) -> String {
    let mut members: Map<String, Value> = serde_json::from_str(object).unwrap();
    match value {
        Value::Null => drop(members.remove(member)),
        value => drop(members.insert(member.to_owned(), value)),
    }
    Value::Object(members).to_string()
}

/// As [`with`], but for texts that no `Value` holds.
pub(super) fn with_text(object: &str, member: &str, value: &str) -> String {
    with(object, member, Value::Null).replacen('{', &format!("{{{}:{value},", json!(member)), 1)
}
