//! The plugins that apply somewhere, under Kong's keys.

use crate::config::rules::{AccessTokenHeader, ApplicationRegistration, ClaimRule, OpenIdConnect, Rules};
use crate::registry::LookupKind;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct RulesView<'a> {
    #[serde(rename = "openid-connect")]
    openid_connect: OpenIdConnectView<'a>,
    #[serde(rename = "application-registration", skip_serializing_if = "Option::is_none")]
    application_registration: Option<ApplicationRegistrationView<'a>>,
}

/// Every key that works, in the order in which a request meets them.
#[derive(Serialize)]
struct OpenIdConnectView<'a> {
    /// Where it was written: `defaults`, `service` or `route`.
    from: &'static str,
    /// The source whose keys are used.
    source: &'a str,
    issuer: &'a str,
    auth_methods: [&'static str; 1],
    bearer_token_param_type: [&'static str; 1],
    verify_signature: bool,
    enable_hs_signatures: bool,
    verify_claims: bool,
    leeway: i64,
    audience_claim: &'a [Box<str>],
    audience_required: Option<Vec<String>>,
    scopes_claim: &'a [Box<str>],
    scopes_required: Option<Vec<String>>,
    consumer_claims: Option<[&'a [Box<str>]; 1]>,
    consumer_by: Option<Vec<&'static str>>,
    hide_credentials: bool,
    upstream_access_token_header: Option<&'a str>,
    display_errors: bool,
    expose_error_code: bool,
    unauthorized_error_message: &'a str,
    forbidden_error_message: &'a str,
}

#[derive(Serialize)]
struct ApplicationRegistrationView<'a> {
    display_name: &'a str,
    description: Option<&'a str>,
    auto_approve: bool,
    show_issuer: bool,
    enable_proxy_with_consumer_credential: bool,
}

impl<'a> RulesView<'a> {
    pub(super) fn new(rules: &'a Rules) -> Self {
        Self {
            openid_connect: OpenIdConnectView::new(&rules.openid_connect),
            application_registration: rules.application_registration.as_deref().map(Into::into),
        }
    }
}

impl<'a> OpenIdConnectView<'a> {
    fn new(rules: &'a OpenIdConnect) -> Self {
        let consumer = rules.consumer.as_ref();
        Self {
            from: rules.scope.name(),
            source: rules.source.id.as_str(),
            issuer: &rules.issuer,
            auth_methods: ["bearer"],
            bearer_token_param_type: ["header"],
            verify_signature: true,
            enable_hs_signatures: rules.hmac_key.is_some(),
            verify_claims: true,
            leeway: rules.leeway,
            audience_claim: rules.audience.claim.members(),
            audience_required: alternatives(&rules.audience),
            scopes_claim: rules.scopes.claim.members(),
            scopes_required: alternatives(&rules.scopes),
            consumer_claims: consumer.map(|rule| [rule.claim.members()]),
            consumer_by: consumer.map(|rule| rule.by.iter().copied().map(LookupKind::name).collect()),
            hide_credentials: rules.hide_credentials,
            upstream_access_token_header: match &rules.upstream_access_token_header {
                AccessTokenHeader::Bearer => Some("authorization:bearer"),
                AccessTokenHeader::Raw(name) => Some(name.as_str()),
                AccessTokenHeader::Off => None,
            },
            display_errors: rules.display_errors,
            expose_error_code: rules.expose_error_code,
            unauthorized_error_message: &rules.unauthorized_error_message,
            forbidden_error_message: &rules.forbidden_error_message,
        }
    }
}

impl<'a> From<&'a ApplicationRegistration> for ApplicationRegistrationView<'a> {
    fn from(plugin: &'a ApplicationRegistration) -> Self {
        Self {
            display_name: &plugin.display_name,
            description: plugin.description.as_deref(),
            auto_approve: plugin.auto_approve,
            show_issuer: plugin.show_issuer,
            enable_proxy_with_consumer_credential: plugin.enable_proxy_with_consumer_credential,
        }
    }
}

/// `None`: no check.
fn alternatives(rule: &ClaimRule) -> Option<Vec<String>> {
    (!rule.required.is_empty()).then(|| rule.required.iter().map(|words| words.join(" ")).collect())
}
