//! The config of the openid-connect plugin, from Kong's keys to rules.

use super::error::{Report, quoted};
use super::header_name::HeaderName;
use super::issuer::{self, Issuer};
use super::node::{Fields, Node};
use super::rules::{AccessTokenHeader, ClaimPath, ClaimRule, ConsumerRule, OpenIdConnect, Scope};
use super::{Source, client_secret, keys, texts};
use crate::headers::{CREDENTIAL_IDENTIFIER, IDENTITY};
use crate::registry::LookupKind;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

pub(super) fn decode(
    config: &Fields<'_>,
    scope: Scope,
    sources: &[Arc<Source>],
    report: &mut Report,
) -> Option<OpenIdConnect> {
    keys::check(&keys::OPENID_CONNECT, config, report);
    only_value(config, "auth_methods", "bearer", report);
    only_value(config, "bearer_token_param_type", "header", report);
    let source = source(config, sources, report);
    let hmac_key = client_secret::hmac_key(config, source.as_deref(), report);
    let audience = claim_rule(config, "audience_claim", "aud", "audience_required", report);
    let scopes = claim_rule(config, "scopes_claim", "scope", "scopes_required", report);
    let consumer = consumer_rule(config, report);
    let leeway = match config.member("leeway") {
        Some(node) => node.whole(" of seconds", 0, LONGEST_LEEWAY, report),
        None => Some(0),
    };
    let upstream_access_token_header = access_token_header(config, report);
    let hide_credentials = config.flag("hide_credentials", true, report);
    let display_errors = config.flag("display_errors", false, report);
    let expose_error_code = config.flag("expose_error_code", true, report);
    let unauthorized_error_message = message(config, "unauthorized_error_message", "Unauthorized", report);
    let forbidden_error_message = message(config, "forbidden_error_message", "Forbidden", report);
    let source = source?;
    let challenge_realm = Issuer::parse(&source.issuer)?.host.into();
    Some(OpenIdConnect {
        scope,
        issuer: source.issuer.clone(),
        challenge_realm,
        source,
        hmac_key: hmac_key?,
        leeway: leeway?,
        audience: audience?,
        scopes: scopes?,
        consumer,
        hide_credentials,
        upstream_access_token_header: upstream_access_token_header?,
        display_errors,
        expose_error_code,
        unauthorized_error_message: unauthorized_error_message?,
        forbidden_error_message: forbidden_error_message?,
    })
}

/// Refuses an array that holds anything but `value`, of which only that much works.
fn only_value(config: &Fields<'_>, name: &str, value: &str, report: &mut Report) {
    let Some(node) = config.member(name) else { return };
    let Some(items) = config.texts(name, report) else { return };
    let expected = || alloc::format!("[\"{value}\"] or no value");
    if items.is_empty() {
        node.refuse(expected(), report);
    }
    for item in items.into_iter().filter(|item| *item != value) {
        report.error(&node.path, expected(), quoted(item), Some(NOT_YET));
    }
}

/// The source whose issuer the plugin names.
fn source(config: &Fields<'_>, sources: &[Arc<Source>], report: &mut Report) -> Option<Arc<Source>> {
    let node = config.required("issuer", "the issuer of one of the sources", report)?;
    let written = node.text(report)?;
    let source = sources.iter().find(|source| issuer::means(written, &source.issuer));
    if source.is_none() {
        let hint = "add it to sources with its jwks; keys are not fetched from the issuer yet";
        report.error(&node.path, "the issuer of one of the sources", quoted(written), Some(hint.into()));
    }
    source.map(Arc::clone)
}

fn claim_rule(
    config: &Fields<'_>,
    claim: &str,
    default: &str,
    required: &str,
    report: &mut Report,
) -> Option<ClaimRule> {
    let claim = match config.member(claim) {
        Some(node) => claim_path(&node, report),
        None => ClaimPath::new(Box::new([default.into()])),
    };
    let Some(node) = config.member(required) else {
        return Some(ClaimRule { claim: claim?, required: Vec::new(), written: Box::default() });
    };
    let written = config.texts(required, report)?;
    if written.is_empty() {
        node.refuse("at least one alternative, or no value", report);
        return None;
    }
    let required: Option<Vec<_>> = written.iter().map(|text| words(text, &node, report)).collect();
    Some(ClaimRule { claim: claim?, required: required?, written: alternatives(&written) })
}

