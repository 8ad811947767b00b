use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::Vault;

fn environment(name: &str) -> Option<OsString> {
    match name {
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
fn what_it_leads_to_stands_in_the_place_of_a_reference() {
    let resolve = |document: &str| vault().resolve(document.as_bytes(), Path::new(".")).unwrap();
    assert_eq!(resolve(r#"{"a": "{vault://env/SHORT}"}"#).unwrap(), r#"{"a": "abc"}"#);
    assert_eq!(resolve(r#"{"a": "no reference"}"#), None);
}

#[test]
fn every_reference_that_leads_nowhere_is_named_with_its_place() {
    let document = br#"{"a": [{"b": "{vault://env/ABSENT}"}, "{file:absent}"], "c": "{vault://env/SHORT}"}"#;
    let errors = vault().resolve(document, Path::new("nowhere")).unwrap_err();
    let places: Vec<_> = errors.iter().map(|error| error.path.as_str()).collect();
    assert_eq!(places, ["a[0].b", "a[1]"]);
}
