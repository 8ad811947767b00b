//! Bytes to a record.

use crate::registry::{ApplicationFacts, ConsumerFacts, LookupKey, LookupKind, Record, Registration, State};
use crate::shared::ValueError;
use crate::shared::binary::Input;
use crate::time::UnixTime;
use crate::verified::SourceId;

pub(crate) fn read_record(input: &mut Input<'_>) -> Result<Record, ValueError> {
    Ok(Record {
        key: read_key(input)?,
        consumer: consumer(input)?,
        application: input.option(|input| Ok(ApplicationFacts { id: input.text()?, name: input.text()? }))?,
        registrations: input.list(registration)?,
    })
}

pub(crate) fn read_key(input: &mut Input<'_>) -> Result<LookupKey, ValueError> {
    let (realm, source) = (input.text()?, SourceId::new(&input.text()?));
    let kind = match input.byte()? {
        0 => LookupKind::Id,
        1 => LookupKind::Username,
        2 => LookupKind::CustomId,
        3 => LookupKind::ClientId,
        4 => LookupKind::FoldedUsername,
        _ => return Err(ValueError::Malformed),
    };
    Ok(LookupKey { realm, source, kind, value: input.text()? })
}

fn consumer(input: &mut Input<'_>) -> Result<ConsumerFacts, ValueError> {
    Ok(ConsumerFacts {
        id: input.option(Input::text)?,
        username: input.option(Input::text)?,
        custom_id: input.option(Input::text)?,
        groups: input.list(Input::text)?,
        consumer_groups: input.list(Input::text)?,
    })
}

fn registration(input: &mut Input<'_>) -> Result<Registration, ValueError> {
    Ok(Registration {
        service: input.text()?,
        state: State::from_kong(input.byte()?.into()).ok_or(ValueError::Malformed)?,
        suspended: input.flag()?,
        expires: input.option(|input| input.signed().map(UnixTime::from_seconds))?,
    })
}
