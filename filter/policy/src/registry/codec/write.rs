//! Records to bytes.

use super::{CodecError, VERSION};
use crate::registry::{ConsumerFacts, LookupKind, Record, Registration, State};
use alloc::vec::Vec;

pub(super) fn bucket(records: &[Record]) -> Result<Vec<u8>, CodecError> {
    let mut out = Vec::from([VERSION]);
    list(&mut out, records, record)?;
    Ok(out)
}

fn record(out: &mut Vec<u8>, record: &Record) -> Result<(), CodecError> {
    text(out, &record.key.realm)?;
    text(out, record.key.source.as_str())?;
    out.push(kind(record.key.kind));
    text(out, &record.key.value)?;
    out.extend(record.generation.to_be_bytes());
    out.extend(record.change.to_be_bytes());
    consumer(out, &record.consumer)?;
    option(out, record.application.as_ref(), |out, application| {
        text(out, &application.id)?;
        text(out, &application.name)
    })?;
    list(out, &record.registrations, registration)
}

fn consumer(out: &mut Vec<u8>, consumer: &ConsumerFacts) -> Result<(), CodecError> {
    for name in [&consumer.id, &consumer.username, &consumer.custom_id] {
        option(out, name.as_deref(), text)?;
    }
    for groups in [&consumer.groups, &consumer.consumer_groups] {
        list(out, groups, |out, group| text(out, group))?;
    }
    Ok(())
}

fn registration(out: &mut Vec<u8>, registration: &Registration) -> Result<(), CodecError> {
    text(out, &registration.service)?;
    out.push(state(registration.state));
    out.push(u8::from(registration.suspended));
    option(out, registration.expires, |out, time| {
        out.extend(time.seconds().to_be_bytes());
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

fn text(out: &mut Vec<u8>, text: &str) -> Result<(), CodecError> {
    length(out, text.len())?;
    out.extend(text.as_bytes());
    Ok(())
}

fn option<T>(
    out: &mut Vec<u8>,
    value: Option<T>,
    write: impl Fn(&mut Vec<u8>, T) -> Result<(), CodecError>,
) -> Result<(), CodecError> {
    out.push(u8::from(value.is_some()));
    value.map_or(Ok(()), |value| write(out, value))
}

fn list<T>(
    out: &mut Vec<u8>,
    items: &[T],
    write: impl Fn(&mut Vec<u8>, &T) -> Result<(), CodecError>,
) -> Result<(), CodecError> {
    length(out, items.len())?;
    items.iter().try_for_each(|item| write(out, item))
}

fn length(out: &mut Vec<u8>, length: usize) -> Result<(), CodecError> {
    let length = u16::try_from(length).map_err(|_| CodecError::TooLong)?;
    out.extend(length.to_be_bytes());
    Ok(())
}
