//! The endpoints of an identity provider, and what is sent to each.

use super::{client, extras, finds_endpoints, text_or};
use crate::config::error::{Report, quoted};
use crate::config::node::{Fields, Node, every};
use crate::config::rules::{
    ClientRules, IntrospectionEndpoint, Methods, ProviderRules, TokenEndpoint, UserInfoEndpoint,
};
use crate::config::{Source, texts};
use crate::provider::{CacheRules, ClientAuth, Url};
use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;

/// Everything is read, so that nothing wrong is accepted; only what `methods` and flags use is kept.
pub(super) fn decode(
    config: &Fields<'_>,
    source: Option<&Source>,
    methods: Option<&Methods>,
    report: &mut Report,
) -> Option<ProviderRules> {
    let clients = client::decode(config, report);
    let token = token(config, clients.as_ref(), report);
    let introspection = introspection(config, report);
    let userinfo = userinfo(config, report);
    let cache = cache(config, report);
    let timeout_ms = match config.member("timeout") {
        Some(node) => node.whole(" of milliseconds", 1, LONGEST_TIMEOUT, report),
        None => Some(TIMEOUT),
    };
    let verifies_parameters = config.flag("verify_parameters", false, report);
    let (clients, methods, source) = (clients?, methods?, source?);
    let rules = ProviderRules {
        clients,
        token: token.map(|token| methods.asks_for_tokens().then_some(token))?,
        introspection: introspection.map(|one| (methods.introspection || one.of_jwts).then_some(one))?,
        userinfo: userinfo.map(|one| (methods.userinfo || one.searched).then_some(one))?,
        cache: cache?,
        timeout_ms: timeout_ms.and_then(|milliseconds| u32::try_from(milliseconds).ok())?,
        verifies_parameters,
    };
    needs(config, source, methods, &rules, report);
    Some(rules)
}

/// What the methods that are on cannot do without.
fn needs(
    config: &Fields<'_>,
    source: &Source,
    methods: &Methods,
    rules: &ProviderRules,
    report: &mut Report,
) {
    if rules.verifies_parameters && rules.is_asked() && !finds_endpoints(source) {
        let hint = "it compares with the discovery document, and this source has none that is asked for";
        report.error(&config.path_of("verify_parameters"), "false", "true", Some(hint.into()));
    }
    let missing = |name: &str, url: &Option<Url>, report: &mut Report| {
        needs_one(config, name, url.as_ref(), source, report);
    };
    if let Some(token) = &rules.token {
        missing("token_endpoint", &token.url, report);
        if methods.asks_as_its_own_client() {
            let purpose = match methods.authorization_code {
                true => "people log in for the gateway's own client",
                false => "the gateway asks with callers' passwords and refresh tokens",
            };
            client::check(config, &rules.clients, (purpose, token.auth), report);
        }
    }
    if let Some(introspection) = &rules.introspection {
        missing("introspection_endpoint", &introspection.url, report);
        let purpose = "an introspection endpoint answers to its clients alone (RFC 7662 2.1)";
        client::check(config, &rules.clients, (purpose, introspection.auth), report);
    }
    if let Some(userinfo) = &rules.userinfo {
        missing("userinfo_endpoint", &userinfo.url, report);
    }
}

/// Refuses an endpoint that is neither written nor discovered.
pub(super) fn needs_one(
    config: &Fields<'_>,
    name: &str,
    url: Option<&Url>,
    source: &Source,
    report: &mut Report,
) {
    if url.is_none() && !finds_endpoints(source) {
        let hint = "what is on needs it, and this source says nothing of its endpoints";
        report.error(&config.path_of(name), "the URL of the endpoint", "nothing", Some(hint.into()));
    }
}

fn token(config: &Fields<'_>, clients: Option<&ClientRules>, report: &mut Report) -> Option<TokenEndpoint> {
    let url = url(config, "token_endpoint", report);
    let auth = auth(config, "token_endpoint_auth_method", report);
    let scopes = scopes(config, report);
    let extras = extras::decode(config, &extras::TOKEN, report);
    // The scopes are always part of what an answer is found by.
    config.flag("token_cache_key_include_scope", false, report);
    let keeps = config.flag("cache_tokens", true, report);
    let auth = auth?;
    let first = clients.and_then(|clients| clients.clients.first()).map(|own| own.auth);
    let callers_auth = auth.or(first).filter(|auth| auth.takes_secret()).unwrap_or(ClientAuth::Basic);
    Some(TokenEndpoint { url: url?, auth, callers_auth, scopes: scopes?, extras: extras?, keeps })
}

