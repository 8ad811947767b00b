//! What logins and logouts take for granted of the document and of its engine.

use crate::capabilities::EngineChoice;
use crate::config::error::{Report, quoted};
use crate::config::rules::{LoginRules, ResponseMode};
use crate::config::{OpenIdConnect, Service};
use crate::provider::Url;
use alloc::format;
use alloc::string::ToString;

/// Keys of a strategy that have bodies read.
pub(super) fn keys_about_bodies(strategy: &OpenIdConnect) -> impl Iterator<Item = &'static str> {
    let posts = |login: &LoginRules| login.response_mode == ResponseMode::FormPost;
    let login = strategy.login.as_ref().is_some_and(posts).then_some("response_mode");
    let logout = strategy.logout.as_ref().is_some_and(|rules| rules.post_arg.is_some());
    login.into_iter().chain(logout.then_some("logout_post_arg"))
}

/// Kong's engine shows no body before the request is forwarded.
pub(super) fn bodies(service: &Service, strategy: &OpenIdConnect, engine: EngineChoice, report: &mut Report) {
    for key in keys_about_bodies(strategy) {
        let path = format!("services: {}: openid-connect.{key}", service.name);
        match engine {
            EngineChoice::Nginx => {
                let expected = "nothing that is in a body, with engine nginx";
                let hint = "Kong's engine shows a filter no body before it forwards the request";
                report.error(&path, expected, "a key that has bodies read", Some(hint.into()));
            }
            EngineChoice::Auto => report.warn(&path, NO_BODIES),
            EngineChoice::Envoy | EngineChoice::Claimgate => {}
        }
    }
}

/// The provider sends people to a place that must lead to this filter.
pub(super) fn redirect_uris(
    service: &Service,
    strategy: &OpenIdConnect,
    (services, engine): (&[Service], EngineChoice),
    report: &mut Report,
) {
    let runs_on_routes_alone = matches!(engine, EngineChoice::Nginx | EngineChoice::Auto);
    let Some(login) = strategy.login.as_ref().filter(|_| runs_on_routes_alone) else { return };
    let method = match login.response_mode {
        ResponseMode::Query => "GET",
        ResponseMode::FormPost => "POST",
    };
    for uri in login.redirect_uris.iter().filter(|uri| !is_taken(uri, method, services)) {
        let path = format!("services: {}: openid-connect.redirect_uri", service.name);
        let message = format!(
            "no route takes {}: on Kong a route must lead there, for its filters run on routes alone; Envoy and this \
             project's gateway run them on every request",
            quoted(&uri.to_string())
        );
        report.warn(&path, message);
    }
}

/// Whether a route of the document takes requests of this URL; a service without routes takes all.
fn is_taken(uri: &Url, method: &str, services: &[Service]) -> bool {
    services.iter().any(|service| {
        service.routes.is_empty()
            || service.routes.iter().any(|route| route.takes(method, uri.host(), uri.target()))
    })
}

const NO_BODIES: &str = "Kong's engine shows a filter no body before it forwards the request: this works in Envoy and \
                         this project's gateway alone";

#[cfg(test)]
mod tests;
