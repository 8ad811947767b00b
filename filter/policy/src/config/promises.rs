//! What a plugin's config takes for granted of the rest of the document.

use super::error::{Report, quoted};
use super::{AcceptedIssuer, Authentication, Enforcement, OpenIdConnect, Rules, Service, Source};
use crate::capabilities::EngineChoice;
use crate::consumer;
use crate::denial::shown;
use crate::registry::{Directory, LookupKind, Registry};
use alloc::format;
use alloc::string::ToString;
use alloc::sync::Arc;

mod logins;

/// What can be told without the callers.
pub(super) fn check(services: &[Service], body_tokens: bool, engine: EngineChoice, report: &mut Report) {
    for (service, rules) in every_rules(services) {
        tenants(service, rules, report);
        for strategy in rules.strategies() {
            bodies(service, strategy, body_tokens, report);
            logins::bodies(service, strategy, engine, report);
            logins::redirect_uris(service, strategy, (services, engine), report);
        }
    }
    for service in services.iter().filter(|service| service.enforcement == Enforcement::Report) {
        report.warn("services", format!("service {} only reports: nobody is kept from it", service.name));
    }
}

/// What depends on who is there; only where the document says it.
pub(super) fn check_callers(services: &[Service], directory: &Directory<'_>, report: &mut Report) {
    for (service, rules) in every_rules(services) {
        anonymous(service, rules, directory, report);
    }
}

fn every_rules(services: &[Service]) -> impl Iterator<Item = (&Service, &Rules)> {
    services.iter().flat_map(|service| service.every_rules().map(move |rules| (service, rules)))
}

/// Requests of an anonymous consumer that does not exist would be nobody's.
fn anonymous(service: &Service, rules: &Rules, directory: &Directory<'_>, report: &mut Report) {
    let Some(name) = rules.authentication.anonymous() else { return };
    let (found, plugin, whose) = match &rules.authentication {
        Authentication::OpenIdConnect(strategies) => {
            let source = &strategies.first().source.id;
            (consumer::anonymous(name, source, directory), "openid-connect", format!("of source {source}"))
        }
        Authentication::KeyAuth(_) => {
            (consumer::anonymous_anywhere(name, directory), "key-auth", "of one source".into())
        }
    };
    if !matches!(found, Ok(Some(_))) {
        let expected = format!("the id or username of a consumer {whose}");
        let hint = "add it to consumers; custom_id does not count";
        let path = format!("services: {}: {plugin}.anonymous", service.name);
        report.error(&path, expected, quoted(name), Some(hint.into()));
    }
}

/// Envoy shows no body to a filter that holds the head, unless its listener says so.
fn bodies(service: &Service, strategy: &OpenIdConnect, body_tokens: bool, report: &mut Report) {
    let of_tokens = strategy.methods.reads_bodies(&strategy.credential).then_some("bearer_token_param_type");
    let keys = of_tokens.into_iter().chain(logins::keys_about_bodies(strategy));
    for key in keys.filter(|_| !body_tokens) {
        let leave = match key {
            "bearer_token_param_type" => "leave body out of bearer_token_param_type and its like",
            _ => "leave it out",
        };
        let hint = format!(
            "set body_tokens to true at the top of the document where the listener sets allow_on_headers_stop_iteration; \
             else {leave}"
        );
        let path = format!("services: {}: openid-connect.{key}", service.name);
        report.error(&path, "body_tokens at the top of the document", "no value", Some(hint.into()));
    }
}

/// The tenants of a source share its consumers, so a claim that a tenant's own administrators fill could name another
/// tenant's.
fn tenants(service: &Service, rules: &Rules, report: &mut Report) {
    for strategy in rules.strategies() {
        let AcceptedIssuer::OfTenants { tenants, .. } = &strategy.source.issuer else { continue };
        let claims = strategy.consumer.mapping.iter().flat_map(|rule| &rule.claims);
        let chosen = claims.map(ToString::to_string).find(|claim| !BY_ENTRA.contains(&claim.as_str()));
        if let Some(claim) = chosen.filter(|_| tenants.only().is_none()) {
            let path = format!("services: {}: openid-connect.consumer_claims", service.name);
            let message = format!(
                "claim {} may be filled by each tenant of source {}, and consumers are found per source: one tenant could \
                 name another's; azp, appid and oid cannot be chosen",
                shown(&claim),
                strategy.source.id
            );
            report.warn(&path, message);
        }
    }
}

/// An API key names no source, so a client id that applications of two sources have would be refused at each request.
pub(super) fn check_api_keys(
    services: &[Service],
    registry: &Registry,
    sources: &[Arc<Source>],
    report: &mut Report,
) {
    let by_key = |(_, rules): (&Service, &Rules)| matches!(rules.authentication, Authentication::KeyAuth(_));
    if !every_rules(services).any(by_key) {
        return;
    }
    let directory = Directory::new(registry, sources, None);
    let ids = registry.iter().filter(|record| record.key.kind == LookupKind::ClientId);
    let is_one = |value: &str| matches!(directory.find_anywhere(LookupKind::ClientId, value), Ok(Some(_)));
    for record in ids.filter(|record| !is_one(&record.key.value)) {
        let hint = "key-auth takes a client id as an API key, and asks for no source";
        let expected = "a client_id that no application of another source has";
        report.error("applications", expected, quoted(&record.key.value), Some(hint.into()));
    }
}

/// Claims that Entra itself gives out, each once for all tenants.
const BY_ENTRA: [&str; 3] = ["appid", "azp", "oid"];
