//! What was parsed prints as text that parses again, and to the same unless it holds a float, whose last bit
//! may be rounded either way.
#![no_main]
use claimgate_policy::json::{Limits, Value};

libfuzzer_sys::fuzz_target!(|text: &[u8]| {
    if let Ok(value) = Value::parse(text, &Limits::TOKEN) {
        let again = Value::parse(value.to_string().as_bytes(), &Limits::TOKEN).expect("printed JSON");
        assert!(again == value || !is_exact(&value));
    }
});

fn is_exact(value: &Value) -> bool {
    match value {
        Value::Number(number) => !number.is_f64(),
        Value::Array(items) => items.iter().all(is_exact),
        Value::Object(members) => members.iter().all(|(_, member)| is_exact(member)),
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}
