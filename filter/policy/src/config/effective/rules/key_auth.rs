//! The key-auth plugin, under Kong's keys.

use crate::config::rules::KeyAuth;
use alloc::vec::Vec;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct KeyAuthView<'a> {
    /// Where it was written: `defaults`, `service` or `route`.
    from: &'static str,
    key_names: Vec<&'a str>,
    key_in_header: bool,
    key_in_query: bool,
    key_in_body: bool,
    hide_credentials: bool,
    run_on_preflight: bool,
    anonymous: Option<&'a str>,
    realm: Option<&'a str>,
}

impl<'a> KeyAuthView<'a> {
    pub(super) fn new(rules: &'a KeyAuth) -> Self {
        let realm = &*rules.errors.challenge_realm;
        Self {
            from: rules.scope.name(),
            key_names: rules.names.iter().map(|name| &*name.argument).collect(),
            key_in_header: rules.in_header,
            key_in_query: rules.in_query,
            key_in_body: false,
            hide_credentials: rules.hide_credentials,
            run_on_preflight: rules.run_on_preflight,
            anonymous: rules.anonymous.as_deref(),
            realm: (!realm.is_empty()).then_some(realm),
        }
    }
}
