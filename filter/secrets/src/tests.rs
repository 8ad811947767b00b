use crate::{Reference, Secrets, replaced};

#[test]
fn a_reference_is_a_whole_text_in_braces() {
    for (text, expected) in [
        ("{vault://env/CLIENT_SECRET}", Some(Reference::Variable("CLIENT_SECRET".into()))),
        ("{vault://env/client-secret}", Some(Reference::Variable("CLIENT_SECRET".into()))),
        ("{file:secret}", Some(Reference::File("secret"))),
        ("{vault://env/}", Some(Reference::Unknown)),
        ("{vault://env/A/b}", Some(Reference::Unknown)),
        ("{vault://aws/a}", Some(Reference::Unknown)),
        ("vault://env/CLIENT_SECRET", None),
        (" {vault://env/CLIENT_SECRET}", None),
        ("Bearer {vault://env/CLIENT_SECRET}", None),
        ("file:secret", None),
        ("{\"file\":\"secret\"}", None),
        ("{}", None),
        ("", None),
    ] {
        assert_eq!(Reference::parse(text), expected, "{text}");
    }
}

/// What these variables hold.
fn value(reference: &Reference<'_>) -> Option<String> {
    let Reference::Variable(name) = reference else { return None };
    let values =
        [("CLIENT_SECRET", "s3cret-of-the-client"), ("QUOTES", "a \"quoted\"\nline"), ("SHORT", "abc")];
    values.iter().find(|(known, _)| known == name).map(|(_, value)| (*value).to_owned())
}

#[test]
fn references_in_a_document_are_replaced_and_every_other_byte_stays() {
    let table = [
        (
            r#"{"a": "{vault://env/CLIENT_SECRET}" , "b":[ 1.50,"\u00e9é"]}"#,
            Some(r#"{"a": "s3cret-of-the-client" , "b":[ 1.50,"\u00e9é"]}"#),
        ),
        (r#"["{vault:\/\/env\/QUOTES}"]"#, Some(r#"["a \"quoted\"\nline"]"#)),
        (r#"["\u007bvault://env/SHORT}"]"#, Some(r#"["abc"]"#)),
        (r#"{"a":1,"a":"{vault://env/SHORT}","a":"\"}"}"#, Some(r#"{"a":1,"a":"abc","a":"\"}"}"#)),
        (r#"{"{vault://env/SHORT}" : "{vault://env/SHORT}"}"#, Some(r#"{"{vault://env/SHORT}" : "abc"}"#)),
        (r#""{vault://env/SHORT}""#, Some(r#""abc""#)),
        (r#"{"a": "{vault://env/ABSENT}"}"#, None),
        (r#"{"a": "no reference"}"#, None),
        (r#"not JSON "{vault://env/SHORT}""#, None),
        (r#"{"a": "{vault://env/SHORT}""#, None),
    ];
    for (document, expected) in table {
        assert_eq!(
            replaced(document, |_, reference, _| value(&reference)).as_deref(),
            expected,
            "{document}"
        );
    }
}

#[test]
fn every_reference_has_a_place() {
    let document =
        r#"{"a": [{"b": "{vault://env/A}", "x": [[], {}]}, "{file:f}"], "c,{": {"d": ["", "{vault://no}"]}}"#;
    let mut seen = Vec::new();
    replaced(document, |place, reference, text| {
        seen.push((place.to_owned(), format!("{reference:?}"), text.to_owned()));
        None
    });
    let expected = [
        ("a[0].b", "Variable(\"A\")", "{vault://env/A}"),
        ("a[1]", "File(\"f\")", "{file:f}"),
        ("c,{.d[1]", "Unknown", "{vault://no}"),
    ];
    assert_eq!(seen, expected.map(|(place, reference, text)| (place.into(), reference.into(), text.into())));
}

fn secrets(references: &[&str]) -> Secrets {
    let mut secrets = Secrets::default();
    for text in references {
        secrets.add(text, &value(&Reference::parse(text).unwrap()).unwrap());
    }
    secrets
}

#[test]
fn values_are_hidden_in_every_form_and_where_they_are_cut() {
    let secrets = secrets(&["{vault://env/CLIENT_SECRET}", "{vault://env/QUOTES}", "{vault://env/SHORT}"]);
    let (client, quotes, short) =
        ("{vault://env/CLIENT_SECRET}", "{vault://env/QUOTES}", "{vault://env/SHORT}");
    let table = [
        ("nothing to hide", "nothing to hide".to_owned()),
        ("found \"s3cret-of-the-client\"!", format!("found \"{client}\"!")),
        ("s3cret-of-the-clients3cret-of-the-client", format!("{client}{client}")),
        ("found \"s3cret-of-the-client...", format!("found \"{client}...")),
        ("s3cret", "s3cret".to_owned()),
        ("a \"quoted\"\nline", quotes.to_owned()),
        ("\"a \\\"quoted\\\"\\nline\"", format!("\"{quotes}\"")),
        ("found \"abc\", abcd", format!("found \"{short}\", abcd")),
    ];
    for (text, expected) in table {
        assert_eq!(secrets.hide(text), expected, "{text}");
    }
    assert!(!format!("{secrets:?}").contains("s3cret"));
}
