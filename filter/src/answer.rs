//! What a call of the filter's was answered with, read from the engine while it hands it over.

use crate::host::{HeaderMap, Host, HostError};
use crate::hostcalls::pairs::Pairs;
use claimgate_policy::step::{CallError, HttpResponse};

/// The engine's buffers.
pub(crate) struct Answer {
    map: Vec<u8>,
    body: Vec<u8>,
}

/// What stands in them.
pub(crate) struct Parts<'a> {
    status: u16,
    headers: Vec<(&'a [u8], &'a [u8])>,
    body: &'a [u8],
}

impl Answer {
    /// Reads the answer, of a body at most `at_most` bytes and one more. Engines hand over no headers where there is no
    /// answer.
    pub(crate) fn read(host: &dyn Host, headers: usize, at_most: usize) -> Result<Self, CallError> {
        if headers == 0 {
            return Err(CallError::Failed);
        }
        let map = host.pairs(HeaderMap::CallResponse).map_err(|_| CallError::Failed)?;
        let body = match host.call_body(at_most.saturating_add(1)) {
            Ok(body) => body,
            // No buffer at all is an empty body.
            Err(HostError::NotFound | HostError::BadArgument) => Vec::new(),
            Err(_) => return Err(CallError::Failed),
        };
        Ok(Self { map, body })
    }

    /// Its parts; Kong's engine calls a call good that was answered with nothing, so a status must be there.
    pub(crate) fn parts(&self) -> Result<Parts<'_>, CallError> {
        let pairs = Pairs::new(&self.map).map_err(|_| CallError::Failed)?;
        let headers: Vec<(&[u8], &[u8])> = pairs.filter_map(Result::ok).collect();
        let status = headers.iter().find(|(name, _)| *name == b":status").map(|(_, value)| *value);
        let status = status.and_then(|status| std::str::from_utf8(status).ok()?.parse().ok());
        Ok(Parts { status: status.ok_or(CallError::Failed)?, headers, body: &self.body })
    }
}

impl Parts<'_> {
    /// In the policy's terms.
    pub(crate) fn response(&self) -> HttpResponse<'_> {
        HttpResponse { status: self.status, headers: &self.headers, body: self.body }
    }
}
