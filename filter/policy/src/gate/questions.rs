//! Questions that a decision needs answered by a provider: from memory, or by a call for which the request is held.

use super::{Case, Gate, Stop};
use crate::config::{OpenIdConnect, Source};
use crate::denial::Denial;
use crate::provider::{
    Answer, AnswerKey, Ask, CacheRules, Failure, Metadata, Terms, Turn, Unavailable, Url, Why, about_people,
    disagreement,
};
use crate::step::Topic;
use crate::time::UnixTime;
use crate::world::Memory;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString as _;
use alloc::sync::Arc;

impl Gate {
    /// The answer to a question.
    pub(super) fn answer(&mut self, ask: Ask, case: Case<'_>) -> Result<Answer, Stop> {
        let Case { world, now, .. } = case;
        if let Some((_, answer)) = self.answered.iter().find(|(key, _)| *key == ask.key) {
            return answer.clone().map_err(|failure| unanswered(&ask, &failure, now).into());
        }
        let kept = world.memory.answers.get(&ask.key, now).filter(|_| self.outdated != Some(ask.key));
        if let Some(answer) = kept {
            self.from_memory = Some(ask.key);
            return Ok(answer);
        }
        if self.turns >= super::MOST_TURNS {
            return Err(unavailable(&ask, "it was asked too often for one request", 1).into());
        }
        let twice = ask.twice(world.engine.wakes_other_streams);
        match world.memory.out.ask(&ask.key, twice, ask.patience(), now) {
            Turn::Ask => Err(Stop::Ask(Box::new(ask))),
            Turn::Wait(until) => Err(Stop::Wait { topic: Topic::Answer(ask.key), until }),
            Turn::Failed(failure) => Err(unanswered(&ask, &failure, now).into()),
            Turn::Later(seconds) => {
                Err(unavailable(&ask, "it is asked already, or too much at once", seconds).into())
            }
        }
    }

    /// Whether this question has an answer here, or is being asked.
    pub(super) fn is_out_or_answered(&self, key: &AnswerKey, case: Case<'_>) -> bool {
        let Memory { answers, out, .. } = case.world.memory;
        self.answered.iter().any(|(known, _)| known == key)
            || out.has(key, case.now)
            || answers.get(key, case.now).is_some()
    }

    /// Whether the answer to this question came from memory, and may be older than what it is about: then it is asked
    /// anew, once.
    pub(super) fn is_outdated(&mut self) -> bool {
        let outdated = self.from_memory.take();
        let first = outdated.is_some() && self.outdated != outdated;
        if first {
            self.outdated = outdated;
        }
        first
    }

    /// An endpoint of a source that the gateway asks.
    pub(super) fn endpoint(
        &mut self,
        (own, name): (&Option<Url>, &'static str),
        of: impl FnOnce(&Metadata) -> Option<&Url>,
        rules: &OpenIdConnect,
        case: Case<'_>,
    ) -> Result<Url, Stop> {
        let url = self.visited((own, name), of, rules, case)?;
        let (targets, kind) = (&case.world.policy.config().targets, case.world.engine.callout_target);
        if own.is_none() && targets.of(&url, kind).is_none() {
            let why = format!("origins has no upstream for {}", url.origin());
            return Err(misconfigured(&rules.source, name, &why).into());
        }
        Ok(url)
    }

    /// An endpoint of a source that people visit: as the config says, or as its discovery document does. Nothing is asked,
    /// and nobody sent, anywhere else, so this is where the two are compared.
    pub(super) fn visited(
        &mut self,
        (own, name): (&Option<Url>, &'static str),
        of: impl FnOnce(&Metadata) -> Option<&Url>,
        rules: &OpenIdConnect,
        case: Case<'_>,
    ) -> Result<Url, Stop> {
        let source = &rules.source;
        if rules.provider.verifies_parameters {
            let metadata = self.metadata(source, case)?;
            if let Some(other) = disagreement(&rules.provider, &rules.methods, &metadata)
                .or_else(|| about_people(rules, &metadata))
            {
                return Err(misconfigured(source, other.key, &other.to_string()).into());
            }
        }
        if let Some(url) = own {
            return Ok(url.clone());
        }
        let metadata = self.metadata(source, case)?;
        let Some(url) = of(&metadata) else {
            let why = "its discovery document has no such endpoint, and neither has the config";
            return Err(misconfigured(source, name, why).into());
        };
        Ok(url.clone())
    }

    pub(super) fn metadata(&mut self, source: &Arc<Source>, case: Case<'_>) -> Result<Arc<Metadata>, Stop> {
        let provider = case.world.memory.providers.of(&source.id);
        match provider.and_then(|provider| provider.metadata()) {
            Some(metadata) => Ok(metadata),
            None => Err(self.fetch(source, Why::Unknown, "its discovery document", case)),
        }
    }

    /// Where answers are kept, and for how long; not at all, unless the endpoint `keeps` them.
    pub(super) fn terms<'a>(rules: &OpenIdConnect, keeps: bool, case: Case<'a>) -> Terms<'a> {
        let keeps: Option<CacheRules> = keeps.then_some(rules.provider.cache);
        Terms { cache: &case.world.memory.answers, keeps, timeout_ms: rules.provider.timeout_ms }
    }
}

/// The denial for want of an answer.
fn unanswered(ask: &Ask, failure: &Failure, now: UnixTime) -> Denial {
    let retry = match failure {
        Failure::Unavailable(Unavailable::Status { retry_after: Some(retry), .. }) => {
            i64::from(retry.seconds(now))
        }
        Failure::Unavailable(_) | Failure::Malformed(_) => RETRY,
        Failure::Refused { .. } => {
            let (source, why) = (ask.source.as_str().into(), failure.to_string().into());
            return Denial::ProviderMisconfigured { source, what: ask.what(), why };
        }
    };
    unavailable(ask, &failure.to_string(), retry)
}

pub(super) fn unavailable(ask: &Ask, why: &str, retry_after: i64) -> Denial {
    let source = ask.source.as_str().into();
    Denial::ProviderUnavailable { source, what: ask.what(), why: why.into(), retry_after: retry_after.max(1) }
}

/// The denial for something that only the operator can put right.
pub(super) fn misconfigured(source: &Source, what: &'static str, why: &str) -> Denial {
    Denial::ProviderMisconfigured { source: source.id.as_str().into(), what, why: why.into() }
}

/// Seconds after which a provider that did not answer may be asked again.
const RETRY: i64 = 5;
