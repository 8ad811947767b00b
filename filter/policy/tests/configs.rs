//! Every document of `testdata/configs` is accepted or refused as the files beside it say.
//!
//! `UPDATE_GOLDEN=1` writes those files instead of comparing them.

#![allow(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

use claimgate_policy::config::Config;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn valid_documents_have_the_effect_that_is_written_beside_them() {
    for document in documents("valid") {
        let config = match Config::parse(&fs::read(&document).unwrap()) {
            Ok(config) => config,
            Err(errors) => panic!("{}:\n{errors}", document.display()),
        };
        compare(&document.with_extension("effective"), &config.effective());
        let warnings: Vec<String> = config.warnings.iter().map(ToString::to_string).collect();
        compare(&document.with_extension("warnings"), &warnings.join("\n"));
    }
}

#[test]
fn invalid_documents_are_refused_with_the_errors_that_are_written_beside_them() {
    for document in documents("invalid") {
        let Err(errors) = Config::parse(&fs::read(&document).unwrap()) else {
            panic!("{} was accepted", document.display());
        };
        compare(&document.with_extension("errors"), &errors.to_string());
    }
}

#[test]
fn an_effective_config_says_the_same_each_time() {
    for document in documents("valid") {
        let text = fs::read(&document).unwrap();
        let effective = || Config::parse(&text).unwrap().effective();
        assert_eq!(effective(), effective(), "{}", document.display());
    }
}

fn documents(kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/configs").join(kind);
    let entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut documents: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect();
    documents.sort();
    assert!(!documents.is_empty(), "no documents in {}", folder.display());
    documents
}

/// No file stands for no text.
fn compare(golden: &Path, found: &str) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        return update(golden, found);
    }
    let expected = fs::read_to_string(golden).unwrap_or_default();
    assert_eq!(expected.trim_end(), found, "{} differs", golden.display());
}

fn update(golden: &Path, found: &str) {
    if !found.is_empty() {
        fs::write(golden, format!("{found}\n")).unwrap();
    } else if golden.exists() {
        fs::remove_file(golden).unwrap();
    }
}
