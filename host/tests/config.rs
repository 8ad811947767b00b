//! Configurations that are wrong: each file in `configs` has the text that a person sees beside it.

use std::path::{Path, PathBuf};

use claimgate_host::Config;

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/configs")
}

#[test]
fn every_mistake_is_told_at_once_with_its_place() {
    let mut seen = 0;
    for entry in std::fs::read_dir(directory()).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_some_and(|extension| extension == "yaml") {
            let text = std::fs::read_to_string(&file).unwrap();
            let found = Config::parse(&text, Path::new("nowhere")).map(drop).unwrap_err().to_string();
            let expected = std::fs::read_to_string(file.with_extension("errors")).unwrap();
            assert_eq!(found.trim_end(), expected.trim_end(), "{}", file.display());
            seen += 1;
        }
    }
    assert!(seen > 3);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Config::load(Path::new("nowhere/gateway.yaml")).map(drop).unwrap_err().to_string();
    assert!(error.starts_with("expected a file that can be read, found nowhere/gateway.yaml: "), "{error}");
}

#[test]
fn files_are_found_beside_the_configuration_and_remembered() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    for (name, content) in [
        ("files.wasm", "not looked at yet"),
        ("files.json", "{}"),
        ("files.yaml", "filters: [{name: f, wasm: files.wasm, configuration_file: files.json}]"),
    ] {
        std::fs::write(directory.join(name), content).unwrap();
    }
    let config = Config::load(&directory.join("files.yaml")).unwrap();
    let names: Vec<_> =
        config.files().iter().map(|file| file.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["files.yaml", "files.wasm", "files.json"]);
    assert_eq!(config.filters[0].configuration, "{}");
}
