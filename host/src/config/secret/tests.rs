use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{Secrets, Vault};

fn environment(name: &str) -> Option<OsString> {
    match name {
        "CLIENT_SECRET" => Some("s3cret-of-the-client".into()),
        "QUOTES" => Some("a \"quoted\"\nline".into()),
        "SHORT" => Some("abc".into()),
        "EMPTY" => Some("".into()),
        _ => None,
    }
}

fn vault() -> Vault {
    Vault::new(environment)
}

/// A directory with a file of this content in it, which is named `secret`.
fn directory(test: &str, content: &[u8]) -> PathBuf {
    let directory = std::env::temp_dir().join(format!("claimgate-{test}-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::write(directory.join("secret"), content).unwrap();
    directory
}

#[test]
fn a_reference_is_a_whole_text_in_braces() {
    for (text, expected) in [
        ("{vault://env/CLIENT_SECRET}", Some("s3cret-of-the-client")),
        ("{vault://env/client-secret}", Some("s3cret-of-the-client")),
        ("vault://env/CLIENT_SECRET", None),
        (" {vault://env/CLIENT_SECRET}", None),
        ("Bearer {vault://env/CLIENT_SECRET}", None),
        ("file:secret", None),
        ("{\"file\":\"secret\"}", None),
        ("{}", None),
        ("", None),
    ] {
        let found = vault().open(text, Path::new(".")).map(Result::unwrap);
        assert_eq!(found.as_deref(), expected, "{text}");
    }
}

#[test]
fn a_file_counts_without_the_end_of_its_last_line() {
    for (content, expected) in [
        ("word", "word"),
        ("word\n", "word"),
        ("word\r\n", "word"),
        ("a\nb\n\n", "a\nb\n"),
        (" word ", " word "),
    ] {
        let directory = directory("lines", content.as_bytes());
        let mut vault = vault();
        assert_eq!(vault.open("{file:secret}", &directory).unwrap().unwrap(), expected, "{content:?}");
        let absolute = format!("{{file:{}}}", directory.join("secret").display());
        assert_eq!(vault.open(&absolute, Path::new("nowhere")).unwrap().unwrap(), expected);
        assert_eq!(vault.finish().1, [directory.join("secret")]);
    }
}

#[test]
fn what_leads_nowhere_says_so_and_nothing_else() {
    let table = [
        ("{vault://env/ABSENT}", "expected the environment variable ABSENT, found none"),
        ("{vault://env/EMPTY}", "expected a value, found an empty one in {vault://env/EMPTY}"),
        ("{vault://env/A/b}", "expected {vault://env/NAME} or {file:PATH}, found \"{vault://env/A/b}\""),
        ("{vault://env/}", "expected {vault://env/NAME}"),
        ("{vault://aws/a}", "expected {vault://env/NAME}"),
        ("{file:absent}", "expected a file that can be read, found nowhere/absent: No such file"),
        ("{file:}", "expected a file that can be read, found nowhere"),
    ];
    for (text, expected) in table {
        let error = vault().open(text, Path::new("nowhere")).unwrap().unwrap_err().to_string();
        assert!(error.starts_with(expected), "{text}: {error}");
    }
}

#[test]
fn a_file_has_a_bound_and_is_text() {
    for (content, expected) in [
        (vec![b'x'; 64 << 10], Ok(())),
        (vec![b'x'; (64 << 10) + 1], Err("expected a file of at most 64 KiB, found a longer one")),
        (b"word\xff".to_vec(), Err("expected a file of text, found")),
    ] {
        let directory = directory("bounds", &content);
        let found = vault().open("{file:secret}", &directory).unwrap();
        match (found, expected) {
            (Ok(found), Ok(())) => assert_eq!(found.len(), 64 << 10),
            (Err(error), Err(expected)) => {
                assert!(
                    error.to_string().starts_with(expected) && !error.to_string().contains("word"),
                    "{error}"
                );
            }
            (found, expected) => panic!("{:?} {expected:?}", found.map(|found| found.len())),
        }
    }
}

#[test]
fn references_in_a_document_are_replaced_and_every_other_byte_stays() {
    let table = [
        (
            r#"{"a": "{vault://env/CLIENT_SECRET}" , "b":[ 1.50,"x"]}"#,
            r#"{"a": "s3cret-of-the-client" , "b":[ 1.50,"x"]}"#,
        ),
        (r#"["{vault:\/\/env\/QUOTES}"]"#, r#"["a \"quoted\"\nline"]"#),
        (r#"{"a":1,"a":"{vault://env/SHORT}","a":"\"}"}"#, r#"{"a":1,"a":"{vault://env/SHORT}","a":"\"}"}"#),
        (r#"{"b":"{vault://env/SHORT}","a":1,"a":2}"#, r#"{"b":"abc","a":1,"a":2}"#),
        (r#"{"{vault://env/SHORT}" : "{vault://env/SHORT}"}"#, r#"{"{vault://env/SHORT}" : "abc"}"#),
        (r#"{"a": "no reference"}"#, r#"{"a": "no reference"}"#),
        ("not JSON {vault://env/SHORT}", "not JSON {vault://env/SHORT}"),
    ];
    for (document, expected) in table {
        let resolved = vault().resolve(document.as_bytes(), Path::new(".")).unwrap();
        let resolved = resolved.unwrap_or_else(|| document.as_bytes().to_vec().into());
        assert_eq!(String::from_utf8_lossy(&resolved), expected);
    }
}

#[test]
fn every_reference_that_leads_nowhere_is_named_with_its_place() {
    let document = br#"{"a": [{"b": "{vault://env/ABSENT}"}, "{file:absent}"], "c": "{vault://env/SHORT}"}"#;
    let errors = vault().resolve(document, Path::new("nowhere")).unwrap_err();
    let places: Vec<_> = errors.iter().map(|error| error.path.as_str()).collect();
    assert_eq!(places, ["a[0].b", "a[1]"]);
}

fn secrets(references: &[&str]) -> Secrets {
    let mut vault = vault();
    for reference in references {
        vault.open(reference, Path::new(".")).unwrap().unwrap();
    }
    vault.finish().0
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
