//! Keys about something that is off: they do nothing, and whoever wrote them may have meant that it is on.

use super::people::People;
use crate::config::error::Report;
use crate::config::keys::OPENID_CONNECT;
use crate::config::node::Fields;
use crate::config::rules::{LoginAction, Methods, ProviderRules};
use alloc::format;

/// Warns of each, but for what a dump of Kong's says of everything.
pub(super) fn warn(
    config: &Fields<'_>,
    methods: &Methods,
    rules: &ProviderRules,
    people: &People,
    report: &mut Report,
) {
    let looks = methods.client_credentials.is_some();
    let revokes = people.logout.as_ref().is_some_and(|rules| rules.revocation.is_some());
    let is_client = rules.token.is_some() || rules.introspection.is_some() || people.logout.is_some();
    let groups: [(bool, &'static [&'static str], &'static str); 8] = [
        (
            rules.token.is_some(),
            TOKEN,
            "auth_methods has neither client_credentials, password, refresh_token nor authorization_code",
        ),
        (rules.introspection.is_some(), INTROSPECTION, "auth_methods has no introspection"),
        (rules.userinfo.is_some(), USERINFO, "auth_methods has no userinfo, and search_user_info is not set"),
        (is_client, CLIENT, "no method that is on asks the token or the introspection endpoint"),
        (
            rules.is_asked() || revokes,
            &["verify_parameters"],
            "no method that is on asks the provider anything",
        ),
        (looks, &["client_credentials_param_type"], "auth_methods has no client_credentials"),
        (methods.password.is_some(), &["password_param_type"], "auth_methods has no password"),
        (methods.refresh_token.is_some(), REFRESH_TOKEN, "auth_methods has no refresh_token"),
    ];
    let groups = groups.into_iter().chain(about_people(methods, people));
    for (_, names, reason) in groups.filter(|(used, ..)| !used) {
        for name in names.iter().filter(|name| is_meant(config, name)) {
            report.warn(&config.path_of(name), format!("nothing uses it: {reason}"));
        }
    }
}

/// Those about sessions, logins and logouts.
fn about_people(
    methods: &Methods,
    People { login, logout, .. }: &People,
) -> [(bool, &'static [&'static str], &'static str); 7] {
    let action = login.as_ref().map(|rules| &rules.action);
    let redirects = matches!(action, Some(LoginAction::Redirect { .. }));
    let hands_out = redirects || matches!(action, Some(LoginAction::Respond(_)));
    let revokes = logout.as_ref().is_some_and(|rules| rules.revocation.is_some());
    let without_logout = match methods.session {
        true => "none of logout_uri_suffix, logout_query_arg and logout_post_arg is set",
        false => WITHOUT_SESSION,
    };
    let sealed = methods.session || methods.authorization_code;
    [
        (sealed, &["session_secret"], "auth_methods has neither session nor authorization_code"),
        (methods.session, SESSION, WITHOUT_SESSION),
        (methods.authorization_code, LOGIN, "auth_methods has no authorization_code"),
        (redirects, &["login_redirect_mode", "login_redirect_uri"], "no login redirects (login_action)"),
        (hands_out, &["login_tokens"], "no login hands out tokens (login_action)"),
        (logout.is_some(), LOGOUT, without_logout),
        (revokes, REVOCATION, "no logout revokes tokens (logout_revoke)"),
    ]
}

/// Whether it says something other than what holds anyway, here or in Kong.
fn is_meant(config: &Fields<'_>, name: &str) -> bool {
    let Some(node) = config.member(name).filter(|node| !node.is_empty()) else { return false };
    let ours =
        OPENID_CONNECT.iter().find(|key| key.name == name).is_some_and(|key| key.default.is(node.value));
    let texts = node.value.as_array().unwrap_or_default();
    let kongs = match name {
        "authorization_cookie_same_site" => node.value.as_str() == Some("Default"),
        "scopes" => texts.iter().all(|scope| scope.as_str() == Some("openid")) && !texts.is_empty(),
        _ => name.ends_with("_param_type") && texts.len() == 3,
    };
    // One that is the key of enable_hs_signatures is used by that.
    let hmac = name == "client_secret"
        && config.member("enable_hs_signatures").and_then(|node| node.value.as_bool()) == Some(true);
    !ours && !kongs && !hmac
}

const TOKEN: &[&str] = &[
    "cache_tokens",
    "scopes",
    "token_endpoint",
    "token_endpoint_auth_method",
    "token_headers_client",
    "token_headers_names",
    "token_post_args_client",
    "token_post_args_names",
];

const INTROSPECTION: &[&str] = &[
    "cache_introspection",
    "introspection_check_active",
    "introspection_endpoint",
    "introspection_endpoint_auth_method",
    "introspection_headers_client",
    "introspection_headers_names",
    "introspection_hint",
    "introspection_post_args_client",
    "introspection_post_args_client_headers",
    "introspection_post_args_names",
    "introspection_token_param_name",
];

const USERINFO: &[&str] = &[
    "cache_user_info",
    "userinfo_endpoint",
    "userinfo_headers_client",
    "userinfo_headers_names",
    "userinfo_query_args_client",
    "userinfo_query_args_names",
];

const CLIENT: &[&str] = &[
    "client_alg",
    "client_arg",
    "client_auth",
    "client_id",
    "client_jwk",
    "client_secret",
    "client_secret_expires_at",
];

const REFRESH_TOKEN: &[&str] = &["refresh_token_param_name", "refresh_token_param_type"];

const WITHOUT_SESSION: &str = "auth_methods has no session";

const SESSION: &[&str] = &[
    "disable_session",
    "forbidden_destroy_session",
    "refresh_tokens",
    "session_absolute_timeout",
    "session_audience",
    "session_cookie_domain",
    "session_cookie_http_only",
    "session_cookie_httponly",
    "session_cookie_idletime",
    "session_cookie_lifetime",
    "session_cookie_name",
    "session_cookie_path",
    "session_cookie_same_site",
    "session_cookie_samesite",
    "session_cookie_secure",
    "session_idling_timeout",
    "session_rolling_timeout",
    "unauthorized_destroy_session",
];

const LOGIN: &[&str] = &[
    "audience",
    "authorization_cookie_domain",
    "authorization_cookie_http_only",
    "authorization_cookie_httponly",
    "authorization_cookie_lifetime",
    "authorization_cookie_name",
    "authorization_cookie_path",
    "authorization_cookie_same_site",
    "authorization_cookie_samesite",
    "authorization_cookie_secure",
    "authorization_endpoint",
    "authorization_query_args_client",
    "authorization_query_args_names",
    "authorization_rolling_timeout",
    "login_action",
    "login_navigations_only",
    "preserve_query_args",
    "redirect_uri",
    "response_mode",
];

const LOGOUT: &[&str] = &[
    "end_session_endpoint",
    "logout_methods",
    "logout_post_arg",
    "logout_query_arg",
    "logout_redirect_uri",
    "logout_revoke",
    "logout_uri_suffix",
];

const REVOCATION: &[&str] = &[
    "logout_revoke_access_token",
    "logout_revoke_refresh_token",
    "revocation_endpoint",
    "revocation_endpoint_auth_method",
    "revocation_token_param_name",
];
