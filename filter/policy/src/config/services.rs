//! Services, and the rules that hold for each of their routes.

use super::error::{Report, quoted};
use super::node::{Fields, Node};
use super::plugins::{EITHER, ONE_PROOF, Plugins};
use super::routes::ClaimedHeaders;
use super::rules::{Acl, ConsumerRules, Rules, Scope};
use super::{Enforcement, Route, Service, Source, members, routes, texts};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

mod counters;

use counters::Counters;

/// Reads `services`, each with the plugins of `defaults` behind its own.
pub(super) fn decode(document: &Fields<'_>, sources: &[Arc<Source>], report: &mut Report) -> Vec<Service> {
    let defaults = defaults(document, sources, report);
    let Some(list) = document.required("services", "an array of services", report) else { return Vec::new() };
    let nodes = list.items(report).unwrap_or_default();
    if nodes.is_empty() {
        list.refuse("at least one service", report);
    }
    let mut reader = Reader::new(sources, defaults);
    let services: Vec<Service> = nodes.iter().filter_map(|node| reader.service(node, report)).collect();
    reader.headers.refuse_owned(&services, report);
    services
}

fn defaults(document: &Fields<'_>, sources: &[Arc<Source>], report: &mut Report) -> Plugins {
    let Some(fields) = document.member("defaults").and_then(|node| node.fields(report)) else {
        return Plugins::default();
    };
    fields.only(&members::DEFAULTS, report);
    Plugins::read(&fields, Scope::Defaults, sources, report)
}

/// What every service is read with.
struct Reader<'a> {
    sources: &'a [Arc<Source>],
    defaults: Plugins,
    /// Where the service without routes stands, which gets what is left.
    rest: Option<String>,
    names: Names,
    route_names: Names,
    counters: Counters,
    /// By which any of the routes matches.
    headers: ClaimedHeaders,
}

impl<'a> Reader<'a> {
    fn new(sources: &'a [Arc<Source>], defaults: Plugins) -> Self {
        Self {
            sources,
            defaults,
            rest: None,
            names: Names::default(),
            route_names: Names::default(),
            counters: Counters::default(),
            headers: ClaimedHeaders::default(),
        }
    }

    fn service(&mut self, node: &Node<'_>, report: &mut Report) -> Option<Service> {
        let fields = node.fields(report)?;
        fields.only(&members::SERVICE, report);
        let named = self.names.read(&fields, report);
        let enforcement = fields.member("enforcement").map(|node| node.choice(&ENFORCEMENTS, report));
        let plugins = Plugins::read(&fields, Scope::Service, self.sources, report);
        let nodes = fields.items("routes", report);
        if nodes.is_empty() {
            self.check_routeless(&fields, &plugins, report);
        }
        let routes: Vec<Route> = nodes.iter().filter_map(|node| self.route(node, &plugins, report)).collect();
        let rules = Plugins::rules(&[&plugins, &self.defaults]);
        let (id, name) = named?;
        self.counters.take(&fields, &name, report);
        let enforcement = enforcement.unwrap_or(Some(Enforcement::Enforce))?;
        let service = Service { id, name, routes, enforcement, rules };
        warn_unreachable(&service, node, report);
        Some(service)
    }

    /// A service without routes gets what no route takes, so there is but one, and it needs rules of its own.
    fn check_routeless(&mut self, fields: &Fields<'_>, plugins: &Plugins, report: &mut Report) {
        self.check_authentication(&fields.path, &[plugins], report);
        match &self.rest {
            None => self.rest = Some(fields.path.clone()),
            Some(earlier) => {
                let hint =
                    format!("{earlier} has none either, and only one service can get what no route takes");
                report.error(&fields.path_of("routes"), "at least one route", "none", Some(hint.into()));
            }
        }
    }

    fn route(&mut self, node: &Node<'_>, service: &Plugins, report: &mut Report) -> Option<Route> {
        let fields = node.fields(report)?;
        let named = self.route_names.read(&fields, report);
        let own = Plugins::read(&fields, Scope::Route, self.sources, report);
        self.check_authentication(&fields.path, &[&own, service], report);
        let rules = Plugins::rules(&[&own, service, &self.defaults]);
        let attributes = routes::attributes(&fields, &mut self.headers, report);
        let (id, name) = named?;
        Some(attributes?.into_route(id, name, rules?))
    }

