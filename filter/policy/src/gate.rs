//! The life of one request: a state machine without I/O. Events and the time go in, steps come out.

use crate::credential::Credential;
use crate::denial::{Denial, shown};
use crate::jwt::Unverified;
use crate::permit::Permit;
use crate::request::RequestHead;
use crate::route::{self, Matched};
use crate::step::{Event, Step};
use crate::time::UnixTime;
use crate::verified::{self, Verified};
use crate::world::{Entropy, World};
use crate::{acl, authorization, consumer, current, registration};
use alloc::boxed::Box;

mod facts;

pub use facts::{Facts, Outcome};

/// One request's way through the gate. Copies what later phases need: engines take the headers away.
#[derive(Debug, Default)]
pub struct Gate {
    facts: Facts,
}

impl Gate {
    /// For a request whose head has not been seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Decides on the head of the request.
    pub fn begin(
        &mut self,
        head: &RequestHead<'_>,
        world: &World<'_>,
        now: UnixTime,
        _entropy: &mut dyn Entropy,
    ) -> Step {
        let matched = match route::find(world.policy.config(), head, &world.engine) {
            Ok(matched) => matched,
            Err(denial) => return self.refuse(denial, None),
        };
        self.facts.matched(&matched);
        match self.decide(head, &matched, world, now) {
            Ok(permit) => {
                self.facts.outcome = Outcome::Permitted;
                Step::Forward(Box::new(permit))
            }
            Err(denial) => self.refuse(denial, Some(&matched)),
        }
    }

    /// Goes on with a request that was held.
    ///
    /// No method that works today holds a request, so an event has no question that it could answer: it is refused.
    pub fn on(
        &mut self,
        _event: Event<'_>,
        _world: &World<'_>,
        _now: UnixTime,
        _entropy: &mut dyn Entropy,
    ) -> Step {
        self.refuse(Denial::Internal { what: "an event for a request that waits for none" }, None)
    }

    /// What is known of the request, for the audit line and the metrics.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The whole order of checks. Every line either proves something or refuses.
    fn decide(
        &mut self,
        head: &RequestHead<'_>,
        matched: &Matched<'_>,
        world: &World<'_>,
        now: UnixTime,
    ) -> Result<Permit, Denial> {
        let rules = &matched.rules.openid_connect;
        let stripped = world.policy.owned().strip(head, &world.engine)?;
        let credential = Credential::find(head)?;
        let verified = self.verify(credential.token(), matched, world)?;
        self.facts.verified(&verified);
        let current = current::check(&verified, &rules.token, now)?;
        let authorized = authorization::check(&current, &rules.requirements)?;
        let caller = consumer::resolve(&authorized, &rules.consumer, &world.policy.config().registry)?;
        self.facts.caller(&caller);
        let registered = registration::check(&caller, matched.rules, &matched.service.id, now)?;
        let admitted = acl::check(&registered, matched.rules)?;
        Ok(Permit::authenticated(&admitted, rules, credential.token(), stripped, &world.engine))
    }

    /// A token that was proven before costs a look-up; every other one a signature.
    fn verify(&mut self, token: &[u8], matched: &Matched<'_>, world: &World<'_>) -> Result<Verified, Denial> {
        let source = matched.source;
        if let Some(verified) = world.cache.get(&source.id, &source.keys, token) {
            return Ok(verified);
        }
        let unverified = Unverified::parse(token)?;
        self.facts.kid = unverified.header().kid.as_deref().map(shown);
        let verified = verified::verify_under(&unverified, &matched.rules.openid_connect, world.native)?;
        world.cache.put(token, &verified);
        Ok(verified)
    }

    fn refuse(&mut self, denial: Denial, matched: Option<&Matched<'_>>) -> Step {
        let rules = matched.map(|matched| &matched.rules.openid_connect.errors);
        self.facts.outcome = Outcome::Denied(denial.clone());
        Step::Reply(Box::new(denial.into_response(rules)))
    }
}

#[cfg(test)]
mod tests;
