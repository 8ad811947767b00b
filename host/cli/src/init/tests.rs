use super::{Provider, Starter, Target};
use clap::ValueEnum as _;
use serde_norway::Value;

fn starter(provider: Provider) -> Starter {
    let upstream = "http://127.0.0.1:9000".parse().unwrap();
    Starter { provider, issuer: None, audience: None, client_id: None, jwks: None, upstream }
}

/// Every provider for every target, and once more with tokens of Entra's version 1.0 and an upstream with TLS.
fn every_text() -> Vec<String> {
    let mut starters: Vec<Starter> =
        Provider::value_variants().iter().map(|provider| starter(*provider)).collect();
    starters.push(Starter {
        issuer: Some("https://sts.windows.net/TENANT/".to_owned()),
        upstream: "https://api.example/v1".parse().unwrap(),
        ..starter(Provider::Entra)
    });
    let texts = starters.iter().flat_map(|starter| TARGETS.map(|target| starter.print(target).unwrap()));
    texts.map(|printed| printed.text).collect()
}

#[test]
fn every_text_is_yaml_with_every_place_filled() {
    for text in every_text() {
        assert!(serde_norway::from_str::<Value>(&text).unwrap().is_mapping(), "{text}");
        assert!(!text.contains("{{"), "{text}");
    }
}

#[test]
fn no_placeholder_makes_the_filter_warn() {
    for provider in Provider::value_variants() {
        for target in TARGETS {
            assert_eq!(starter(*provider).print(target).unwrap().warnings, []);
        }
    }
}

#[test]
fn every_line_fits_a_terminal_but_for_keys_and_type_names() {
    for text in every_text() {
        let long = text
            .lines()
            .find(|line| line.chars().count() > 120 && !line.contains("jwks") && !line.contains("@type"));
        assert_eq!(long, None);
    }
}

#[test]
fn a_value_cannot_break_out_of_its_place() {
    let hostile = "a\"\n# b: {{jwks}}\n]}";
    let printed = Starter { audience: Some(hostile.to_owned()), ..starter(Provider::Okta) }
        .print(Target::Host)
        .unwrap();
    let yaml: Value = serde_norway::from_str(&printed.text).unwrap();
    let required =
        &yaml["filters"][0]["configuration"]["services"][0]["plugins"][0]["config"]["audience_required"];
    assert_eq!(required[0].as_str(), Some(hostile));
}

#[test]
fn the_issuers_version_decides_who_calls_with_entra() {
    let caller = |issuer: &str| {
        let starter = Starter { issuer: Some(issuer.to_owned()), ..starter(Provider::Entra) };
        starter.print(Target::Kong).unwrap().text.contains("consumer_claim: [appid]")
    };
    assert!(caller("https://sts.windows.net/72f988bf-86f1-41af-91ab-2d7cd011db47/"));
    assert!(!caller("https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0"));
}

const TARGETS: [Target; 3] = [Target::Host, Target::Envoy, Target::Kong];
