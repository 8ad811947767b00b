//! The life of one request: a state machine without I/O. Events and the time go in, steps come out.

use crate::acl::{self, Admitted};
use crate::config::{Authentication, Enforcement, KeyAuth, OpenIdConnect, Strategies};
use crate::consumer::{self, Caller};
use crate::credential::{self, Credential, LONGEST_BODY, Search};
use crate::denial::{Audience, Denial};
use crate::headers::HeaderEdit;
use crate::jwt::Unverified;
use crate::keys::KeySet;
use crate::permit::{Permit, Presented, Subject};
use crate::request::RequestHead;
use crate::route::{self, Matched};
use crate::step::{Event, Step};
use crate::time::UnixTime;
use crate::verified::{self, Verified};
use crate::world::{Entropy, World};
use crate::{authorization, current, registration};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

mod facts;
mod held;
mod strategy;
mod witness;

pub use facts::{Facts, LoggedClaims, Outcome};
use held::HeldHead;
pub use witness::Witness;

/// One request's way through the gate. Copies what later phases need: engines take the headers away.
#[derive(Debug, Default)]
pub struct Gate {
    facts: Facts,
    /// The head of a request whose body is awaited.
    held: Option<Box<HeldHead>>,
    /// The strategy that the token's issuer chose.
    rules: Option<Arc<OpenIdConnect>>,
}

/// What a decision starts from.
#[derive(Clone, Copy)]
struct Case<'a> {
    head: &'a RequestHead<'a>,
    body: Option<&'a [u8]>,
    /// The body is longer than what is read of one.
    too_long: bool,
    matched: &'a Matched<'a>,
    world: &'a World<'a>,
    now: UnixTime,
}

