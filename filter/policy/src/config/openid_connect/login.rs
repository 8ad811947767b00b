//! How a person logs in.

use super::people::Known;
use super::redirect::{self, per_client};
use super::{cookies, endpoints, extras, older};
use crate::config::error::{Report, quoted};
use crate::config::node::{Fields, Node, every};
use crate::config::rules::{LoginAction, LoginRules, LoginToken, ResponseMode};
use crate::config::{Source, texts};
use crate::cookies::{CookieFamily, CookieRules, SameSite};
use crate::provider::{Url, UrlError};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

/// Everything is read, so that nothing wrong is accepted; kept if people log in.
#[allow(clippy::option_option, reason = "as for every key: an error is no value")]
pub(super) fn decode(
    config: &Fields<'_>,
    known: &Known<'_>,
    source: Option<&Source>,
    redirect_uris: Option<&[Url]>,
    report: &mut Report,
) -> Option<Option<LoginRules>> {
    let response_mode = response_mode(config, report);
    let cookie = cookie(config, response_mode, known.over_https, report);
    let lifetime =
        older::either(config, ("authorization_rolling_timeout", "authorization_cookie_lifetime"), report)
            .map_or(Some(LIFETIME), |node| node.whole(" of seconds", 1, LONGEST_LIFETIME, report));
    let endpoint = endpoints::url(config, "authorization_endpoint", report);
    let audience = every(config.items("audience", report), |node| texts::value(&node, report).map(Box::from));
    let extras = extras::decode(config, &extras::AUTHORIZATION, report);
    let action = action(config, known, report);
    let preserve_query_args = config.flag("preserve_query_args", false, report);
    let navigations_only = config.flag("login_navigations_only", false, report);
    let (response_mode, cookie, lifetime, endpoint) = (response_mode?, cookie?, lifetime?, endpoint?);
    let (audience, extras, action) = (audience?, extras?, action?);
    if !known.methods.authorization_code {
        return Some(None);
    }
    endpoints::needs_one(config, "authorization_endpoint", endpoint.as_ref(), source?, report);
    check_cookie(config, &cookie, response_mode, report);
    Some(Some(LoginRules {
        keys: known.keys("login")?,
        cookies: CookieFamily { rules: cookie },
        lifetime,
        authorization_endpoint: endpoint,
        redirect_uris: redirect_uris?.into(),
        response_mode,
        audience,
        extras,
        action,
        preserve_query_args,
        navigations_only,
    }))
}

/// Where the provider sends people back to. `used`: whether people log in.
pub(super) fn redirect_uris(
    config: &Fields<'_>,
    clients: Option<usize>,
    used: bool,
    report: &mut Report,
) -> Option<Vec<Url>> {
    per_client(config, "redirect_uri", clients, report, |node, report| redirect_uri(node, used, report))
}

fn redirect_uri(node: &Node<'_>, used: bool, report: &mut Report) -> Option<Url> {
    let written = node.text(report)?;
    let url = match Url::parse(written) {
        Ok(url) => url,
        Err(error) => return refuse_uri(node, error, report),
    };
    if url.target().contains('?') {
        return refuse_uri(node, UrlError::Target, report);
    }
    // Providers compare byte for byte (RFC 9700 2.1).
    if url.to_string() != written {
        let hint =
            format!("providers compare it byte for byte; register and write {}", quoted(&url.to_string()));
        report.error(&node.path, "a URL in its plain form", quoted(written), Some(hint.into()));
        return None;
    }
    if used && !url.is_https() && !url.is_loopback() {
        report.warn(&node.path, PLAIN_HTTP);
    }
    Some(url)
}

/// What is written may hold a password.
fn refuse_uri<T>(node: &Node<'_>, error: UrlError, report: &mut Report) -> Option<T> {
    let expected = "an absolute URL without user, query and fragment";
    report.error(&node.path, expected, "another text", Some(error.to_string().into()));
    None
}

fn response_mode(config: &Fields<'_>, report: &mut Report) -> Option<ResponseMode> {
    let Some(node) = config.member("response_mode") else { return Some(ResponseMode::Query) };
    if let Some(mode @ ("query.jwt" | "form_post.jwt" | "fragment" | "fragment.jwt" | "jwt")) =
        node.value.as_str()
    {
        let hint = "not supported: a fragment reaches no gateway, and an answer that is a JWT is not read";
        report.error(&node.path, "query or form_post", quoted(mode), Some(hint.into()));
        return None;
    }
    node.choice(&[ResponseMode::Query, ResponseMode::FormPost].map(|mode| (mode.name(), mode)), report)
}

