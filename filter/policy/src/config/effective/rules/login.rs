//! How a person logs in and out, under Kong's keys: without the secret.

use super::provider::{arguments, written};
use super::session::same_site;
use crate::config::rules::{LoginAction, LoginRules, LoginToken, LogoutRules, Revocation};
use crate::provider::ClientAuth;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;

#[derive(Serialize)]
#[allow(clippy::struct_excessive_bools, reason = "Kong's keys, each independent")]
pub(super) struct LoginView<'a> {
    authorization_cookie_name: &'a str,
    authorization_cookie_path: &'a str,
    authorization_cookie_domain: Option<&'a str>,
    authorization_cookie_same_site: &'static str,
    authorization_cookie_http_only: bool,
    authorization_cookie_secure: Option<bool>,
    authorization_rolling_timeout: i64,
    authorization_endpoint: Option<String>,
    redirect_uri: Vec<String>,
    response_mode: &'static str,
    audience: &'a [Box<str>],
    authorization_query_args_names: Vec<&'a str>,
    authorization_query_args_client: &'a [Box<str>],
    #[serde(flatten)]
    action: ActionView<'a>,
    preserve_query_args: bool,
    login_navigations_only: bool,
}

#[derive(Serialize)]
#[allow(clippy::struct_field_names, reason = "Kong's keys")]
struct ActionView<'a> {
    login_action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    login_tokens: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    login_redirect_uri: Option<&'a [Box<str>]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    login_redirect_mode: Option<&'static str>,
}

#[derive(Serialize)]
pub(super) struct LogoutView<'a> {
    logout_methods: &'a [&'static str],
    logout_uri_suffix: Option<&'a str>,
    logout_query_arg: Option<&'a str>,
    logout_post_arg: Option<&'a str>,
    logout_redirect_uri: &'a [Box<str>],
    end_session_endpoint: Option<String>,
    logout_revoke: bool,
    #[serde(flatten)]
    revocation: Option<RevocationView<'a>>,
}

#[derive(Serialize)]
struct RevocationView<'a> {
    revocation_endpoint: Option<String>,
    revocation_endpoint_auth_method: Option<&'static str>,
    revocation_token_param_name: &'a str,
    logout_revoke_access_token: bool,
    logout_revoke_refresh_token: bool,
}

impl<'a> LoginView<'a> {
    pub(super) fn new(rules: &'a LoginRules) -> Self {
        let cookie = &rules.cookies.rules;
        Self {
            authorization_cookie_name: &cookie.name,
            authorization_cookie_path: &cookie.path,
            authorization_cookie_domain: cookie.domain.as_deref(),
            authorization_cookie_same_site: same_site(cookie.same_site),
            authorization_cookie_http_only: cookie.http_only,
            authorization_cookie_secure: cookie.secure,
            authorization_rolling_timeout: rules.lifetime,
            authorization_endpoint: written(rules.authorization_endpoint.as_ref()),
            redirect_uri: rules.redirect_uris.iter().map(ToString::to_string).collect(),
            response_mode: rules.response_mode.name(),
            audience: &rules.audience,
            authorization_query_args_names: arguments(&rules.extras),
            authorization_query_args_client: &rules.extras.client_arguments,
            action: ActionView::new(&rules.action),
            preserve_query_args: rules.preserve_query_args,
            login_navigations_only: rules.navigations_only,
        }
    }
}

impl<'a> ActionView<'a> {
    fn new(action: &'a LoginAction) -> Self {
        let names = |tokens: &[LoginToken]| Some(tokens.iter().map(|token| token.name()).collect());
        let (login_action, login_tokens) = match action {
            LoginAction::Return => ("upstream", None),
            LoginAction::Redirect { tokens, .. } => ("redirect", names(tokens)),
            LoginAction::Respond(tokens) => ("response", names(tokens)),
        };
        let (to, mode) = match action {
            LoginAction::Redirect { to, in_fragment, .. } => {
                (Some(to.as_slice()), Some(if *in_fragment { "fragment" } else { "query" }))
            }
            LoginAction::Return | LoginAction::Respond(_) => (None, None),
        };
        Self { login_action, login_tokens, login_redirect_uri: to, login_redirect_mode: mode }
    }
}

impl<'a> LogoutView<'a> {
    pub(super) fn new(rules: &'a LogoutRules) -> Self {
        Self {
            logout_methods: &rules.methods,
            logout_uri_suffix: rules.uri_suffix.as_deref(),
            logout_query_arg: rules.query_arg.as_deref(),
            logout_post_arg: rules.post_arg.as_deref(),
            logout_redirect_uri: &rules.redirect_uris,
            end_session_endpoint: written(rules.end_session_endpoint.as_ref()),
            logout_revoke: rules.revocation.is_some(),
            revocation: rules.revocation.as_ref().map(RevocationView::new),
        }
    }
}

impl<'a> RevocationView<'a> {
    fn new(rules: &'a Revocation) -> Self {
        Self {
            revocation_endpoint: written(rules.url.as_ref()),
            revocation_endpoint_auth_method: rules.auth.map(ClientAuth::name),
            revocation_token_param_name: &rules.argument,
            logout_revoke_access_token: rules.access_token,
            logout_revoke_refresh_token: rules.refresh_token,
        }
    }
}
