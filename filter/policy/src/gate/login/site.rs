//! Where a person is, as the browser sees it, and where a login leads back to: always the same site, so that nobody is
//! sent elsewhere by a link that somebody else made.

use crate::config::{LoginRules, OpenIdConnect};
use crate::denial::Denial;
use crate::gate::questions::misconfigured;
use crate::gate::{Case, Stop};
use crate::provider::Url;
use crate::request::RequestHead;
use alloc::format;
use alloc::string::String;

/// Scheme and authority. Those of the redirect URI where it is on the same host: some engines take the port out of the
/// request, and know not that TLS ended before them. Where it is on another host, the cookies must be that one's as well:
/// otherwise no login would end.
pub(super) fn of(
    case: Case<'_>,
    redirect_uri: Option<&Url>,
    login: &LoginRules,
    rules: &OpenIdConnect,
) -> Result<String, Stop> {
    let head = case.head;
    let authority = core::str::from_utf8(head.authority).ok().filter(|text| is_plain(text));
    let host = core::str::from_utf8(head.host()).ok();
    let (Some(authority), Some(host)) = (authority, host) else {
        return Err(Denial::AmbiguousHost.into());
    };
    let of_request = |https| format!("{}://{authority}", if https { "https" } else { "http" });
    let Some(uri) = redirect_uri else { return Ok(of_request(head.https)) };
    if uri.host().eq_ignore_ascii_case(host) {
        return Ok(uri.origin());
    }
    let domains =
        [Some(&login.cookies.rules.domain), rules.session.as_ref().map(|session| &session.cookie.domain)];
    let shared = |domain: &str| covers(domain, host) && covers(domain, uri.host());
    if domains.into_iter().flatten().all(|domain| domain.as_deref().is_some_and(shared)) {
        return Ok(of_request(head.https || uri.is_https()));
    }
    let why = format!(
        "it is on host {}, the request on {host}, and the login's and the session's cookies have no domain with both",
        uri.host()
    );
    Err(misconfigured(&rules.source, "redirect_uri", &why).into())
}

/// The path of the request, as far as it can stand in a `Location`.
pub(super) fn path<'a>(head: &RequestHead<'a>) -> &'a str {
    let path = core::str::from_utf8(head.path()).ok();
    path.filter(|path| path.len() <= LONGEST && is_visible(path)).unwrap_or("/")
}

/// Where a login leads back to.
pub(super) fn target(site: &str, head: &RequestHead<'_>, with_query: bool) -> String {
    let query = head.query().filter(|_| with_query).and_then(|query| core::str::from_utf8(query).ok());
    let query = query.filter(|query| query.len() <= LONGEST && is_visible(query));
    match query {
        Some(query) => format!("{site}{}?{query}", path(head)),
        None => format!("{site}{}", path(head)),
    }
}

/// Whether cookies of this domain are sent to the host (RFC 6265 5.1.3).
fn covers(domain: &str, host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let domain = domain.to_ascii_lowercase();
    host == domain || host.strip_suffix(&domain).is_some_and(|rest| rest.ends_with('.'))
}

fn is_plain(authority: &str) -> bool {
    !authority.is_empty()
        && authority.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte))
}

fn is_visible(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Bytes of a path and of a query to which a login leads back: a cookie holds them.
const LONGEST: usize = 1_024;