/// The words of one alternative. None at all would be met by every token.
fn words(text: &str, node: &Node<'_>, report: &mut Report) -> Option<Vec<Box<str>>> {
    let words: Vec<Box<str>> = text.split(' ').filter(|word| !word.is_empty()).map(Box::from).collect();
    if words.is_empty() {
        report.error(&node.path, "at least one word in each alternative", quoted(text), None);
        return None;
    }
    Some(words)
}

fn alternatives(written: &[&str]) -> Box<str> {
    let quoted: Vec<String> = written.iter().map(|text| quoted(text)).collect();
    quoted.join(" or ").into()
}

fn claim_path(node: &Node<'_>, report: &mut Report) -> Option<ClaimPath> {
    let items = node.items(report)?;
    let members: Option<Box<[Box<str>]>> =
        items.iter().map(|item| item.text(report).map(Box::from)).collect();
    let path = ClaimPath::new(members?);
    if path.is_none() {
        node.refuse("a claim's path with at least one name", report);
    }
    path
}

/// `consumer_claim` is one path; `consumer_claims`, its later name, a list of paths.
fn consumer_rule(config: &Fields<'_>, report: &mut Report) -> Option<ConsumerRule> {
    let by = consumer_by(config, report);
    let claim = match (config.member("consumer_claim"), config.member("consumer_claims")) {
        (None, None) => return None,
        (Some(one), None) => claim_path(&one, report),
        (None, Some(several)) => only_path(&several, report),
        (Some(_), Some(several)) => {
            report.error(&several.path, "consumer_claim or consumer_claims", "both", None);
            None
        }
    };
    Some(ConsumerRule { claim: claim?, by: by? })
}

fn only_path(node: &Node<'_>, report: &mut Report) -> Option<ClaimPath> {
    let paths = node.items(report)?;
    match paths.as_slice() {
        [path] => claim_path(path, report),
        [] => {
            node.refuse("one claim's path", report);
            None
        }
        _ => {
            report.error(&node.path, "one claim's path", "several", Some(NOT_YET));
            None
        }
    }
}

fn consumer_by(config: &Fields<'_>, report: &mut Report) -> Option<Vec<LookupKind>> {
    let Some(node) = config.member("consumer_by") else {
        return Some(Vec::from([LookupKind::Username, LookupKind::CustomId]));
    };
    let items = node.items(report)?;
    let kinds: Option<Vec<LookupKind>> = items.iter().map(|item| item.choice(&CONSUMER_BY, report)).collect();
    if items.is_empty() {
        node.refuse("at least one of id, username and custom_id", report);
        return None;
    }
    kinds
}

/// Absent means `authorization:bearer`; `null` means that the upstream gets no token.
fn access_token_header(config: &Fields<'_>, report: &mut Report) -> Option<AccessTokenHeader> {
    let name = "upstream_access_token_header";
    let Some(node) = config.member(name) else {
        let absent = if config.is_null(name) { AccessTokenHeader::Off } else { AccessTokenHeader::Bearer };
        return Some(absent);
    };
    if node.text(report)?.eq_ignore_ascii_case("authorization:bearer") {
        return Some(AccessTokenHeader::Bearer);
    }
    let name = HeaderName::read(&node, report)?;
    if IDENTITY.contains(&name.as_str()) || name.as_str() == CREDENTIAL_IDENTIFIER {
        node.refuse("a header other than those that say who the caller is", report);
        return None;
    }
    Some(AccessTokenHeader::Raw(name))
}

fn message(config: &Fields<'_>, name: &str, default: &str, report: &mut Report) -> Option<Box<str>> {
    match config.member(name) {
        Some(node) => texts::message(&node, report).map(Box::from),
        None => Some(default.into()),
    }
}

const CONSUMER_BY: [(&str, LookupKind); 3] = [
    (LookupKind::Id.name(), LookupKind::Id),
    (LookupKind::Username.name(), LookupKind::Username),
    (LookupKind::CustomId.name(), LookupKind::CustomId),
];

const NOT_YET: Cow<'static, str> = Cow::Borrowed("not supported yet");

/// A day. Clocks that differ by more are broken.
const LONGEST_LEEWAY: i64 = 86_400;