/// What a decision leads to, unless it is a refusal.
enum Verdict {
    Permit(Permit),
    NeedBody,
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
        self.run(head, (None, false), world, now)
    }

    /// The same for a request whose body is known, if it has one, and that belongs to `matched`; `witness` sees each
    /// proof. What people are told of a decision comes from here, so that it is the decision.
    pub fn explain(
        &mut self,
        head: &RequestHead<'_>,
        body: Option<&[u8]>,
        matched: &Matched<'_>,
        (world, now): (&World<'_>, UnixTime),
        witness: &mut dyn Witness,
    ) -> Step {
        self.facts.matched(matched);
        let case = Case { head, body: None, too_long: false, matched, world, now };
        match self.settle(case, witness) {
            Step::NeedBody { at_most } => {
                let body = body.unwrap_or_default();
                let too_long = body.len() > at_most;
                self.settle(Case { body: Some(body), too_long, ..case }, witness)
            }
            step => step,
        }
    }

    /// Goes on with a request that was held. An event that answers no question of the gate's is refused.
    pub fn on(
        &mut self,
        event: Event<'_>,
        world: &World<'_>,
        now: UnixTime,
        _entropy: &mut dyn Entropy,
    ) -> Step {
        match (event, self.held.take()) {
            (Event::Body(body, last), Some(held)) => {
                let too_long = !last || body.len() > LONGEST_BODY;
                held.with(|head| self.run(head, (Some(body), too_long), world, now))
            }
            (event, _) => {
                let what = match event {
                    Event::Body(..) => "a body for a request that waits for none",
                    Event::Answer(..) | Event::Woken => "an event for a request that waits for none",
                };
                self.facts.outcome = Outcome::Denied(Denial::Internal { what });
                Step::Reply(Box::new(Denial::Internal { what }.into_response(Audience::default())))
            }
        }
    }

    /// What is known of the request, for the audit line and the metrics.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    fn run(
        &mut self,
        head: &RequestHead<'_>,
        (body, too_long): (Option<&[u8]>, bool),
        world: &World<'_>,
        now: UnixTime,
    ) -> Step {
        let matched = match route::find(world.policy.config(), head, &world.engine) {
            Ok(matched) => matched,
            Err(denial) => return self.refuse(denial, head, None),
        };
        self.facts.matched(&matched);
        self.settle(Case { head, body, too_long, matched: &matched, world, now }, &mut ())
    }

    fn settle(&mut self, case: Case<'_>, witness: &mut dyn Witness) -> Step {
        match self.decide(case, witness) {
            Ok(Verdict::Permit(permit)) => {
                self.facts.permitted(permit.grounds());
                Step::Forward(Box::new(permit))
            }
            Ok(Verdict::NeedBody) => {
                self.held = Some(Box::new(HeldHead::copy(case.head)));
                Step::NeedBody { at_most: LONGEST_BODY }
            }
            Err(denial) => self.refuse(denial, case.head, Some(case.matched)),
        }
    }

    /// What the gateway owns goes first, whatever follows.
    fn decide(&mut self, case: Case<'_>, witness: &mut dyn Witness) -> Result<Verdict, Denial> {
        let stripped = case.world.policy.owned().strip(case.head, &case.world.engine)?;
        if !case.matched.rules.authentication.run_on_preflight() && case.head.is_preflight() {
            return Ok(Verdict::Permit(Permit::preflight(stripped)));
        }
        if case.matched.service.enforcement == Enforcement::Enforce {
            return self.admit(case, stripped, witness);
        }
        self.admit(case, stripped.clone(), witness).or_else(|denial| {
            self.facts.overlook(denial);
            Ok(Verdict::Permit(Permit::reported(stripped)))
        })
    }

    /// A caller who does not prove who it is may be the anonymous consumer's, where there is one.
    fn admit(
        &mut self,
        case: Case<'_>,
        stripped: Vec<HeaderEdit>,
        witness: &mut dyn Witness,
    ) -> Result<Verdict, Denial> {
        let authentication = &case.matched.rules.authentication;
        let credential = match find(case, authentication) {
            Ok(Search::Found(credential)) => Ok(credential),
            Ok(Search::InBody(_)) if case.world.engine.holds_for_body => return Ok(Verdict::NeedBody),
            Ok(Search::InBody(_)) => Err(Denial::CredentialMissing),
            Err(denial) => Err(denial),
        };
        let credential = credential.as_ref().map_err(Clone::clone);
        let proven = credential.clone().and_then(|found| {
            witness.credential(found);
            match authentication {
                Authentication::OpenIdConnect(strategies) => {
                    self.by_token(case, (found, strategies), stripped.clone(), witness)
                }
                Authentication::KeyAuth(rules) => {
                    self.by_key(case, (found, rules), stripped.clone(), witness)
                }
            }
        });
        match (proven, authentication.anonymous()) {
            (Err(denial), Some(anonymous)) if denial.wire().leaves_to_anonymous => {
                self.as_anonymous(case, anonymous, credential.ok(), stripped, denial)
            }
            (proven, _) => proven,
        }
        .map(Verdict::Permit)
    }

    /// A token is judged by the strategy for its issuer.
    fn by_token(
        &mut self,
        case: Case<'_>,
        (credential, strategies): (&Credential<'_>, &Strategies),
        stripped: Vec<HeaderEdit>,
        witness: &mut dyn Witness,
    ) -> Result<Permit, Denial> {
        let token = credential.token();
        let permit = strategy::choose(strategies, token, case.world).and_then(|rules| {
            self.rules = Some(Arc::clone(rules));
            witness.strategy(rules);
            self.authenticate(case, (credential, rules), stripped, witness)
        });
        self.facts.log_claims(&case.world.policy.config().log_claims, token, permit.is_err());
        permit
    }

    /// The whole order of checks. Every line either proves something or refuses.
    fn authenticate(
        &mut self,
        case: Case<'_>,
        (credential, rules): (&Credential<'_>, &OpenIdConnect),
        stripped: Vec<HeaderEdit>,
        witness: &mut dyn Witness,
    ) -> Result<Permit, Denial> {
        let Case { world, now, .. } = case;
        let keys = world.keys(&rules.source)?;
        let verified = self.verify(credential.token(), (rules, &keys), world)?;
        witness.verified(&verified);
        self.facts.verified(&verified);
        let current = current::check(&verified, &rules.token, now)?;
        let authorized = authorization::check(&current, &rules.requirements)?;
        let caller = consumer::resolve(&authorized, &rules.consumer, &world.directory())?;
        witness.caller(&caller);
        let admitted = self.let_in(case, &caller)?;
        let presented = Presented { credential, verified: &verified, keys: &keys };
        Permit::authenticated(&admitted, rules, presented, stripped, case.subject())
    }

    /// An API key proves who calls, and nothing else.
    fn by_key(
        &mut self,
        case: Case<'_>,
        (credential, rules): (&Credential<'_>, &KeyAuth),
        stripped: Vec<HeaderEdit>,
        witness: &mut dyn Witness,
    ) -> Result<Permit, Denial> {
        let caller = consumer::by_key(credential.token(), &case.world.directory())?;
        witness.caller(&caller);
        let admitted = self.let_in(case, &caller)?;
        Permit::by_key(&admitted, rules, credential, stripped, case.subject())
    }

    /// The anonymous consumer is a consumer like others, but for its credential: it has none.
    fn as_anonymous(
        &mut self,
        case: Case<'_>,
        name: &str,
        credential: Option<&Credential<'_>>,
        stripped: Vec<HeaderEdit>,
        failure: Denial,
    ) -> Result<Permit, Denial> {
        let Case { matched, world, .. } = case;
        let directory = world.directory();
        let caller = match &matched.rules.authentication {
            Authentication::OpenIdConnect(strategies) => {
                consumer::anonymous(name, &strategies.first().source.id, &directory)?
            }
            Authentication::KeyAuth(_) => consumer::anonymous_anywhere(name, &directory)?,
        };
        let caller = caller.ok_or_else(|| failure.clone())?;
        let admitted = self.let_in(case, &caller)?;
        let permit = Permit::anonymous(&admitted, credential, stripped, case.subject())?;
        self.facts.overlook(failure);
        Ok(permit)
    }

    /// However a caller was found, the service must let it in.
    fn let_in<'a>(&mut self, case: Case<'a>, caller: &'a Caller<'a>) -> Result<Admitted<'a>, Denial> {
        let Case { matched, now, .. } = case;
        self.facts.caller(caller);
        let registered = registration::check(caller, matched.rules, &matched.service.id, now)?;
        acl::check(&registered, matched.rules)
    }

    /// A token that was proven before costs a look-up; every other one a signature.
    fn verify(
        &mut self,
        token: &[u8],
        (rules, keys): (&OpenIdConnect, &KeySet),
        world: &World<'_>,
    ) -> Result<Verified, Denial> {
        if let Some(verified) = world.cache.get(&rules.source.id, keys, token) {
            return Ok(verified);
        }
        let unverified = Unverified::parse(token)?;
        self.facts.parsed(unverified.header().kid.as_deref());
        let verified = verified::verify_under(&unverified, rules, keys, world.native)?;
        world.cache.put(token, &verified);
        Ok(verified)
    }

    fn refuse(&mut self, denial: Denial, head: &RequestHead<'_>, matched: Option<&Matched<'_>>) -> Step {
        let chosen = self.rules.as_ref().map(|rules| &rules.errors);
        let rules = chosen.or_else(|| matched.map(|matched| matched.rules.authentication.errors()));
        self.facts.outcome = Outcome::Denied(denial.clone());
        Step::Reply(Box::new(denial.into_response(Audience { rules, grpc: head.is_grpc() })))
    }
}

fn find<'a>(case: Case<'a>, authentication: &'a Authentication) -> Result<Search<'a>, Denial> {
    if case.too_long {
        return Err(Denial::BodyTooLong { at_most: LONGEST_BODY });
    }
    match authentication {
        Authentication::OpenIdConnect(strategies) => {
            credential::search(case.head, &strategies.first().credential, case.body)
        }
        Authentication::KeyAuth(rules) => credential::find_key(case.head, rules).map(Search::Found),
    }
}

impl<'a> Case<'a> {
    fn subject(&self) -> Subject<'a> {
        Subject { head: self.head, body: self.body, engine: &self.world.engine }
    }
}

#[cfg(test)]
mod tests;
