//! The keys of a token's source, where they are fetched: a request that needs them has them fetched, or waits.

use super::{Case, Gate, MOST_TURNS, Stop};
use crate::config::Source;
use crate::denial::Denial;
use crate::keys::KeySet;
use crate::provider::{Leave, Why};
use crate::step::Topic;
use alloc::sync::Arc;

impl Gate {
    /// The keys of a source.
    pub(super) fn keys(&mut self, source: &Arc<Source>, case: Case<'_>) -> Result<KeySet, Stop> {
        match case.world.keys(source, case.now)? {
            Some(keys) => Ok(keys),
            None => Err(self.fetch(source, Why::Unknown, "its keys", case)),
        }
    }

    /// What becomes of a request that cannot do without `what`.
    pub(super) fn fetch(
        &mut self,
        source: &Arc<Source>,
        why: Why,
        what: &'static str,
        case: Case<'_>,
    ) -> Stop {
        self.leave(source, why, case).unwrap_or_else(|retry_after| {
            let trouble = case.world.memory.providers.of(&source.id).and_then(|provider| provider.trouble());
            let why = trouble.unwrap_or_else(|| "somebody asks for it already".into());
            Denial::ProviderUnavailable { source: source.id.as_str().into(), what, why, retry_after }.into()
        })
    }

    /// What becomes of a token whose signature was not proven: if that is for want of a key, once for each request, the
    /// keys are fetched anew, as often as the source allows. `has_kid`: whether the token names its key.
    pub(super) fn look_again(
        &mut self,
        denial: Denial,
        has_kid: bool,
        source: &Arc<Source>,
        case: Case<'_>,
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
        self.leave(source, Why::UnknownKey, case).unwrap_or(Stop::Denied(denial))
    }

    /// How far the clock of the chosen strategy's provider is ahead of ours, where that is worth a word.
    pub(super) fn clock_offset(&self, case: Case<'_>) -> Option<i64> {
        let source = &self.rules.as_ref()?.source.id;
        case.world.memory.providers.of(source)?.notable_offset()
    }

    /// How to get what is wanted; or in how many seconds to ask again.
    fn leave(&mut self, source: &Source, why: Why, case: Case<'_>) -> Result<Stop, i64> {
        let Case { world, now, .. } = case;
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
}

#[cfg(test)]
mod tests;
