//! A question that all workers of an engine ask once between them: how a refresh token is used.

use super::questions::unavailable;
use super::session::expires;
use super::{Case, Gate, MOST_TURNS, Stop};
use crate::provider::{Answer, Ask};
use crate::session::handover::{Handover, Turn};
use crate::step::Topic;
use crate::time::UnixTime;
use alloc::boxed::Box;
use alloc::sync::Arc;

impl Gate {
    /// As [`Gate::answer`]; what another worker is asking or was told is waited for, or taken.
    pub(super) fn answer_once(
        &mut self,
        ask: Ask,
        handover: Option<Handover<'_>>,
        case: Case<'_>,
    ) -> Result<Answer, Stop> {
        let Some(handover) = handover else { return self.answer(ask, case) };
        if self.turn.is_none() && !self.is_out_or_answered(&ask.key, case) {
            match handover.take(ask.patience(), case.now) {
                Turn::Own(claim) => self.turn = claim.map(Box::new),
                Turn::Over(answer) => return Ok(Answer::Token(Arc::new(answer))),
                Turn::Elsewhere if self.turns >= MOST_TURNS => {
                    return Err(unavailable(&ask, "another worker is asking it", 1).into());
                }
                Turn::Elsewhere => {
                    let (topic, until) = (Topic::Answer(ask.key), case.now.plus(LOOK_AGAIN));
                    return Err(Stop::Wait { topic, until });
                }
            }
        }
        let answered = self.answer(ask, case);
        if !matches!(answered, Err(Stop::Ask(_) | Stop::Fetch(_) | Stop::Wait { .. })) {
            self.end_turn(&handover, answered.as_ref().ok(), case.now);
        }
        answered
    }

    fn end_turn(&mut self, handover: &Handover<'_>, answer: Option<&Answer>, now: UnixTime) {
        let Some(claim) = self.turn.take() else { return };
        match answer {
            Some(Answer::Token(answer)) => {
                let good = expires(answer.expires_in, &answer.access_token, now);
                let until = now.plus(KEPT);
                handover.leave(&claim, answer, good.map_or(until, |good| good.min(until)), now);
            }
            _ => claim.give_back(handover.data),
        }
    }
}

/// Seconds after which a request looks again whether another worker has its answer: nobody can wake it.
const LOOK_AGAIN: i64 = 1;

/// Seconds for which an answer is left for the others, at most: as long as one worker keeps it for its own requests.
pub(super) const KEPT: i64 = 60;

#[cfg(test)]
mod tests;
