//! How a person logs out.

use super::people::Known;
use super::{client, endpoints, extras, redirect};
use crate::config::Source;
use crate::config::error::Report;
use crate::config::node::{Fields, Node, every};
use crate::config::rules::{LogoutRules, ProviderRules, Revocation};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Everything is read, so that nothing wrong is accepted; kept if something ends a session.
#[allow(clippy::option_option, reason = "as for every key: an error is no value")]
pub(super) fn decode(
    config: &Fields<'_>,
    known: &Known<'_>,
    (source, provider): (Option<&Source>, Option<&ProviderRules>),
    report: &mut Report,
) -> Option<Option<LogoutRules>> {
    let by = how(config, report);
    let uri_suffix = text(config, "logout_uri_suffix", report);
    let query_arg = text(config, "logout_query_arg", report);
    let post_arg = text(config, "logout_post_arg", report);
    let redirect_uris = redirect::uris(config, "logout_redirect_uri", known.clients, report);
    let end_session_endpoint = endpoints::url(config, "end_session_endpoint", report);
    let revokes = config.flag("logout_revoke", false, report);
    let revocation = revocation(config, report);
    let rules = LogoutRules {
        methods: by?,
        uri_suffix: uri_suffix?,
        query_arg: query_arg?,
        post_arg: post_arg?,
        redirect_uris: redirect_uris?,
        end_session_endpoint: end_session_endpoint?,
        revocation: revocation.map(|revocation| revokes.then_some(revocation))?,
    };
    let triggered = rules.uri_suffix.is_some() || rules.query_arg.is_some() || rules.post_arg.is_some();
    if !triggered || !known.methods.session {
        return Some(None);
    }
    check(config, &rules, source?, provider?, report);
    Some(Some(rules))
}

fn check(
    config: &Fields<'_>,
    rules: &LogoutRules,
    source: &Source,
    provider: &ProviderRules,
    report: &mut Report,
) {
    if rules.post_arg.is_some() && !rules.methods.contains(&"POST") {
        let hint = "logout_post_arg is looked for in the body of a POST";
        report.error(&config.path_of(METHODS), "POST among others", "none", Some(hint.into()));
    }
    if rules.methods.contains(&"GET") {
        report.warn(&config.path_of(METHODS), GET);
    }
    if let Some(revocation) = &rules.revocation {
        endpoints::needs_one(config, "revocation_endpoint", revocation.url.as_ref(), source, report);
        let purpose = "a token is revoked for its client (RFC 7009 2.1)";
        client::check(config, &provider.clients, (purpose, revocation.auth), report);
    }
}

fn how(config: &Fields<'_>, report: &mut Report) -> Option<Vec<&'static str>> {
    let Some(node) = config.member(METHODS) else { return Some(Vec::from(["POST", "DELETE"])) };
    let items = node.items(report)?;
    if items.is_empty() {
        node.refuse("at least one of POST, DELETE and GET", report);
        return None;
    }
    let known = ["POST", "DELETE", "GET"].map(|method| (method, method));
    every(&items, |item| item.choice(&known, report))
}

/// The end of a path, or the name of an argument.
#[allow(clippy::option_option, reason = "as for every key: an error is no value")]
fn text(config: &Fields<'_>, name: &str, report: &mut Report) -> Option<Option<Box<str>>> {
    let Some(node) = config.member(name) else { return Some(None) };
    plain(&node, report).map(|text| Some(text.into()))
}

fn plain<'a>(node: &Node<'a>, report: &mut Report) -> Option<&'a str> {
    let text = node.text(report)?;
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#".contains(&byte));
    if plain && text.len() <= LONGEST {
        return Some(text);
    }
    node.refuse("1 to 128 visible characters of ASCII without ? and #", report);
    None
}

fn revocation(config: &Fields<'_>, report: &mut Report) -> Option<Revocation> {
    let url = endpoints::url(config, "revocation_endpoint", report);
    let auth = endpoints::auth(config, "revocation_endpoint_auth_method", report);
    let argument = match config.member("revocation_token_param_name") {
        Some(node) => extras::token_argument(&node, report),
        None => Some("token".into()),
    };
    let access_token = config.flag("logout_revoke_access_token", true, report);
    let refresh_token = config.flag("logout_revoke_refresh_token", true, report);
    Some(Revocation { url: url?, auth: auth?, argument: argument?, access_token, refresh_token })
}

const METHODS: &str = "logout_methods";

const GET: &str = "with GET a link or an image of any site can log people out: it is refused only where a browser says \
                   where a request comes from (Sec-Fetch-Site)";

const LONGEST: usize = 128;
