//! What is valid in a caller, but probably not what was meant.

use super::Name;
use crate::config::error::{Report, quoted};
use crate::config::{Authentication, ConsumerRule, Rules, Service};
use crate::headers::{LONGEST_VALUE, header_value};
use crate::registry::LookupKind;
use crate::verified::SourceId;
use alloc::format;
use alloc::vec::Vec;

/// Warns of a name that its header cannot hold: the caller is found by it, but the upstream is not told.
pub(super) fn warn_unsendable(name: &Name, report: &mut Report) {
    let header = match name.kind {
        LookupKind::Id => "X-Consumer-ID",
        LookupKind::Username => "X-Consumer-Username",
        LookupKind::CustomId => "X-Consumer-Custom-ID",
        LookupKind::ClientId | LookupKind::FoldedUsername => return,
    };
    if header_value(&name.value).is_none() {
        let message = format!(
            "{} is no header value (visible ASCII and inner spaces, up to {LONGEST_VALUE} bytes), so {header} is \
             left out",
            quoted(&name.value)
        );
        report.warn(&name.path, message);
    }
}

/// How the services that accept tokens of `source` look for their callers.
pub(super) fn lookups<'a>(
    source: &'a SourceId,
    services: &'a [Service],
) -> impl Iterator<Item = &'a ConsumerRule> {
    let strategies = services.iter().flat_map(Service::every_rules).flat_map(Rules::strategies);
    strategies
        .filter(move |rules| rules.source.id == *source)
        .filter_map(|rules| rules.consumer.mapping.as_ref())
}

/// Warns of an application of `source` without `custom_id` that none of the services looks for by another name.
pub(super) fn warn_unfindable(
    path: &str,
    names: &[Name],
    source: &SourceId,
    services: &[Service],
    report: &mut Report,
) {
    let mut kinds: Vec<LookupKind> = names.iter().map(|name| name.kind).collect();
    if kinds.contains(&LookupKind::Username) {
        kinds.push(LookupKind::FoldedUsername);
    }
    let keys = |rules: &Rules| matches!(rules.authentication, Authentication::KeyAuth(_));
    let by_key =
        kinds.contains(&LookupKind::ClientId) && services.iter().flat_map(Service::every_rules).any(keys);
    if !by_key
        && !kinds.contains(&LookupKind::CustomId)
        && !lookups(source, services).any(|rule| rule.by.iter().any(|kind| kinds.contains(kind)))
    {
        let message = "no service finds it: it has no custom_id, and no consumer_by of its source asks for one of \
                       its other names (client_id is asked for by key-auth alone)";
        report.warn(path, message);
    }
}
