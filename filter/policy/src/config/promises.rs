//! What a plugin's config takes for granted of the rest of the document.

use super::error::{Report, quoted};
use super::{Enforcement, Rules, Service};
use crate::consumer;
use crate::registry::Registry;
use alloc::format;

pub(super) fn check(services: &[Service], registry: &Registry, body_tokens: bool, report: &mut Report) {
    for service in services {
        for rules in service.every_rules() {
            anonymous(service, rules, registry, report);
            bodies(service, rules, body_tokens, report);
        }
        if service.enforcement == Enforcement::Report {
            let message = format!("service {} only reports: nobody is kept from it", service.name);
            report.warn("services", message);
        }
    }
}

/// Requests of an anonymous consumer that does not exist would be nobody's.
fn anonymous(service: &Service, rules: &Rules, registry: &Registry, report: &mut Report) {
    let openid = &rules.openid_connect;
    let Some(name) = &openid.credential.anonymous else { return };
    if consumer::anonymous(name, &openid.source.id, registry).is_none() {
        let expected = format!("the id or username of a consumer of source {}", openid.source.id);
        let hint = "add it to consumers; custom_id does not count";
        let path = format!("services: {}: openid-connect.anonymous", service.name);
        report.error(&path, expected, quoted(name), Some(hint.into()));
    }
}

/// Envoy shows no body to a filter that holds the head, unless its listener says so.
fn bodies(service: &Service, rules: &Rules, body_tokens: bool, report: &mut Report) {
    if rules.openid_connect.credential.places.body && !body_tokens {
        let hint = "set body_tokens to true at the top of the document where the listener sets \
                    allow_on_headers_stop_iteration; else leave body out of bearer_token_param_type";
        let path = format!("services: {}: openid-connect.bearer_token_param_type", service.name);
        report.error(&path, "body_tokens at the top of the document", "no value", Some(hint.into()));
    }
}
