//! What upstream and client are told in headers.

use super::claim_path;
use crate::config::error::Report;
use crate::config::header_name::HeaderName;
use crate::config::members;
use crate::config::node::{Fields, Node, every};
use crate::config::rules::{AccessTokenHeader, ClaimHeader, ClaimPath, HeaderRules, TokenHeaders};
use crate::headers::{CREDENTIAL_IDENTIFIER, IDENTITY, is_spelling_of};
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

/// Kong's names of the keys of one direction, and what holds where the first is not set.
struct Direction {
    access_token: &'static str,
    access_token_jwk: &'static str,
    id_token: &'static str,
    refresh_token: &'static str,
    headers: &'static str,
    claims: &'static str,
    names: &'static str,
    unset: AccessTokenHeader,
}

pub(super) fn decode(config: &Fields<'_>, report: &mut Report) -> Option<HeaderRules> {
    let upstream = token_headers(config, &UPSTREAM, report);
    let downstream = token_headers(config, &DOWNSTREAM, report);
    Some(HeaderRules { upstream: upstream?, downstream: downstream? })
}

fn token_headers(config: &Fields<'_>, direction: &Direction, report: &mut Report) -> Option<TokenHeaders> {
    let access_token = access_token_header(config, direction, report);
    let own = [direction.access_token_jwk, direction.id_token, direction.refresh_token];
    let [jwk, id_token, refresh_token] = own.map(|key| optional(config, key, report));
    let by_path = by_path(config, direction, report);
    let zipped = zipped(config, direction, report);
    let claims = [by_path?, zipped?].concat();
    let headers = TokenHeaders {
        access_token: access_token?,
        access_token_jwk: jwk?,
        id_token: id_token?,
        refresh_token: refresh_token?,
        claims,
    };
    refuse_repeated(config, direction, &headers, report);
    Some(headers)
}

/// The header that a key names, if it does.
#[allow(clippy::option_option, reason = "as for every key: an error is no value")]
fn optional(config: &Fields<'_>, key: &str, report: &mut Report) -> Option<Option<HeaderName>> {
    config.member(key).map_or(Some(None), |node| settable(&node, report).map(Some))
}

/// Absent means the direction's default; `null` means that the token is not handed on.
fn access_token_header(
    config: &Fields<'_>,
    direction: &Direction,
    report: &mut Report,
) -> Option<AccessTokenHeader> {
    let Some(node) = config.member(direction.access_token) else {
        let null = config.is_null(direction.access_token);
        return Some(if null { AccessTokenHeader::Off } else { direction.unset.clone() });
    };
    if node.text(report)?.eq_ignore_ascii_case("authorization:bearer") {
        return Some(AccessTokenHeader::Bearer);
    }
    not_identity(&node, report).map(AccessTokenHeader::Raw)
}

/// `[{"header": ..., "path": [...]}]`
fn by_path(config: &Fields<'_>, direction: &Direction, report: &mut Report) -> Option<Vec<ClaimHeader>> {
    every(config.items(direction.headers, report), |node| claim_header(&node, report))
}

fn claim_header(node: &Node<'_>, report: &mut Report) -> Option<ClaimHeader> {
    let fields = node.fields(report)?;
    fields.only(&members::CLAIM_HEADER, report);
    let header = fields.required("header", "a header's name", report);
    let header = header.and_then(|node| settable(&node, report));
    let claim = fields.required("path", "a claim's path", report);
    let claim = claim.and_then(|node| claim_path(&node, report));
    Some(ClaimHeader { header: header?, claim: claim? })
}

/// Two lists whose items belong together by their places. Kong writes `_` in these names as `-`.
fn zipped(config: &Fields<'_>, direction: &Direction, report: &mut Report) -> Option<Vec<ClaimHeader>> {
    let claims = config.items(direction.claims, report);
    let names = config.items(direction.names, report);
    if claims.len() != names.len() {
        let expected = format!("as many names as {} has claims: {}", direction.claims, claims.len());
        report.error(&config.path_of(direction.names), expected, format!("{}", names.len()), None);
        return None;
    }
    let pair = |(claim, name): (&Node<'_>, &Node<'_>)| {
        let claim = claim.text(report).and_then(|claim| ClaimPath::new(Box::new([claim.into()])));
        let header = settable(name, report)?.with_dashes();
        Some(ClaimHeader { header, claim: claim? })
    };
    every(claims.iter().zip(&names), pair)
}

/// A header that a claim or a key may be put into: neither identity nor a credential, which are set otherwise.
pub(super) fn settable(node: &Node<'_>, report: &mut Report) -> Option<HeaderName> {
    let name = not_identity(node, report)?;
    if CREDENTIALS.contains(&name.as_str()) {
        node.refuse("a header other than those that carry credentials", report);
        return None;
    }
    Some(name)
}

fn not_identity(node: &Node<'_>, report: &mut Report) -> Option<HeaderName> {
    let name = HeaderName::read(node, report)?;
    let identity = IDENTITY.into_iter().chain([CREDENTIAL_IDENTIFIER]);
    if identity.into_iter().any(|owned| is_spelling_of(owned, name.as_str().as_bytes())) {
        node.refuse("a header other than those that say who the caller is", report);
        return None;
    }
    Some(name)
}

/// Of two values for one header an upstream would see one, and which could not be told from the config.
fn refuse_repeated(config: &Fields<'_>, direction: &Direction, headers: &TokenHeaders, report: &mut Report) {
    let mut names: Vec<&str> = headers.names().map(HeaderName::as_str).collect();
    names.sort_unstable();
    let twice = names.windows(2).find_map(|pair| match pair {
        [one, other] if one == other => Some(*one),
        _ => None,
    });
    if let Some(name) = twice {
        let hint = format!(
            "{}, {}, {}, {}, {} and {} must not name one header twice",
            direction.access_token,
            direction.access_token_jwk,
            direction.id_token,
            direction.refresh_token,
            direction.headers,
            direction.names
        );
        report.error(&config.path, "each header once", format!("{name} twice"), Some(hint.into()));
    }
}

const UPSTREAM: Direction = Direction {
    access_token: "upstream_access_token_header",
    access_token_jwk: "upstream_access_token_jwk_header",
    id_token: "upstream_id_token_header",
    refresh_token: "upstream_refresh_token_header",
    headers: "upstream_headers",
    claims: "upstream_headers_claims",
    names: "upstream_headers_names",
    unset: AccessTokenHeader::Bearer,
};

const DOWNSTREAM: Direction = Direction {
    access_token: "downstream_access_token_header",
    access_token_jwk: "downstream_access_token_jwk_header",
    id_token: "downstream_id_token_header",
    refresh_token: "downstream_refresh_token_header",
    headers: "downstream_headers",
    claims: "downstream_headers_claims",
    names: "downstream_headers_names",
    unset: AccessTokenHeader::Off,
};

const CREDENTIALS: [&str; 5] = ["access-token", "authorization", "cookie", "set-cookie", "x-access-token"];