/// With `form_post` the answer is a `POST` from the provider's site, which brings cookies of `SameSite=None` alone.
fn cookie(
    config: &Fields<'_>,
    mode: Option<ResponseMode>,
    over_https: bool,
    report: &mut Report,
) -> Option<CookieRules> {
    let same_site = |secure: Option<bool>| match (mode, secure) {
        (Some(ResponseMode::FormPost), Some(true)) => SameSite::None,
        (Some(ResponseMode::FormPost), _) => SameSite::Default,
        _ => SameSite::Lax,
    };
    cookies::decode(config, &COOKIE, over_https, same_site, report)
}

fn check_cookie(config: &Fields<'_>, cookie: &CookieRules, mode: ResponseMode, report: &mut Report) {
    let found = match cookie.same_site {
        SameSite::Lax => "Lax",
        SameSite::Strict => "Strict",
        SameSite::None | SameSite::Default => return,
    };
    if mode == ResponseMode::FormPost {
        let hint = "response_mode form_post has the provider's page send a POST from its own site, and it would come \
                    without the cookie";
        report.error(
            &config.path_of(COOKIE.same_site.0),
            "None or no value",
            quoted(found),
            Some(hint.into()),
        );
    }
}

fn action(config: &Fields<'_>, known: &Known<'_>, report: &mut Report) -> Option<LoginAction> {
    let to = redirect::uris(config, "login_redirect_uri", known.clients, report);
    let tokens = tokens(config, report);
    let in_fragment = config
        .member("login_redirect_mode")
        .map_or(Some(true), |node| node.choice(&[("fragment", true), ("query", false)], report));
    let action = config.member("login_action").map_or(Some("upstream"), |node| {
        node.choice(&["upstream", "redirect", "response"].map(|name| (name, name)), report)
    });
    let (to, tokens, in_fragment, action) = (to?, tokens?, in_fragment?, action?);
    if action == "redirect" && known.methods.authorization_code {
        let in_query = !in_fragment && !tokens.is_empty() && !to.is_empty();
        let nowhere = to.is_empty().then_some(("login_action", NOWHERE));
        let warning = nowhere.or_else(|| in_query.then_some(("login_redirect_mode", TOKENS_IN_QUERY)));
        if let Some((name, message)) = warning {
            report.warn(&config.path_of(name), message);
        }
    }
    Some(match action {
        "redirect" if !to.is_empty() => LoginAction::Redirect { to, tokens, in_fragment },
        "response" => LoginAction::Respond(tokens),
        _ => LoginAction::Return,
    })
}

fn tokens(config: &Fields<'_>, report: &mut Report) -> Option<Vec<LoginToken>> {
    let Some(node) = config.member("login_tokens") else { return Some(Vec::from([LoginToken::Id])) };
    every(&node.items(report)?, |item| {
        if let Some(answer @ ("introspection" | "tokens")) = item.value.as_str() {
            let hint = "not supported: what a provider's answer holds besides is the gateway's own";
            let expected = "access_token, id_token or refresh_token";
            report.error(&item.path, expected, quoted(answer), Some(hint.into()));
            return None;
        }
        item.choice(&TOKENS.map(|token| (token.name(), token)), report)
    })
}

pub(super) const COOKIE: cookies::Keys = cookies::Keys {
    name: "authorization_cookie_name",
    path: "authorization_cookie_path",
    domain: "authorization_cookie_domain",
    same_site: ("authorization_cookie_same_site", "authorization_cookie_samesite"),
    http_only: ("authorization_cookie_http_only", "authorization_cookie_httponly"),
    secure: "authorization_cookie_secure",
    called: "authorization",
};

const TOKENS: [LoginToken; 3] = [LoginToken::Access, LoginToken::Id, LoginToken::Refresh];

const PLAIN_HTTP: &str = "codes and cookies can be read on the way: http to another machine";
const NOWHERE: &str = "people return to what they asked for: redirect without login_redirect_uri";
const TOKENS_IN_QUERY: &str =
    "tokens stand in addresses, which browsers and servers keep and hand on; use fragment";

/// Kong's `authorization_rolling_timeout`.
const LIFETIME: i64 = 600;
const LONGEST_LIFETIME: i64 = 3_600;
