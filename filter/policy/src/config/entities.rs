//! Consumers, their groups and applications, from the document to the records of a registry.

use super::error::{Report, quoted};
use super::node::{Fields, Node};
use super::{Service, Source, members, texts};
use crate::registry::{
    ApplicationFacts, ConsumerFacts, ConsumerGroup, LookupKey, LookupKind, Record, Registration, Registry,
    fold_username,
};
use crate::verified::SourceId;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

mod doubts;
mod groups;
mod pages;
mod registrations;

pub(super) use pages::Pages;

/// Reads `consumer_groups`, `consumers` and `applications`; `None` if a value names two of them, which was reported.
pub(super) fn decode(
    document: &Fields<'_>,
    realm: &str,
    sources: &[Arc<Source>],
    services: &[Service],
    report: &mut Report,
) -> Option<Registry> {
    let groups = groups::consumer_groups(document, report);
    let mut reader = Reader::new(realm, sources, services, &groups);
    for node in document.items("consumers", report) {
        reader.consumer(&node, report);
    }
    for node in document.items("applications", report) {
        reader.application(&node, report);
    }
    let records = reader.records.into_iter().map(Arc::new).collect();
    let registry = Registry::new(records).ok()?;
    Some(registry.with_consumer_groups(groups))
}

struct Reader<'a> {
    realm: Arc<str>,
    sources: &'a [Arc<Source>],
    services: &'a [Service],
    consumer_groups: &'a [ConsumerGroup],
    /// Of which a service looks for callers by username without regard to case. Only there must usernames differ in
    /// more than that.
    folding: Vec<SourceId>,
    /// Every key and where it stands.
    taken: BTreeMap<LookupKey, String>,
    records: Vec<Record>,
}

/// A value that a token may name its caller by, and where it stands.
struct Name {
    kind: LookupKind,
    value: Arc<str>,
    path: String,
}

/// What every record of one caller says.
struct Caller {
    source: SourceId,
    consumer: ConsumerFacts,
    application: Option<ApplicationFacts>,
    registrations: Vec<Registration>,
}

impl<'a> Reader<'a> {
    fn new(
        realm: &str,
        sources: &'a [Arc<Source>],
        services: &'a [Service],
        consumer_groups: &'a [ConsumerGroup],
    ) -> Self {
        let folding = folding(sources, services);
        let (taken, records) = (BTreeMap::new(), Vec::new());
        Self { realm: realm.into(), sources, services, consumer_groups, folding, taken, records }
    }

    fn consumer(&mut self, node: &Node<'_>, report: &mut Report) -> Option<()> {
        let fields = node.fields(report)?;
        fields.only(&members::CONSUMER, report);
        let id = name(&fields, "id", LookupKind::Id, report);
        let username = name(&fields, "username", LookupKind::Username, report);
        let custom_id = name(&fields, "custom_id", LookupKind::CustomId, report);
        if fields.member("username").is_none() && fields.member("custom_id").is_none() {
            report.error(&fields.path, "a username or a custom_id", "neither", None);
        }
        let mut consumer = facts(id.as_ref(), username.as_ref(), custom_id.as_ref());
        groups::of_consumer(&fields, self.consumer_groups, &mut consumer, report);
        let source = self.source(&fields, report)?;
        let caller = Caller { source, consumer, application: None, registrations: Vec::new() };
        self.add(&caller, [id, username, custom_id].into_iter().flatten(), report);
        Some(())
    }

    /// An application has a consumer of its own, as in Kong; unless told, its id is the application's.
    fn application(&mut self, node: &Node<'_>, report: &mut Report) -> Option<()> {
        let fields = node.fields(report)?;
        fields.only(&members::APPLICATION, report);
        let application = application_facts(&fields, report);
        let consumer = fields.member("consumer").and_then(|node| node.fields(report));
        let (own_id, username) =
            consumer.as_ref().map_or((None, None), |consumer| own_names(consumer, report));
        let id = own_id.or_else(|| name(&fields, "id", LookupKind::Id, report));
        let custom_id = name(&fields, "custom_id", LookupKind::CustomId, report);
        let client_id = name(&fields, "client_id", LookupKind::ClientId, report);
        let registrations = registrations::decode(&fields, self.services, report);
        let mut facts = facts(id.as_ref(), username.as_ref(), custom_id.as_ref());
        if let Some(consumer) = &consumer {
            groups::of_consumer(consumer, self.consumer_groups, &mut facts, report);
        }
        let source = self.source(&fields, report)?;
        let names: Vec<Name> = [id, username, custom_id, client_id].into_iter().flatten().collect();
        doubts::warn_unfindable(&fields.path, &names, &source, self.services, report);
        let caller = Caller { source, consumer: facts, application: Some(application?), registrations };
        self.add(&caller, names, report);
        Some(())
    }

