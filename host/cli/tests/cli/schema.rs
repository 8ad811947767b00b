//! `claimgate schema`.
//!
//! `UPDATE_GOLDEN=1 cargo test --workspace --test cli schema` writes the reference in the README anew.

use crate::process::claimgate;
use claimgate_policy::config::keys::PLUGINS;
use jsonschema::Validator;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn the_schema_is_one_of_draft_2020_12() {
    jsonschema::draft202012::meta::validate(&schema()).unwrap();
}

#[test]
fn what_the_filter_accepts_is_in_the_schema() {
    let validator = validator();
    let examples = [top().join("examples/gateway/filter.json")];
    for path in documents("valid").into_iter().chain(examples) {
        let document: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let errors: Vec<String> = validator.iter_errors(&document).map(|error| located(&error)).collect();
        assert!(errors.is_empty(), "{}:\n{}", path.display(), errors.join("\n"));
    }
}

#[test]
fn what_is_wrong_in_shape_is_not_in_the_schema() {
    let validator = validator();
    for path in documents("invalid") {
        // One of them is no JSON.
        let Ok(document) = serde_json::from_slice::<Value>(&fs::read(&path).unwrap()) else { continue };
        let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap();
        let sound = SOUND_IN_SHAPE.contains(&name);
        assert_eq!(
            validator.is_valid(&document),
            sound,
            "{name}: is it in the schema, and in SOUND_IN_SHAPE?"
        );
    }
}

#[test]
fn each_wrong_shape_is_found_where_it_is() {
    let validator = validator();
    let config = "/services/0/plugins/0/config";
    let cases = [
        ("", "no_such_member", "1"),
        ("", "engine", r#""apache""#),
        ("", "state", "[1]"),
        ("/services/0", "id", r#""a b""#),
        ("/services/0/plugins/0", "name", r#""rate-limiting""#),
        (config, "no_such_key", "1"),
        (config, "leeway", r#""5""#),
        (config, "consumer_by", r#"["email"]"#),
        (config, "audience_required", r#""text""#),
        (config, "issuer", "null"),
        (config, "session_secret", "[7]"),
        (config, "session_remember", "true"),
        (config, "verify_signature", "false"),
        (config, "response_type", r#"["code","token"]"#),
    ];
    let plain: Value = serde_json::from_slice(&fs::read(&documents("valid")[0]).unwrap()).unwrap();
    for (pointer, name, value) in cases {
        let mut document = plain.clone();
        let object = document.pointer_mut(pointer).and_then(Value::as_object_mut).unwrap();
        object.insert(name.into(), serde_json::from_str(value).unwrap());
        let errors: Vec<String> = validator.iter_errors(&document).map(|error| located(&error)).collect();
        assert!(errors.iter().any(|error| error.contains(name)), "{pointer}/{name} {value}: {errors:?}");
    }
}

#[test]
fn keys_that_do_not_work_are_admitted_with_their_default() {
    let validator = validator();
    let plain: Value = serde_json::from_slice(&fs::read(&documents("valid")[0]).unwrap()).unwrap();
    for (name, value) in [
        ("cache_tokens_salt", "null"),
        ("session_remember_rolling_timeout", "604800"),
        ("verify_signature", "true"),
        ("proof_of_possession_dpop", r#""off""#),
        ("id_token_param_type", r#"["query","header","body"]"#),
        ("claims_forbidden", "[]"),
        ("redis", "{}"),
    ] {
        let mut document = plain.clone();
        document["services"][0]["plugins"][0]["config"][name] = serde_json::from_str(value).unwrap();
        assert!(validator.is_valid(&document), "{name} {value}");
    }
}

#[test]
fn the_readme_has_the_reference() {
    let path = top().join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let reference = claimgate(["schema", "--markdown"]).stdout;
    let (before, rest) = readme.split_once("<!-- reference:").unwrap();
    let (marker, rest) = rest.split_once("-->\n").unwrap();
    let (found, after) = rest.split_once("<!-- end -->").unwrap();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let updated = format!("{before}<!-- reference:{marker}-->\n\n{reference}\n<!-- end -->{after}");
        return fs::write(&path, updated).unwrap();
    }
    let differs = found.trim().lines().zip(reference.trim().lines()).find(|(found, made)| found != made);
    assert!(
        found.trim() == reference.trim(),
        "README.md's reference is not what the tables say, first here: {differs:?}; write it anew with \
         UPDATE_GOLDEN=1 cargo test --workspace --test cli schema"
    );
}

#[test]
fn every_key_is_in_the_reference() {
    let reference = claimgate(["schema", "--markdown"]).stdout;
    for plugin in &PLUGINS {
        let (_, section) = reference.split_once(&format!("### {}", plugin.name)).unwrap();
        let section = section.split("### ").next().unwrap();
        for key in plugin.keys {
            let row = format!("| `{}` |", key.name);
            let rows = section.lines().filter(|line| line.starts_with(&row)).count();
            assert_eq!(rows, 1, "rows of {} of {}", key.name, plugin.name);
        }
    }
}

fn schema() -> Value {
    serde_json::from_str(&claimgate(["schema"]).stdout).unwrap()
}

fn validator() -> Validator {
    jsonschema::draft202012::new(&schema()).unwrap()
}

fn located(error: &jsonschema::ValidationError<'_>) -> String {
    format!("{}: {error}", error.instance_path())
}

fn documents(kind: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(top().join("testdata/configs").join(kind)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut documents: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect();
    documents.sort();
    assert!(!documents.is_empty(), "no documents in {kind}");
    documents
}

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Invalid documents whose mistakes are none of shape.
const SOUND_IN_SHAPE: &[&str] = &["promises", "verify-parameters"];