    /// What has no openid-connect and no key-auth would be open to everyone; what has both, in lists that would apply
    /// together, would have two callers.
    fn check_authentication(&self, path: &str, lists: &[&Plugins], report: &mut Report) {
        let mut proofs: Vec<&str> =
            lists.iter().chain(&[&self.defaults]).filter_map(|list| list.proof()).collect();
        proofs.dedup();
        if proofs.len() > 1 {
            report.error(path, EITHER, "both, from lists that apply together", Some(ONE_PROOF.into()));
        }
        if lists.iter().chain(&[&self.defaults]).any(|list| list.authenticates()) {
            return;
        }
        let hint =
            "a service without it would let everyone in; name it on the route, the service or in defaults";
        report.error(path, "the plugin openid-connect", "no config of it", Some(hint.into()));
    }
}

/// application-registration asks for an application, and without a consumer claim no token names one; likewise acl and
/// groups.
fn warn_unreachable(service: &Service, node: &Node<'_>, report: &mut Report) {
    let without_application = |rules: &Rules| {
        let mut strategies = rules.strategies();
        rules.application_registration.is_some() && strategies.any(|rules| rules.consumer.mapping.is_none())
    };
    if service.every_rules().any(without_application) {
        report.warn(&node.path, WITHOUT_CONSUMER_CLAIM);
    }
    if service.every_rules().any(without_groups) {
        report.warn(&node.path, WITHOUT_GROUPS);
    }
}

/// Whether no caller can be in a group that the acl plugin looks at.
fn without_groups(rules: &Rules) -> bool {
    let has_groups = |acl: &Acl, consumer: &ConsumerRules| {
        consumer.mapping.is_some()
            || consumer.authenticated_groups_claim.is_some()
            || acl.include_consumer_groups && consumer.groups.is_some()
    };
    let mut strategies = rules.strategies();
    rules.acl.as_deref().is_some_and(|acl| strategies.any(|strategy| !has_groups(acl, &strategy.consumer)))
}

/// Ids and names that were given, and where: no two things may answer to one.
#[derive(Debug, Default)]
struct Names(BTreeMap<Arc<str>, String>);

impl Names {
    /// Reads `id` and `name`; one of them is enough, and stands for both.
    fn read(&mut self, fields: &Fields<'_>, report: &mut Report) -> Option<(Arc<str>, Arc<str>)> {
        let id = fields.member("id");
        let name = fields.member("name");
        if id.is_none() && name.is_none() {
            report.error(&fields.path, "an id or a name", "neither", None);
        }
        let id = id.map(|node| self.take(&node, report));
        let name = name.map(|node| self.take_unless(&node, id.as_ref(), report));
        match (id, name) {
            (Some(id), Some(name)) => Some((id?, name?)),
            (Some(only), None) | (None, Some(only)) => only.map(|only| (Arc::clone(&only), only)),
            (None, None) => None,
        }
    }

    /// A name that is the thing's own id is no second thing.
    fn take_unless(
        &mut self,
        node: &Node<'_>,
        id: Option<&Option<Arc<str>>>,
        report: &mut Report,
    ) -> Option<Arc<str>> {
        match id {
            Some(Some(id)) if node.value.as_str() == Some(&**id) => Some(Arc::clone(id)),
            _ => self.take(node, report),
        }
    }

    fn take(&mut self, node: &Node<'_>, report: &mut Report) -> Option<Arc<str>> {
        let text: Arc<str> = texts::identifier(node, report)?.into();
        if let Some(earlier) = self.0.insert(Arc::clone(&text), node.path.clone()) {
            let hint = format!("{earlier} has it");
            report.error(&node.path, "an id or name that no other has", quoted(&text), Some(hint.into()));
        }
        Some(text)
    }
}

const ENFORCEMENTS: [(&str, Enforcement); 2] =
    [(Enforcement::Enforce.name(), Enforcement::Enforce), (Enforcement::Report.name(), Enforcement::Report)];

const WITHOUT_GROUPS: &str = "acl without consumer_claim or authenticated_groups_claim in openid-connect: \
     no caller is in a group, so every request is refused";
const WITHOUT_CONSUMER_CLAIM: &str = "application-registration without consumer_claim in openid-connect: \
     no token names an application, so every request is refused";
