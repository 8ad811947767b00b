//! Callers of a feed's pages. A name may come up in one page after another, so whose it is, is settled where it is
//! written.

use super::{Reader, name};
use crate::config::Config;
use crate::config::error::Report;
use crate::config::node::{Fields, Node};
use crate::registry::{LookupKey, LookupKind, Record, fold_username};
use crate::shared::Edit;
use crate::verified::SourceId;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Reads callers into edits.
pub(in crate::config) struct Pages<'a> {
    reader: Reader<'a>,
    pub(in crate::config) edits: Vec<Edit>,
}

impl<'a> Pages<'a> {
    pub(in crate::config) fn new(config: &'a Config) -> Self {
        let groups = config.registry.consumer_groups();
        let reader = Reader::new(&config.realm, &config.sources, &config.services, groups);
        Self { reader, edits: Vec::new() }
    }

    /// Reads `consumers` and `applications`; each becomes one edit per name.
    pub(in crate::config) fn read(
        &mut self,
        callers: &Fields<'_>,
        edit: fn(Record) -> Edit,
        report: &mut Report,
    ) {
        for node in callers.items("consumers", report) {
            self.caller(&node, Reader::consumer, edit, report);
        }
        for node in callers.items("applications", report) {
            self.caller(&node, Reader::application, edit, report);
        }
    }

    fn caller(
        &mut self,
        node: &Node<'_>,
        read: impl FnOnce(&mut Reader<'a>, &Node<'_>, &mut Report) -> Option<()>,
        edit: fn(Record) -> Edit,
        report: &mut Report,
    ) {
        let errors = report.errors();
        let was_read = read(&mut self.reader, node, report).is_some();
        self.reader.taken.clear();
        let records = core::mem::take(&mut self.reader.records);
        if was_read && report.errors() == errors {
            self.edits.extend(records.into_iter().map(edit));
        } else {
            self.block(node);
        }
    }

    /// Makes every name that can be read nobody's.
    fn block(&mut self, node: &Node<'_>) {
        let unheard = &mut Report::default();
        let Some(fields) = node.fields(unheard) else { return };
        let own = fields.member("consumer").and_then(|node| node.fields(unheard));
        let names = [Some(&fields), own.as_ref()].into_iter().flatten().flat_map(|fields| {
            NAMES.map(|(member, kind)| name(fields, member, kind, &mut Report::default()))
        });
        let names: Vec<_> = names.flatten().collect();
        for source in self.sources(&fields) {
            for name in &names {
                self.edits.push(self.blocked(&source, name.kind, &name.value));
                if name.kind == LookupKind::Username {
                    let folded = fold_username(&name.value).into();
                    self.edits.push(self.blocked(&source, LookupKind::FoldedUsername, &folded));
                }
            }
        }
    }

    fn blocked(&self, source: &SourceId, kind: LookupKind, value: &Arc<str>) -> Edit {
        let (realm, value) = (Arc::clone(&self.reader.realm), Arc::clone(value));
        Edit::Block(LookupKey { realm, source: source.clone(), kind, value })
    }

    /// The caller's source; every one where that cannot be read.
    fn sources(&self, fields: &Fields<'_>) -> Vec<SourceId> {
        match self.reader.source(fields, &mut Report::default()) {
            Some(source) => Vec::from([source]),
            None => self.reader.sources.iter().map(|source| source.id.clone()).collect(),
        }
    }
}

const NAMES: [(&str, LookupKind); 4] = [
    ("id", LookupKind::Id),
    ("username", LookupKind::Username),
    ("custom_id", LookupKind::CustomId),
    ("client_id", LookupKind::ClientId),
];
