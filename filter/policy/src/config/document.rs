//! The document as a whole.

use super::error::{ConfigErrors, Report};
use super::node::{Fields, Node};
use super::{
    Config, Logged, entities, log_claims, members, origins, promises, services, sources, state, texts,
};
use crate::capabilities::EngineChoice;
use crate::json::Value;
use crate::registry::{Directory, Registry};
use crate::route;
use alloc::boxed::Box;
use alloc::string::String;

pub(super) fn decode(value: &Value) -> Result<Config, ConfigErrors> {
    let mut report = Report::default();
    let root = Node { path: String::new(), value };
    let decoded = root.fields(&mut report).map(|document| config(&document, &mut report));
    let warnings = report.finish()?;
    match decoded.flatten() {
        Some(config) => Ok(Config { warnings, ..config }),
        None => Err(ConfigErrors::unexplained()),
    }
}

/// The config, if no part is missing. Whatever is wrong is in the report, also where a config comes out.
fn config(document: &Fields<'_>, report: &mut Report) -> Option<Config> {
    document.only(&members::DOCUMENT, report);
    version(document, report);
    let pushed = state::decode(document, report);
    let engine = document.member("engine").map(|node| node.choice(&ENGINES, report));
    let realm = document.member("realm").map(|node| texts::identifier(&node, report));
    let audit = logged(document, "audit", Logged::Denied, report);
    let log_claims = log_claims::decode(document, report);
    if let (Some(audit), Some(claims)) = (audit, &log_claims) {
        log_claims::warn_unwritten(claims.of, audit, report);
    }
    let body_tokens = document.flag("body_tokens", false, report);
    let is_pushed = document.member("state").is_some();
    let targets = origins::decode(document, report);
    let sources = sources::decode(document, is_pushed, &targets, report);
    let services = services::decode(document, &sources, report);
    let realm: Box<str> = realm.unwrap_or(Some("default"))?.into();
    let registry: Registry = entities::decode(document, &realm, &sources, &services, report)?;
    promises::check(&services, body_tokens, engine.flatten().unwrap_or_default(), report);
    if !is_pushed {
        promises::check_callers(&services, &Directory::new(&registry, &sources, None), report);
        promises::check_api_keys(&services, &registry, &sources, report);
    }
    let routing = route::Table::new(&services);
    Some(Config {
        engine: engine.unwrap_or(Some(EngineChoice::Auto))?,
        realm,
        pushed: pushed?,
        audit: audit?,
        log_claims: log_claims?,
        body_tokens,
        targets,
        sources,
        services,
        registry,
        warnings: Default::default(),
        routing,
    })
}

pub(super) fn version(document: &Fields<'_>, report: &mut Report) {
    let Some(node) = document.required("version", "1", report) else { return };
    if node.value.as_number().and_then(serde_json::Number::as_i64) != Some(1) {
        node.refuse("1", report);
    }
}

const ENGINES: [(&str, EngineChoice); 4] = [
    ("auto", EngineChoice::Auto),
    ("envoy", EngineChoice::Envoy),
    ("nginx", EngineChoice::Nginx),
    ("claimgate", EngineChoice::Claimgate),
];

/// Of which requests something is logged.
pub(super) fn logged(
    document: &Fields<'_>,
    member: &'static str,
    unset: Logged,
    report: &mut Report,
) -> Option<Logged> {
    document.member(member).map_or(Some(unset), |node| node.choice(&Logged::NAMES, report))
}
