//! The keys of a token's source, where they are fetched: a request that needs them has them fetched, or waits.

use super::held::{Held, HeldBody, HeldHead, Until};
use super::poison::poison;
use super::{Gate, Stop};
use crate::config::Source;
use crate::denial::Denial;
use crate::keys::KeySet;
use crate::provider::{Fetch, Fetched, Leave, Progress, Why};
use crate::request::RequestHead;
use crate::step::{CallError, CallId, Step, Topic};
use crate::time::UnixTime;
use crate::world::World;
use alloc::boxed::Box;
use alloc::sync::Arc;

impl Gate {
    /// The keys of a source.
    pub(super) fn keys(
        &mut self,
        source: &Arc<Source>,
        world: &World<'_>,
        now: UnixTime,
    ) -> Result<KeySet, Stop> {
        match world.keys(source, now)? {
            Some(keys) => Ok(keys),
            None => Err(self.ask(source, Why::Unknown, world, now).unwrap_or_else(|retry_after| {
                let source = source.id.as_str().into();
                Stop::Denied(Denial::ProviderUnavailable { source, what: "keys", retry_after })
            })),
        }
    }

    /// What becomes of a token whose signature was not proven: if that is for want of a key, once for each request, the
    /// keys are fetched anew, as often as the source allows. `has_kid`: whether the token names its key.
    pub(super) fn look_again(
        &mut self,
        denial: Denial,
        has_kid: bool,
        source: &Arc<Source>,
        world: &World<'_>,
        now: UnixTime,
    ) -> Stop {
        let for_want_of_a_key = match &denial {
            Denial::KeyUnknown { .. } => true,
            Denial::SignatureInvalid => !has_kid,
            _ => false,
        };
        if !for_want_of_a_key || self.refetched {
            return Stop::Denied(denial);
        }
        self.refetched = true;
        self.ask(source, Why::UnknownKey, world, now).unwrap_or(Stop::Denied(denial))
    }

    /// How to get what is wanted; or in how many seconds to ask again.
    fn ask(&mut self, source: &Source, why: Why, world: &World<'_>, now: UnixTime) -> Result<Stop, i64> {
        let Some(provider) = world.memory.providers.of(&source.id) else { return Err(1) };
        if self.turns >= MOST_TURNS {
            return Err(1);
        }
        match provider.ask(why, world.engine.wakes_other_streams, now) {
            Leave::Fetch(fetch) => Ok(Stop::Fetch(fetch)),
            Leave::Wait(until) => Ok(Stop::Wait { topic: Topic::Keys(source.id.clone()), until }),
            Leave::Later(seconds) => Err(seconds),
        }
    }

    /// Holds the request for the next call of a fetch. `None` if the fetch is over: there was nothing left that could be
    /// called.
    pub(super) fn call(
        &mut self,
        mut fetch: Box<Fetch>,
        head: &RequestHead<'_>,
        body: &Option<HeldBody>,
        world: &World<'_>,
        now: UnixTime,
    ) -> Option<Step> {
        loop {
            let id = CallId(self.turns);
            self.turns = self.turns.saturating_add(1);
            if let Some(call) = fetch.call(&world.policy.config().targets, &world.engine, id) {
                let poisons = world.engine.poison_before_pause && !self.poisoned;
                self.poisoned |= poisons;
                let before = if poisons { poison(head) } else { Default::default() };
                let until = Until::Answer(id, fetch);
                self.held = Some(Box::new(Held { head: HeldHead::copy(head), body: body.clone(), until }));
                return Some(Step::Call { call, before });
            }
            fetch = match fetch.answer(Err(CallError::NotSent), now) {
                Progress::More(fetch) => fetch,
                Progress::Done(fetched, source) => {
                    self.settle_fetch(fetched, &source, world, now);
                    return None;
                }
            }
        }
    }

    pub(super) fn settle_fetch(
        &mut self,
        fetched: Fetched,
        source: &Source,
        world: &World<'_>,
        now: UnixTime,
    ) {
        world.memory.providers.settle(source, fetched, now);
        self.announced = Some(Topic::Keys(source.id.clone()));
    }
}

/// How often a request is held for a provider, at most: it must end.
const MOST_TURNS: u32 = 16;

#[cfg(test)]
mod tests;
