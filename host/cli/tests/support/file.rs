//! The files of `testdata` as they are written; see `testdata/README.md`.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// `cases/base.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BaseFile {
    #[serde(rename = "about")]
    _about: String,
    pub(crate) signers: BTreeMap<String, SignerFile>,
    pub(crate) document: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignerFile {
    pub(crate) algorithm: String,
    pub(crate) kid: String,
    /// Another signer, whose key this one signs with too.
    #[serde(default)]
    pub(crate) key_of: Option<String>,
}

/// `shapes/*.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShapeFile {
    #[serde(rename = "about")]
    _about: String,
    pub(crate) signer: String,
    #[serde(default = "empty")]
    pub(crate) header: Value,
    pub(crate) claims: Value,
}

/// Any other file of `cases`: what its cases share, and the cases.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseFile {
    #[serde(rename = "about")]
    _about: String,
    #[serde(default)]
    pub(crate) shape: Option<String>,
    #[serde(default)]
    pub(crate) engine: Engine,
    #[serde(default)]
    pub(crate) clock: Option<i64>,
    #[serde(default)]
    pub(crate) config: Patch,
    pub(crate) cases: Vec<RawCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCase {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) shape: Option<String>,
    #[serde(flatten)]
    pub(crate) token: TokenFile,
    #[serde(default)]
    pub(crate) request: RequestFile,
    #[serde(default)]
    pub(crate) config: Patch,
    pub(crate) expect: String,
    /// Texts, each of which stands in a warning about the config.
    #[serde(default)]
    pub(crate) warnings: Vec<String>,
    #[serde(default)]
    pub(crate) upstream: BTreeMap<String, Option<String>>,
    #[serde(default)]
    pub(crate) client: BTreeMap<String, Option<String>>,
    #[serde(default)]
    pub(crate) answer: Option<AnswerFile>,
    /// What is expected instead where the rules for nginx hold.
    #[serde(default)]
    pub(crate) nginx: Option<ExpectationFile>,
}

/// What becomes of a request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectationFile {
    pub(crate) expect: String,
    #[serde(default)]
    pub(crate) upstream: BTreeMap<String, Option<String>>,
    #[serde(default)]
    pub(crate) answer: Option<AnswerFile>,
}

/// `one-token.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OneTokenFile {
    #[serde(rename = "about")]
    _about: String,
    pub(crate) shape: String,
    pub(crate) document: Value,
    pub(crate) rules: Vec<RuleFile>,
}

/// A rule in which two services differ.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleFile {
    pub(crate) rule: String,
    #[serde(flatten)]
    pub(crate) token: TokenFile,
    #[serde(default)]
    pub(crate) first: Patch,
    #[serde(default)]
    pub(crate) second: Patch,
    /// The refusal at the second service.
    pub(crate) expect: String,
}

/// How the token differs from its shape.
#[derive(Deserialize, Clone)]
pub(crate) struct TokenFile {
    #[serde(default)]
    pub(crate) signer: Option<String>,
    #[serde(default = "empty")]
    pub(crate) header: Value,
    #[serde(default = "empty")]
    pub(crate) claims: Value,
    #[serde(default)]
    pub(crate) header_text: Option<String>,
    #[serde(default)]
    pub(crate) payload_text: Option<String>,
    #[serde(default)]
    pub(crate) payload_base64: Option<String>,
    #[serde(default)]
    pub(crate) payload_append: Option<String>,
    #[serde(default)]
    pub(crate) length: Option<usize>,
    #[serde(default)]
    pub(crate) damage: Option<Damage>,
}

/// What is done to a token after it was made.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Damage {
    SignatureBit,
    NoSignature,
    HmacPublicKey,
    ZeroSignature,
    ShortSignature,
    LongSignature,
    OtherPayload,
    OnePart,
    TwoParts,
    FourParts,
    FiveParts,
    SixParts,
    PaddedSignature,
    PaddedHeader,
    TrailingBits,
    StandardAlphabet,
    InnerSpace,
    /// ECDSA's signature in ASN.1, as it is outside of JOSE.
    DerSignature,
    /// The signer's secret as the key of HMAC with SHA-384 or SHA-512, though it is too short for that.
    ShortSecret384,
    ShortSecret512,
}

/// How the request differs from a GET of `/anything` at the shape's host with the token as Bearer.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestFile {
    #[serde(default)]
    pub(crate) method: Option<String>,
    #[serde(default)]
    pub(crate) target: Option<String>,
    #[serde(default)]
    pub(crate) host: Option<String>,
    #[serde(default)]
    pub(crate) authorization: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) headers: Vec<(String, String)>,
    #[serde(default)]
    pub(crate) body: String,
    /// The body is filled up to so many bytes.
    #[serde(default)]
    pub(crate) body_length: usize,
}

/// How the config differs from the base document, in the service that is named like the shape or anywhere.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Patch {
    #[serde(default = "empty")]
    pub(crate) openid: Value,
    #[serde(default = "empty")]
    pub(crate) registration: Value,
    #[serde(default = "empty")]
    pub(crate) acl: Value,
    #[serde(default)]
    pub(crate) set: Map<String, Value>,
}

impl Default for Patch {
    fn default() -> Self {
        Self { openid: empty(), registration: empty(), acl: empty(), set: Map::new() }
    }
}

/// Whose rules hold where engines differ.
#[derive(Deserialize, Default, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Engine {
    #[default]
    Any,
    Envoy,
    Nginx,
}

/// An answer, member by member; what is absent is not looked at.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswerFile {
    pub(crate) status: u16,
    #[serde(default, deserialize_with = "present")]
    pub(crate) challenge: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) content_type: Option<Option<String>>,
    #[serde(default)]
    pub(crate) body: Option<String>,
}

/// A row of `cases/answers.json`.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefusalFile {
    pub(crate) status: u16,
    pub(crate) message: String,
    #[serde(default, deserialize_with = "present")]
    pub(crate) error: Option<Option<String>>,
}

/// `cases/skips.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SkipsFile {
    #[serde(rename = "about")]
    _about: String,
    pub(crate) cases: Vec<Skip>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Skip {
    #[serde(rename = "where")]
    pub(crate) place: Place,
    /// `file: name`; a `*` at the end stands for any rest.
    pub(crate) case: String,
    #[serde(rename = "reason")]
    _reason: String,
}

/// Where a case runs.
#[derive(Deserialize, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Place {
    Native,
    Host,
    /// This project's host as Kong's engine.
    Nginx,
    Envoy,
}

/// A file below `testdata`.
pub(crate) fn read<T: DeserializeOwned>(path: &str) -> T {
    let path = repository().join("testdata").join(path);
    let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of the JSON files in a directory below `testdata`, sorted, without their ending.
pub(crate) fn names(directory: &str) -> Vec<String> {
    let entries = fs::read_dir(repository().join("testdata").join(directory)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let json = paths.filter(|path| path.extension().is_some_and(|ending| ending == "json"));
    let mut names: Vec<String> =
        json.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort_unstable();
    names
}

/// The top of the repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn empty() -> Value {
    Value::Object(Map::new())
}

/// Tells null, `Some(None)`, from an absent member, `None`.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