    /// The source that the member `source` names; the only one where it is left out.
    fn source(&self, fields: &Fields<'_>, report: &mut Report) -> Option<SourceId> {
        let Some(node) = fields.member("source") else { return self.only_source(fields, report) };
        let written = node.text(report)?;
        let source = self.sources.iter().find(|source| source.id.as_str() == written);
        if source.is_none() {
            report.error(&node.path, "the id of a source", quoted(written), None);
        }
        source.map(|source| source.id.clone())
    }

    fn only_source(&self, fields: &Fields<'_>, report: &mut Report) -> Option<SourceId> {
        match self.sources {
            [only] => Some(only.id.clone()),
            [] => None,
            _ => {
                let hint = "the same value from two issuers is two callers";
                report.error(&fields.path_of("source"), "the id of a source", "nothing", Some(hint.into()));
                None
            }
        }
    }

    /// One record per name. A name that is taken would make two callers one.
    fn add(&mut self, caller: &Caller, names: impl IntoIterator<Item = Name>, report: &mut Report) {
        for name in names {
            doubts::warn_unsendable(&name, report);
            let Name { kind, value, path } = name;
            let folded = (kind == LookupKind::Username && self.folding.contains(&caller.source))
                .then(|| fold_username(&value).into());
            let added = self.add_key(caller, kind, value, &path, report);
            if let (true, Some(folded)) = (added, folded) {
                self.add_key(caller, LookupKind::FoldedUsername, folded, &path, report);
            }
        }
    }

    /// Whether the value was free.
    fn add_key(
        &mut self,
        caller: &Caller,
        kind: LookupKind,
        value: Arc<str>,
        path: &str,
        report: &mut Report,
    ) -> bool {
        let key = LookupKey { realm: Arc::clone(&self.realm), source: caller.source.clone(), kind, value };
        if let Some(earlier) = self.taken.get(&key) {
            let expected =
                format!("a value of {} that no other caller of source {} has", kind.name(), key.source);
            report.error(path, expected, quoted(&key.value), Some(format!("{earlier} has it").into()));
            return false;
        }
        self.records.push(caller.record(key.clone()));
        self.taken.insert(key, path.into());
        true
    }
}

fn folding(sources: &[Arc<Source>], services: &[Service]) -> Vec<SourceId> {
    let folds = |source: &SourceId| {
        doubts::lookups(source, services).any(|rule| rule.by.contains(&LookupKind::FoldedUsername))
    };
    sources.iter().map(|source| source.id.clone()).filter(folds).collect()
}

impl Caller {
    fn record(&self, key: LookupKey) -> Record {
        Record {
            key,
            consumer: self.consumer.clone(),
            application: self.application.clone(),
            registrations: self.registrations.clone(),
        }
    }
}

fn facts(id: Option<&Name>, username: Option<&Name>, custom_id: Option<&Name>) -> ConsumerFacts {
    let value = |name: Option<&Name>| name.map(|name| Arc::clone(&name.value));
    ConsumerFacts {
        id: value(id),
        username: value(username),
        custom_id: value(custom_id),
        groups: Vec::new(),
        consumer_groups: Vec::new(),
    }
}

fn application_facts(fields: &Fields<'_>, report: &mut Report) -> Option<ApplicationFacts> {
    let id = fields.required("id", "the application's id", report)?;
    let id: Arc<str> = texts::value(&id, report)?.into();
    let name = fields.member("name").and_then(|node| texts::value(&node, report)).map(Arc::from);
    Some(ApplicationFacts { name: name.unwrap_or_else(|| Arc::clone(&id)), id })
}

/// Id and username of an application's consumer.
fn own_names(consumer: &Fields<'_>, report: &mut Report) -> (Option<Name>, Option<Name>) {
    consumer.only(&members::OWN_CONSUMER, report);
    let id = name(consumer, "id", LookupKind::Id, report);
    (id, name(consumer, "username", LookupKind::Username, report))
}

fn name(fields: &Fields<'_>, member: &str, kind: LookupKind, report: &mut Report) -> Option<Name> {
    let node = fields.member(member)?;
    let value = texts::value(&node, report)?.into();
    Some(Name { kind, value, path: node.path })
}
