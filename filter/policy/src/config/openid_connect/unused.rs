//! Keys about something that is off: they do nothing, and whoever wrote them may have meant that it is on.

use crate::config::error::Report;
use crate::config::keys::OPENID_CONNECT;
use crate::config::node::Fields;
use crate::config::rules::{Methods, ProviderRules};
use alloc::format;

/// Warns of each, but for what a dump of Kong's says of everything.
pub(super) fn warn(config: &Fields<'_>, methods: &Methods, rules: &ProviderRules, report: &mut Report) {
    let is_client = rules.token.is_some() || rules.introspection.is_some();
    let looks = methods.client_credentials.is_some();
    let groups: [(bool, &[&str], &str); 8] = [
        (
            rules.token.is_some(),
            TOKEN,
            "auth_methods has neither client_credentials, password nor refresh_token",
        ),
        (rules.introspection.is_some(), INTROSPECTION, "auth_methods has no introspection"),
        (rules.userinfo.is_some(), USERINFO, "auth_methods has no userinfo, and search_user_info is not set"),
        (is_client, CLIENT, "no method that is on asks the token or the introspection endpoint"),
        (rules.is_asked(), &["verify_parameters"], "no method that is on asks the provider anything"),
        (looks, &["client_credentials_param_type"], "auth_methods has no client_credentials"),
        (methods.password.is_some(), &["password_param_type"], "auth_methods has no password"),
        (methods.refresh_token.is_some(), REFRESH_TOKEN, "auth_methods has no refresh_token"),
    ];
    for (_, names, reason) in groups.iter().filter(|(used, ..)| !used) {
        for name in names.iter().filter(|name| is_meant(config, name)) {
            report.warn(&config.path_of(name), format!("nothing uses it: {reason}"));
        }
    }
}

/// Whether it says something other than what holds anyway, here or in Kong.
fn is_meant(config: &Fields<'_>, name: &str) -> bool {
    let Some(node) = config.member(name).filter(|node| !node.is_empty()) else { return false };
    let ours =
        OPENID_CONNECT.iter().find(|key| key.name == name).is_some_and(|key| key.default.is(node.value));
    let texts = node.value.as_array().unwrap_or_default();
    let kongs = match name {
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
