//! How sessions are kept, under Kong's keys: without the secret.

use crate::config::rules::{Method, SessionRules};
use crate::cookies::SameSite;
use alloc::vec::Vec;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct SessionView<'a> {
    session_storage: &'static str,
    session_cookie_name: &'a str,
    session_cookie_path: &'a str,
    session_cookie_domain: Option<&'a str>,
    session_cookie_same_site: &'static str,
    session_cookie_http_only: bool,
    session_cookie_secure: Option<bool>,
    session_audience: &'a str,
    session_absolute_timeout: i64,
    session_rolling_timeout: i64,
    session_idling_timeout: i64,
    disable_session: Vec<&'static str>,
    refresh_tokens: bool,
    unauthorized_destroy_session: bool,
    forbidden_destroy_session: bool,
}

impl<'a> SessionView<'a> {
    pub(super) fn new(rules: &'a SessionRules) -> Self {
        let SessionRules { cookie, timeouts, .. } = rules;
        let seconds = |timeout: Option<i64>| timeout.unwrap_or(0);
        Self {
            session_storage: "cookie",
            session_cookie_name: &cookie.name,
            session_cookie_path: &cookie.path,
            session_cookie_domain: cookie.domain.as_deref(),
            session_cookie_same_site: same_site(cookie.same_site),
            session_cookie_http_only: cookie.http_only,
            session_cookie_secure: cookie.secure,
            session_audience: &rules.audience,
            session_absolute_timeout: seconds(timeouts.absolute),
            session_rolling_timeout: seconds(timeouts.rolling),
            session_idling_timeout: seconds(timeouts.idling),
            disable_session: rules.disabled.iter().map(|method| Method::name(*method)).collect(),
            refresh_tokens: rules.refreshes,
            unauthorized_destroy_session: rules.ends_at_unauthorized,
            forbidden_destroy_session: rules.ends_at_forbidden,
        }
    }
}

/// As it is written.
pub(super) const fn same_site(value: SameSite) -> &'static str {
    match value {
        SameSite::Strict => "Strict",
        SameSite::Lax => "Lax",
        SameSite::None => "None",
        SameSite::Default => "Default",
    }
}
