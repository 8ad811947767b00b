//! Bytes to records. Total: every input is a bucket or an error, and nothing is reserved for a length that the
//! bytes only claim.

use super::{CodecError, VERSION};
use crate::registry::{ApplicationFacts, ConsumerFacts, LookupKey, LookupKind, Record, Registration, State};
use crate::time::UnixTime;
use crate::verified::SourceId;
use alloc::sync::Arc;
use alloc::vec::Vec;

pub(super) fn bucket(bytes: &[u8]) -> Result<Vec<Record>, CodecError> {
    let mut input = Input(bytes);
    match input.byte()? {
        VERSION => {}
        found => return Err(CodecError::Version { found }),
    }
    let records = input.list(record)?;
    if input.0.is_empty() { Ok(records) } else { Err(CodecError::Malformed) }
}

fn record(input: &mut Input<'_>) -> Result<Record, CodecError> {
    Ok(Record {
        key: key(input)?,
        generation: u64::from_be_bytes(input.array()?),
        change: u64::from_be_bytes(input.array()?),
        consumer: consumer(input)?,
        application: input.option(|input| Ok(ApplicationFacts { id: input.text()?, name: input.text()? }))?,
        registrations: input.list(registration)?,
    })
}

fn key(input: &mut Input<'_>) -> Result<LookupKey, CodecError> {
    let (realm, source) = (input.text()?, SourceId::new(&input.text()?));
    let kind = match input.byte()? {
        0 => LookupKind::Id,
        1 => LookupKind::Username,
        2 => LookupKind::CustomId,
        3 => LookupKind::ClientId,
        4 => LookupKind::FoldedUsername,
        _ => return Err(CodecError::Malformed),
    };
    Ok(LookupKey { realm, source, kind, value: input.text()? })
}

fn consumer(input: &mut Input<'_>) -> Result<ConsumerFacts, CodecError> {
    Ok(ConsumerFacts {
        id: input.option(Input::text)?,
        username: input.option(Input::text)?,
        custom_id: input.option(Input::text)?,
        groups: input.list(Input::text)?,
        consumer_groups: input.list(Input::text)?,
    })
}

fn registration(input: &mut Input<'_>) -> Result<Registration, CodecError> {
    Ok(Registration {
        service: input.text()?,
        state: State::from_kong(input.byte()?.into()).ok_or(CodecError::Malformed)?,
        suspended: input.flag()?,
        expires: input.option(|input| Ok(UnixTime::from_seconds(i64::from_be_bytes(input.array()?))))?,
    })
}

/// What is left to read.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], CodecError> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or(CodecError::Truncated)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], CodecError> {
        self.take(N)?.try_into().map_err(|_| CodecError::Truncated)
    }

    fn byte(&mut self) -> Result<u8, CodecError> {
        self.array().map(|[byte]| byte)
    }

    fn flag(&mut self) -> Result<bool, CodecError> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(CodecError::Malformed),
        }
    }

    fn length(&mut self) -> Result<usize, CodecError> {
        self.array().map(u16::from_be_bytes).map(usize::from)
    }

    fn text(&mut self) -> Result<Arc<str>, CodecError> {
        let len = self.length()?;
        let text = core::str::from_utf8(self.take(len)?).map_err(|_| CodecError::Malformed)?;
        Ok(text.into())
    }

    fn option<T>(
        &mut self,
        read: impl Fn(&mut Self) -> Result<T, CodecError>,
    ) -> Result<Option<T>, CodecError> {
        if self.flag()? { read(self).map(Some) } else { Ok(None) }
    }

    fn list<T>(&mut self, read: impl Fn(&mut Self) -> Result<T, CodecError>) -> Result<Vec<T>, CodecError> {
        (0..self.length()?).map(|_| read(self)).collect()
    }
}
