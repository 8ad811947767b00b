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
    Some(Requirements { audience: audience?, scopes: scopes? })
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
