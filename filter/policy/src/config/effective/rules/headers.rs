//! What upstream and client are told in headers, under Kong's keys.

use crate::config::HeaderName;
use crate::config::rules::{AccessTokenHeader, ClaimHeader, HeaderRules};
use alloc::boxed::Box;
use alloc::vec::Vec;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct HeadersView<'a> {
    upstream_access_token_header: Option<&'a str>,
    upstream_access_token_jwk_header: Option<&'a str>,
    upstream_id_token_header: Option<&'a str>,
    upstream_refresh_token_header: Option<&'a str>,
    upstream_headers: Vec<ClaimHeaderView<'a>>,
    downstream_access_token_header: Option<&'a str>,
    downstream_access_token_jwk_header: Option<&'a str>,
    downstream_id_token_header: Option<&'a str>,
    downstream_refresh_token_header: Option<&'a str>,
    downstream_headers: Vec<ClaimHeaderView<'a>>,
}

/// Both of Kong's ways to write it come out as this one.
#[derive(Serialize)]
struct ClaimHeaderView<'a> {
    header: &'a str,
    path: &'a [Box<str>],
}

impl<'a> HeadersView<'a> {
    pub(super) fn new(rules: &'a HeaderRules) -> Self {
        let HeaderRules { upstream, downstream } = rules;
        Self {
            upstream_access_token_header: access_token(&upstream.access_token),
            upstream_access_token_jwk_header: name(&upstream.access_token_jwk),
            upstream_id_token_header: name(&upstream.id_token),
            upstream_refresh_token_header: name(&upstream.refresh_token),
            upstream_headers: upstream.claims.iter().map(ClaimHeaderView::new).collect(),
            downstream_access_token_header: access_token(&downstream.access_token),
            downstream_access_token_jwk_header: name(&downstream.access_token_jwk),
            downstream_id_token_header: name(&downstream.id_token),
            downstream_refresh_token_header: name(&downstream.refresh_token),
            downstream_headers: downstream.claims.iter().map(ClaimHeaderView::new).collect(),
        }
    }
}

impl<'a> ClaimHeaderView<'a> {
    fn new(header: &'a ClaimHeader) -> Self {
        Self { header: header.header.as_str(), path: header.claim.members() }
    }
}

fn name(header: &Option<HeaderName>) -> Option<&str> {
    header.as_ref().map(HeaderName::as_str)
}

fn access_token(header: &AccessTokenHeader) -> Option<&str> {
    match header {
        AccessTokenHeader::Bearer => Some("authorization:bearer"),
        AccessTokenHeader::Raw(name) => Some(name.as_str()),
        AccessTokenHeader::Off => None,
    }
}
