//! Logins that browsers remember, and the cookies that they do it with.

use crate::config::User;
use crate::entropy::unguessable;
use crate::realm::Realm;
use bytes::Bytes;
use claimgate_policy::world::Entropy;
use cookie::time::Duration;
use cookie::{Cookie, SameSite};
use http::{HeaderMap, HeaderValue, Response, header};
use std::sync::Arc;

/// A login that counts for every client of the realm.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) user: Arc<User>,
    /// When the user typed the password.
    pub(crate) time: i64,
}

/// The session of a browser.
pub(crate) fn of<'a>(realm: &'a Realm, headers: &HeaderMap, now: i64) -> Option<&'a Session> {
    let name = session_cookie(realm);
    cookies(headers)
        .filter(|cookie| cookie.name() == name)
        .find_map(|cookie| realm.sessions.get(cookie.value(), now))
}

/// Begins a session; the answer carries its cookie.
pub(crate) fn begin(
    realm: &mut Realm,
    session: Session,
    reply: &mut Response<Bytes>,
    now: i64,
    entropy: &mut dyn Entropy,
) {
    let value = unguessable(entropy);
    realm.sessions.put(&value, session, now.saturating_add(LIFETIME), now);
    set(reply, Cookie::build((session_cookie(realm), value)));
}

/// Ends the sessions of a browser; the answer takes the cookie away.
pub(crate) fn end(realm: &mut Realm, headers: &HeaderMap, reply: &mut Response<Bytes>) {
    let name = session_cookie(realm);
    for cookie in cookies(headers).filter(|cookie| cookie.name() == name) {
        realm.sessions.remove(cookie.value());
    }
    set(reply, Cookie::build((name, "")).max_age(Duration::ZERO));
}

/// What tells this browser from others, so that nobody answers a page for somebody else.
pub(crate) fn browser(headers: &HeaderMap) -> Option<String> {
    cookies(headers).find(|cookie| cookie.name() == BROWSER).map(|cookie| cookie.value().to_owned())
}

/// Gives a browser what tells it from others.
pub(crate) fn mark(reply: &mut Response<Bytes>, value: String) {
    set(reply, Cookie::build((BROWSER, value)));
}

/// No `Secure`: this is served without TLS, on one machine.
fn set<'a>(reply: &mut Response<Bytes>, cookie: cookie::CookieBuilder<'a>) {
    let cookie = cookie.path("/").http_only(true).same_site(SameSite::Lax).build();
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        reply.headers_mut().append(header::SET_COOKIE, value);
    }
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = Cookie<'_>> {
    let values = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| Cookie::split_parse(value).filter_map(Result::ok))
}

/// Cookies know no ports: the name keeps realms apart, and everything else on this machine.
fn session_cookie(realm: &Realm) -> String {
    format!("claimgate_idp_{}", realm.config.name)
}

const BROWSER: &str = "claimgate_idp_browser";

/// Seconds: a working day.
const LIFETIME: i64 = 8 * 3_600;
