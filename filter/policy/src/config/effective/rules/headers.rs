//! What upstream and client are told in headers, under Kong's keys.

use crate::config::rules::{AccessTokenHeader, HeaderRules};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct HeadersView<'a> {
    upstream_access_token_header: Option<&'a str>,
}

impl<'a> HeadersView<'a> {
    pub(super) fn new(rules: &'a HeaderRules) -> Self {
        Self {
            upstream_access_token_header: match &rules.upstream_access_token {
                AccessTokenHeader::Bearer => Some("authorization:bearer"),
                AccessTokenHeader::Raw(name) => Some(name.as_str()),
                AccessTokenHeader::Off => None,
            },
        }
    }
}