fn introspection(config: &Fields<'_>, report: &mut Report) -> Option<IntrospectionEndpoint> {
    let url = url(config, "introspection_endpoint", report);
    let auth = auth(config, "introspection_endpoint_auth_method", report);
    let hint = text_or(config, "introspection_hint", "access_token", report);
    let argument = match config.member("introspection_token_param_name") {
        Some(node) => extras::token_argument(&node, report),
        None => Some("token".into()),
    };
    let accept = json_alone(config, "introspection_accept", report);
    let check_active = config.flag("introspection_check_active", true, report);
    let of_jwts = config.flag("introspect_jwt_tokens", false, report);
    let extras = extras::decode(config, &extras::INTROSPECTION, report);
    let keeps = config.flag("cache_introspection", true, report);
    accept?;
    Some(IntrospectionEndpoint {
        url: url?,
        auth: auth?,
        hint: hint?,
        argument: argument?,
        check_active,
        of_jwts,
        extras: extras?,
        keeps,
    })
}

fn userinfo(config: &Fields<'_>, report: &mut Report) -> Option<UserInfoEndpoint> {
    let url = url(config, "userinfo_endpoint", report);
    let accept = json_alone(config, "userinfo_accept", report);
    let searched = config.flag("search_user_info", false, report);
    let extras = extras::decode(config, &extras::USERINFO, report);
    let keeps = config.flag("cache_user_info", true, report);
    accept?;
    Some(UserInfoEndpoint { url: url?, searched, extras: extras?, keeps })
}

fn cache(config: &Fields<'_>, report: &mut Report) -> Option<CacheRules> {
    let ttl = seconds(config, "cache_ttl", report);
    let least = seconds(config, "cache_ttl_min", report);
    let most = seconds(config, "cache_ttl_max", report);
    let refusals = seconds(config, "cache_ttl_neg", report);
    let rules = CacheRules { ttl: ttl?.unwrap_or(TTL), least: least?, most: most?, refusals: refusals? };
    if let (Some(least), Some(most)) = (rules.least, rules.most)
        && least > most
    {
        let expected = alloc::format!("at most cache_ttl_max: {most}");
        report.error(&config.path_of("cache_ttl_min"), expected, least.to_string(), None);
    }
    Some(rules)
}

#[allow(clippy::option_option, reason = "as for every key: an error is no value")]
fn seconds(config: &Fields<'_>, name: &str, report: &mut Report) -> Option<Option<i64>> {
    match config.member(name) {
        Some(node) => node.whole(" of seconds", 0, LONGEST_TTL, report).map(Some),
        None => Some(None),
    }
}

/// The outer `None` is an error.
#[allow(clippy::option_option, reason = "as for every key: an error is no value")]
pub(super) fn url(config: &Fields<'_>, name: &str, report: &mut Report) -> Option<Option<Url>> {
    let Some(node) = config.member(name) else { return Some(None) };
    let written = node.text(report)?;
    let hint = match Url::parse(written) {
        Ok(url) if url.is_https() || url.is_loopback() => return Some(Some(url)),
        Ok(_) => "credentials are sent there, and anyone on the way could read them".into(),
        Err(error) => error.to_string(),
    };
    // What is written may hold a password.
    report.error(
        &node.path,
        "an https URL, or an http one of this machine",
        "another text",
        Some(hint.into()),
    );
    None
}

#[allow(clippy::option_option, reason = "as for every key: an error is no value")]
pub(super) fn auth(config: &Fields<'_>, name: &str, report: &mut Report) -> Option<Option<ClientAuth>> {
    match config.member(name) {
        Some(node) => client::auth(&node, report).map(Some),
        None => Some(None),
    }
}

/// Scopes go out in one text with spaces between them (RFC 6749 3.3). Kong takes several in one item.
#[allow(clippy::option_option, reason = "as for every key: an error is no value")]
fn scopes(config: &Fields<'_>, report: &mut Report) -> Option<Option<Vec<Box<str>>>> {
    let Some(node) = config.member("scopes") else { return Some(None) };
    let written = every(&node.items(report)?, |item| scope(item, report))?;
    let words = written.iter().flat_map(|scopes| scopes.split(' ')).filter(|scope| !scope.is_empty());
    Some(Some(words.map(Box::from).collect()))
}

fn scope<'a>(node: &Node<'a>, report: &mut Report) -> Option<&'a str> {
    let text = texts::value(node, report)?;
    let plain = text.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'"' && byte != b'\\');
    if !plain {
        report.error(&node.path, "a scope in visible ASCII (RFC 6749 3.3)", quoted(text), None);
    }
    plain.then_some(text)
}

fn json_alone(config: &Fields<'_>, name: &str, report: &mut Report) -> Option<()> {
    let Some(node) = config.member(name) else { return Some(()) };
    if node.value.as_str() == Some("application/json") {
        return Some(());
    }
    let hint = "an answer that is a JWT is not read: who answers is known by TLS";
    let found = crate::config::error::describe(node.value);
    report.error(&node.path, "application/json", found, Some(hint.into()));
    None
}

/// Kong's `cache_ttl`.
const TTL: i64 = 3_600;

/// A year.
const LONGEST_TTL: i64 = 31_536_000;

/// Kong's `timeout`, milliseconds.
const TIMEOUT: i64 = 10_000;
const LONGEST_TIMEOUT: i64 = 60_000;
