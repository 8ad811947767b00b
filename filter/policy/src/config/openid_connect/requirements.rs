//! What a token must hold.

use super::claim_path;
use crate::config::error::{Report, quoted};
use crate::config::node::{Fields, Node};
use crate::config::rules::{ClaimPath, ClaimRule, Requirements};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

pub(super) fn decode(config: &Fields<'_>, report: &mut Report) -> Option<Requirements> {
    let audience = claim_rule(config, "audience_claim", "aud", "audience_required", report);
    let scopes = claim_rule(config, "scopes_claim", "scope", "scopes_required", report);
    let roles = claim_rule(config, "roles_claim", "roles", "roles_required", report);
    let groups = claim_rule(config, "groups_claim", "groups", "groups_required", report);
    let claims_forbidden = claims_forbidden(config, report);
    Some(Requirements {
        audience: audience?,
        scopes: scope_or_scp(scopes?, config),
        roles: roles?,
        groups: groups?,
        claims_forbidden: claims_forbidden?,
    })
}

/// Entra and Okta write `scp` for `scope`, which RFC 8693 4.2 names. A path that is written is taken as it is.
fn scope_or_scp(scopes: ClaimRule, config: &Fields<'_>) -> ClaimRule {
    match config.member("scopes_claim") {
        Some(_) => scopes,
        None => ClaimRule { or_else: ClaimPath::new(Box::new(["scp".into()])), ..scopes },
    }
}

/// Names of members at the top of the payload. None at all forbids nothing.
fn claims_forbidden(config: &Fields<'_>, report: &mut Report) -> Option<Vec<Box<str>>> {
    let Some(node) = config.member("claims_forbidden") else { return Some(Vec::new()) };
    node.items(report)?.iter().map(|item| item.text(report).map(Box::from)).collect()
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
        return Some(ClaimRule {
            claim: claim?,
            or_else: None,
            required: Vec::new(),
            written: Box::default(),
        });
    };
    let written = config.texts(required, report)?;
    if written.is_empty() {
        node.refuse("at least one alternative, or no value", report);
        return None;
    }
    let required: Option<Vec<_>> = written.iter().map(|text| words(text, &node, report)).collect();
    Some(ClaimRule { claim: claim?, or_else: None, required: required?, written: alternatives(&written) })
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
