//! A record to bytes.

use crate::registry::{ConsumerFacts, LookupKey, LookupKind, Record, Registration, State};
use crate::shared::ValueError;
use crate::shared::binary::Output;

pub(crate) fn record(output: &mut Output, record: &Record) -> Result<(), ValueError> {
    key(output, &record.key)?;
    consumer(output, &record.consumer)?;
    output.option(record.application.as_ref(), |output, application| {
        output.text(&application.id)?;
        output.text(&application.name)
    })?;
    output.list(&record.registrations, registration)
}

pub(crate) fn key(output: &mut Output, key: &LookupKey) -> Result<(), ValueError> {
    output.text(&key.realm)?;
    output.text(key.source.as_str())?;
    output.byte(kind(key.kind));
    output.text(&key.value)
}

fn consumer(output: &mut Output, consumer: &ConsumerFacts) -> Result<(), ValueError> {
    for name in [&consumer.id, &consumer.username, &consumer.custom_id] {
        output.option(name.as_deref(), Output::text)?;
    }
    for groups in [&consumer.groups, &consumer.consumer_groups] {
        output.list(groups, |output, group| output.text(group))?;
    }
    Ok(())
}

fn registration(output: &mut Output, registration: &Registration) -> Result<(), ValueError> {
    output.text(&registration.service)?;
    output.byte(state(registration.state));
    output.flag(registration.suspended);
    output.option(registration.expires, |output, time| {
        output.signed(time.seconds());
        Ok(())
    })
}

const fn kind(kind: LookupKind) -> u8 {
    match kind {
        LookupKind::Id => 0,
        LookupKind::Username => 1,
        LookupKind::CustomId => 2,
        LookupKind::ClientId => 3,
        LookupKind::FoldedUsername => 4,
    }
}

/// Kong's integers.
const fn state(state: State) -> u8 {
    match state {
        State::Approved => 0,
        State::Pending => 1,
        State::Rejected => 2,
        State::Revoked => 3,
    }
}
