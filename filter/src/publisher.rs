//! The publisher's root context: ticks and answers go in, calls come out. Root id `claimgate_publisher`.

use crate::answer::{Answer, Parts};
use crate::entropy::EngineEntropy;
use crate::host::{Host, Level};
use crate::plugin::Refusal;
use crate::shared::EngineData;
use claimgate_policy::capabilities::Capabilities;
use claimgate_policy::config::{Config, LONGEST_PAGE};
use claimgate_policy::publisher;
use claimgate_policy::step::CallError;
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

    /// Under this config; it works at ticks.
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

    /// The outcome of the call.
    pub(crate) fn answer(&mut self, headers: usize) {
        let Some(now) = self.now() else { return };
        let answer = Answer::read(&*self.host, headers, LONGEST_PAGE);
        let parts = answer.as_ref().map_err(|error| *error).and_then(Answer::parts);
        let response = parts.as_ref().map(Parts::response).map_err(|error| *error);
        self.core.answer(&self.data, response, now);
        self.say();
    }

    fn now(&self) -> Option<UnixTime> {
        crate::request::now(&*self.host).ok()
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
