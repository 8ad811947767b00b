use super::*;
use alloc::format;
use alloc::string::{String, ToString};

fn parse(text: &str) -> Result<Value, JsonError> {
    Value::parse(text.as_bytes(), &Limits::TOKEN)
}

#[test]
fn prints_what_it_parsed_in_the_same_order_without_white_space() {
    let cases = [
        ("null", "null"),
        (" [ true , false ] ", "[true,false]"),
        (r#"{ "b" : 1, "a" : { "c" : [ ] } }"#, r#"{"b":1,"a":{"c":[]}}"#),
        (r#""\u00e9\n\u0000""#, "\"é\\n\\u0000\""),
        ("-0", "-0.0"),
        ("9223372036854775807", "9223372036854775807"),
        ("18446744073709551615", "18446744073709551615"),
        ("1.5e3", "1500.0"),
    ];
    for (text, printed) in cases {
        assert_eq!(parse(text).expect(text).to_string(), printed);
    }
}

#[test]
fn refuses_what_is_not_json() {
    let cases: [&[u8]; 18] = [
        b"",
        b" ",
        b"{",
        b"[1,]",
        b"{\"a\":1,}",
        b"{a:1}",
        b"'a'",
        b"01",
        b"+1",
        b"1.",
        b"NaN",
        b"1e999",
        b"\"\xff\"",
        b"\"\\ud800\"",
        b"\"a\nb\"",
        b"null null",
        b"\xef\xbb\xbf{}",
        b"// c\n1",
    ];
    for text in cases {
        let found = Value::parse(text, &Limits::TOKEN);
        assert!(matches!(found, Err(JsonError::Syntax { .. })), "{text:?}: {found:?}");
    }
}

#[test]
fn refuses_a_duplicate_member_at_any_depth_and_in_any_spelling() {
    for text in [r#"{"a":1,"a":1}"#, r#"{"a":1,"b":2,"\u0061":3}"#, r#"[{"x":{"a":[{"a":1,"c":2,"a":3}]}}]"#]
    {
        let found = parse(text);
        assert!(
            matches!(&found, Err(JsonError::DuplicateMember { name, .. }) if &**name == "a"),
            "{found:?}"
        );
    }
    assert!(parse(r#"{"a":{"a":{"a":1}},"A":2}"#).is_ok(), "same name in other objects, or in another case");
}

#[test]
fn stops_at_each_limit_and_not_before() {
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let members = |count: usize| {
        let list: Vec<String> = (0..count).map(|number| format!("\"{number}\":0")).collect();
        format!("{{{}}}", list.join(","))
    };
    let items = |count: usize| format!("[{}0]", "0,".repeat(count - 1));
    let spread = format!("[{},{}]", members(200), members(57));
    let cases = [
        (nested(16), None),
        (nested(17), Some((Limit::Depth, 16))),
        (nested(100_000), Some((Limit::Depth, 16))),
        (members(256), None),
        (members(257), Some((Limit::Members, 256))),
        (spread, Some((Limit::Members, 256))),
        (items(1_000), None),
        (items(1_001), Some((Limit::Items, 1_000))),
    ];
    for (text, expected) in cases {
        let found = match parse(&text) {
            Ok(_) => None,
            Err(JsonError::TooComplex { limit, most, .. }) => Some((limit, most)),
            Err(other) => panic!("{other}"),
        };
        assert_eq!(found, expected, "{} bytes", text.len());
    }
}

#[test]
fn tells_where_and_what_without_repeating_the_text() {
    let cases = [
        ("{\"a\":\n tru}", "expected JSON, found at line 2 column 5: expected ident"),
        ("{\"secret\" 1}", "expected JSON, found at line 1 column 11: expected `:`"),
        (
            "{\"a\":1,\"a\":2}",
            "expected each member once, found a twice in the object that ends at line 1 column 13",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(parse(text).expect_err(text).to_string(), message);
    }
    let deep = parse(&"[".repeat(17)).expect_err("deep").to_string();
    assert_eq!(deep, "expected at most 16 levels of arrays and objects, found more at line 1 column 17");
}

#[test]
fn finds_values_along_a_path_of_objects_only() {
    let value = parse(r#"{"a":{"b.c":{"d":7}},"list":[{"d":8}]}"#).expect("json");
    let at = |path: &[&str]| {
        let path: Vec<Box<str>> = path.iter().map(|name| (*name).into()).collect();
        value.at(&path).map(ToString::to_string)
    };
    assert_eq!(at(&["a", "b.c", "d"]).as_deref(), Some("7"));
    assert_eq!(at(&["a", "b", "c"]), None);
    assert_eq!(at(&["list", "0", "d"]), None);
    assert_eq!(at(&[]).as_deref(), Some(&*value.to_string()));
}

#[test]
fn answers_only_for_the_type_that_a_value_has() {
    let value = parse(r#"{"s":"x","b":true,"n":1,"a":[null]}"#).expect("json");
    let member = |name| value.get(name).expect("member");
    assert_eq!(member("s").as_str(), Some("x"));
    assert_eq!(member("b").as_bool(), Some(true));
    assert_eq!(member("n").as_number().and_then(Number::as_i64), Some(1));
    assert_eq!(member("a").as_array(), Some(&[Value::Null][..]));
    assert_eq!(value.as_object().map(Object::len), Some(4));
    assert_eq!((member("s").as_bool(), member("n").as_str(), member("b").as_array()), (None, None, None));
    assert!(member("s").as_object().is_none() && member("a").as_number().is_none());
}

#[test]
fn counts_the_bytes_that_a_value_keeps() {
    let size = |text: &str| parse(text).expect(text).heap_size();
    assert_eq!(size("1"), 0);
    assert_eq!(size("\"four\""), 4);
    assert!(size("[[[]]]") > size("[[]]"));
    assert!(size(r#"{"name":"value"}"#) >= 9);
}
