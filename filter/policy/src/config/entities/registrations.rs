//! An application's registrations: for which services, and where each stands.

use crate::config::error::{Report, quoted};
use crate::config::node::{Fields, Node};
use crate::config::{Service, members};
use crate::registry::{Registration, State};
use crate::time::{LATEST, UnixTime};
use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Reads `registrations` of an application.
pub(super) fn decode(
    application: &Fields<'_>,
    services: &[Service],
    report: &mut Report,
) -> Vec<Registration> {
    let mut registrations: Vec<Registration> = Vec::new();
    for node in application.items("registrations", report) {
        let Some(registration) = registration(&node, services, report) else { continue };
        if registrations.iter().any(|earlier| earlier.service == registration.service) {
            report.error(&node.path, "each service once", quoted(&registration.service), None);
        }
        registrations.push(registration);
    }
    registrations
}

fn registration(node: &Node<'_>, services: &[Service], report: &mut Report) -> Option<Registration> {
    let fields = node.fields(report)?;
    fields.only(&members::REGISTRATION, report);
    let service = service(&fields, services, report);
    let state = fields.required("status", STATES, report).and_then(|node| state(&node, report));
    let suspended = fields.flag("suspended", false, report);
    let expires = match fields.member("expires_at") {
        Some(node) => Some(node.whole(" of Unix seconds", 0, LATEST, report).map(UnixTime::from_seconds)?),
        None => None,
    };
    Some(Registration { service: service?, state: state?, suspended, expires })
}

/// The id of the service that is named by id or name. One that is not in this config is kept as it is: it lets
/// nobody in, and filters that share a list of applications need not share their services.
fn service(fields: &Fields<'_>, services: &[Service], report: &mut Report) -> Option<Arc<str>> {
    let node = fields.required("service", "the id or name of a service", report)?;
    let written = node.text(report)?;
    let by_id = services.iter().find(|service| *service.id == *written);
    let service = by_id.or_else(|| services.iter().find(|service| *service.name == *written));
    if service.is_none() {
        let message = format!("no service has the id or name {}, so this lets nobody in", quoted(written));
        report.warn(&node.path, message);
    }
    Some(service.map_or_else(|| written.into(), |service| Arc::clone(&service.id)))
}

/// A name, or Kong's integer.
fn state(node: &Node<'_>, report: &mut Report) -> Option<State> {
    let all = [State::Approved, State::Pending, State::Rejected, State::Revoked];
    let named = node.value.as_str().and_then(|name| all.into_iter().find(|state| state.name() == name));
    let numbered = node.value.as_number().and_then(serde_json::Number::as_i64).and_then(State::from_kong);
    let state = named.or(numbered);
    if state.is_none() {
        node.refuse(STATES, report);
    }
    state
}

const STATES: &str = "approved, pending, rejected or revoked (or Kong's 0, 1, 2, 3)";
