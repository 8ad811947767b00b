//! The publisher's root context: ticks and answers go in, calls come out. Root id `claimgate_publisher`.

use crate::entropy::EngineEntropy;
use crate::host::{HeaderMap, Host, HostError, Level};
use crate::hostcalls::pairs::Pairs;
use crate::plugin::Refusal;
use crate::shared::EngineData;
use claimgate_policy::capabilities::Capabilities;
use claimgate_policy::config::{Config, LONGEST_PAGE};
use claimgate_policy::publisher;
use claimgate_policy::step::{CallError, HttpResponse};
use claimgate_policy::time::UnixTime;
use claimgate_policy::world::Entropy;
use std::rc::Rc;
use std::sync::Arc;

/// What writes into shared data. Nothing is written before the first tick: an engine also runs configs that it then
/// refuses, and what those write stays.
pub(crate) struct Publisher {
    host: Rc<dyn Host>,
    core: publisher::Publisher,
    data: EngineData,
}

/// Random bytes with the moment in them. Kong's engine gives every worker the same ones, and two publishers with one
/// name would take each other's office for their own.
struct Stamped {
    nanoseconds: u64,
    source: EngineEntropy,
}

impl Entropy for Stamped {
    fn fill(&mut self, out: &mut [u8]) {
        self.source.fill(out);
        for (byte, stamp) in out.iter_mut().zip(self.nanoseconds.to_be_bytes().iter().cycle()) {
            *byte ^= stamp;
        }
    }
}

impl Publisher {
    /// The root id that makes a root context a publisher.
    pub(crate) const ROOT_ID: &[u8] = b"claimgate_publisher";

    /// Under this config; ticks from now on.
    pub(crate) fn configured(
        host: Rc<dyn Host>,
        config: Arc<Config>,
        engine: &Capabilities,
    ) -> Result<Self, Refusal> {
        let feed = config.pushed.as_ref().and_then(|pushed| pushed.feed.as_ref());
        if !feed.ok_or(Refusal::NoFeed)?.suits(engine.callout_target) {
            return Err(Refusal::FeedTarget);
        }
        let core = publisher::Publisher::new(config).ok_or(Refusal::NoFeed)?;
        host.set_tick_period(publisher::TICK_MS).map_err(Refusal::NoTicks)?;
        let data = EngineData::new(Rc::clone(&host));
        Ok(Self { host, core, data })
    }

    pub(crate) fn tick(&mut self) {
        let Some(now) = self.now() else { return };
        let Ok(nanoseconds) = self.host.now() else { return };
        let mut entropy = Stamped { nanoseconds, source: EngineEntropy::default() };
        let call = self.core.tick(&self.data, now, &mut entropy);
        if let Some(call) = call
            && self.host.http_call(&call).is_err()
        {
            self.core.answer(&self.data, Err(CallError::NotSent), now);
        }
        self.say();
    }

    /// The outcome of the call; engines hand over no headers where there is no answer.
    pub(crate) fn answer(&mut self, headers: usize) {
        let Some(now) = self.now() else { return };
        let status = if headers == 0 { None } else { self.status() };
        let body = self.host.call_body(LONGEST_PAGE.saturating_add(1));
        let answer = match (status, body) {
            (Some(status), Ok(body)) => Ok((status, body)),
            // No buffer at all is an empty body.
            (Some(status), Err(HostError::NotFound | HostError::BadArgument)) => Ok((status, Vec::new())),
            _ => Err(CallError::Failed),
        };
        let answer = match &answer {
            Ok((status, body)) => Ok(HttpResponse { status: *status, headers: &[], body }),
            Err(error) => Err(*error),
        };
        self.core.answer(&self.data, answer, now);
        self.say();
    }

    fn status(&self) -> Option<u16> {
        let map = self.host.pairs(HeaderMap::CallResponse).ok()?;
        let mut pairs = Pairs::new(&map).ok()?.filter_map(Result::ok);
        let (_, value) = pairs.find(|(name, _)| *name == b":status")?;
        std::str::from_utf8(value).ok()?.parse().ok()
    }

    fn now(&self) -> Option<UnixTime> {
        crate::http::now(&*self.host).ok()
    }

    fn say(&mut self) {
        for note in self.core.notes() {
            let level = if note.is_trouble() { Level::Error } else { Level::Info };
            self.host.log(level, &format!("claimgate: publisher: {note}"));
        }
    }
}

#[cfg(test)]
mod tests;
