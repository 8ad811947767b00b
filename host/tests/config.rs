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

#[test]
fn references_in_what_filters_are_told_are_found_from_the_file_that_they_stand_in() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("references");
    std::fs::create_dir_all(directory.join("below")).unwrap();
    for (name, content) in [
        ("filter.wasm", "not looked at yet"),
        ("secret", "of the gateway\n"),
        ("below/secret", "of the document\n"),
        ("below/filter.json", r#"{"a": "{file:secret}", "a": 1.0}"#),
        (
            "gateway.yaml",
            "filters:
- {name: map, wasm: filter.wasm, configuration: {a: '{file:secret}'}}
- {name: text, wasm: filter.wasm, configuration: '[\"{file:secret}\"]'}
- {name: file, wasm: filter.wasm, configuration_file: below/filter.json}
",
        ),
    ] {
        std::fs::write(directory.join(name), content).unwrap();
    }
    let config = Config::load(&directory.join("gateway.yaml")).unwrap();
    let told: Vec<_> = config.filters.iter().map(|filter| &filter.configuration[..]).collect();
    let expected: [&[u8]; 3] =
        [br#"{"a":"of the gateway"}"#, br#"["of the gateway"]"#, br#"{"a": "of the document", "a": 1.0}"#];
    assert_eq!(told, expected, "a document with a member that it holds twice is the filter's to refuse");
    assert!(config.files().contains(&directory.join("secret")), "a change of it calls for a reload");
    std::fs::write(directory.join("below/filter.json"), r#"{"a": "{file:secret}"}"#).unwrap();
    let config = Config::load(&directory.join("gateway.yaml")).unwrap();
    assert_eq!(config.filters[2].configuration, r#"{"a": "of the document"}"#);
    assert!(!format!("{config:?}").contains("of the"), "{config:?}");
}
