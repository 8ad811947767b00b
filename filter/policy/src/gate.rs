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
use crate::provider::{Fetch, Progress};
use crate::request::RequestHead;
use crate::route::{self, Matched};
use crate::step::{Event, Step, Topic};
use crate::time::UnixTime;
use crate::verified::{self, Verified};
use crate::world::{Entropy, World};
use crate::{authorization, current, registration};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

mod facts;
mod held;
mod keys;
mod poison;
mod strategy;
mod witness;

pub use facts::{Facts, LoggedClaims, Outcome};
use held::{Held, HeldBody, HeldHead, Until};
pub use witness::Witness;

/// One request's way through the gate. Copies what later phases need: engines take the headers away.
#[derive(Debug, Default)]
pub struct Gate {
    facts: Facts,
    held: Option<Box<Held>>,
    /// The strategy that the token's issuer chose.
    rules: Option<Arc<OpenIdConnect>>,
    /// How often it was held for something at a provider.
    turns: u32,
    /// Keys were fetched for it since the token's was not among those known.
    refetched: bool,
    poisoned: bool,
    /// What others may wait for, and has happened.
    announced: Option<Topic>,
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

/// What a decision leads to, unless it cannot be made.
enum Verdict {
    Permit(Permit),
    NeedBody,
}

/// Why a decision ends before a verdict.
enum Stop {
    Denied(Denial),
    /// What it takes must be fetched first.
    Fetch(Box<Fetch>),
    /// Somebody else fetches it.
    Wait {
        topic: Topic,
        until: UnixTime,
    },
}

impl From<Denial> for Stop {
    fn from(denial: Denial) -> Self {
        Self::Denied(denial)
    }
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

    /// The same for a request whose body is known, if it has one, and that belongs to `matched`, without a call to any
    /// provider; `witness` sees each proof. What people are told of a decision comes from here, so that it is the decision.
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
        let step = match self.settle(case, witness) {
            Step::NeedBody { at_most } => {
                let body = body.unwrap_or_default();
                let too_long = body.len() > at_most;
                self.settle(Case { body: Some(body), too_long, ..case }, witness)
            }
            step => step,
        };
        match step {
            Step::Call { .. } | Step::Wait { .. } => {
                let source = match self.abandon(world) {
                    Some(Topic::Keys(source)) => source.as_str().into(),
                    None => Box::default(),
                };
                let denial = Denial::ProviderUnavailable { source, what: "keys", retry_after: 1 };
                self.refuse(denial, head, Some(matched))
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
        let Some(held) = self.held.take() else { return self.refuse_event(&event) };
        let Held { head, body, until } = *held;
        let body = match (event, until) {
            (Event::Body(bytes, last), Until::Body) => {
                Some(HeldBody { bytes: bytes.into(), too_long: !last || bytes.len() > LONGEST_BODY })
            }
            (Event::Answer(id, answer), Until::Answer(call, fetch)) if id == call => {
                match fetch.answer(answer, now) {
                    Progress::More(fetch) => {
                        if let Some(step) = head.with(|lent| self.call(fetch, lent, &body, world, now)) {
                            return step;
                        }
                    }
                    Progress::Done(fetched, source) => self.settle_fetch(fetched, &source, world, now),
                }
                body
            }
            (Event::Woken, Until::Woken) => body,
            (event, _) => return self.refuse_event(&event),
        };
        let read = body.as_ref().map_or((None, false), |body| (Some(&*body.bytes), body.too_long));
        head.with(|head| self.run(head, read, world, now))
    }

    /// The request is over, whatever it waited for. What others may wait for that it would have brought: they must not
    /// wait for it any longer.
    pub fn abandon(&mut self, world: &World<'_>) -> Option<Topic> {
        let held = self.held.take()?;
        let Until::Answer(_, fetch) = &held.until else { return None };
        let source = &fetch.source().id;
        world.memory.providers.of(source)?.abandon();
        Some(Topic::Keys(source.clone()))
    }

    /// What has happened that others may wait for; once.
    pub fn announcement(&mut self) -> Option<Topic> {
        self.announced.take()
    }

    fn refuse_event(&mut self, event: &Event<'_>) -> Step {
        let what = match event {
            Event::Body(..) => "a body for a request that waits for none",
            Event::Answer(..) | Event::Woken => "an event for a request that waits for none",
        };
        self.facts.outcome = Outcome::Denied(Denial::Internal { what });
        Step::Reply(Box::new(Denial::Internal { what }.into_response(Audience::default())))
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
        loop {
            match self.decide(case, witness) {
                Ok(Verdict::Permit(permit)) => {
                    self.facts.permitted(permit.grounds());
                    let undo = self.poisoned.then(|| poison::antidote(case.head));
                    return Step::Forward(Box::new(permit.after(undo.unwrap_or_default())));
                }
                Ok(Verdict::NeedBody) => {
                    self.hold(case.head, None, Until::Body);
                    return Step::NeedBody { at_most: LONGEST_BODY };
                }
                Err(Stop::Denied(denial)) => return self.refuse(denial, case.head, Some(case.matched)),
                Err(Stop::Wait { topic, until }) => {
                    self.hold(case.head, case.held_body(), Until::Woken);
                    return Step::Wait { topic, until };
                }
                Err(Stop::Fetch(fetch)) => {
                    if let Some(step) = self.call(fetch, case.head, &case.held_body(), case.world, case.now) {
                        return step;
                    }
                }
            }
        }
    }

    fn hold(&mut self, head: &RequestHead<'_>, body: Option<HeldBody>, until: Until) {
        self.held = Some(Box::new(Held { head: HeldHead::copy(head), body, until }));
    }

    /// What the gateway owns goes first, whatever follows.
    fn decide(&mut self, case: Case<'_>, witness: &mut dyn Witness) -> Result<Verdict, Stop> {
        let stripped = case.world.policy.owned().strip(case.head, &case.world.engine)?;
        if !case.matched.rules.authentication.run_on_preflight() && case.head.is_preflight() {
            return Ok(Verdict::Permit(Permit::preflight(stripped)));
        }
        if case.matched.service.enforcement == Enforcement::Enforce {
            return self.admit(case, stripped, witness);
        }
        match self.admit(case, stripped.clone(), witness) {
            Err(Stop::Denied(denial)) => {
                self.facts.overlook(denial);
                Ok(Verdict::Permit(Permit::reported(stripped)))
            }
            other => other,
        }
    }

    /// A caller who does not prove who it is may be the anonymous consumer's, where there is one.
    fn admit(
        &mut self,
        case: Case<'_>,
        stripped: Vec<HeaderEdit>,
        witness: &mut dyn Witness,
    ) -> Result<Verdict, Stop> {
        let authentication = &case.matched.rules.authentication;
        let credential = match find(case, authentication) {
            Ok(Search::Found(credential)) => Ok(credential),
            Ok(Search::InBody(_)) if case.world.engine.holds_for_body => return Ok(Verdict::NeedBody),
            Ok(Search::InBody(_)) => Err(Denial::CredentialMissing),
            Err(denial) => Err(denial),
        };
        let proven = match &credential {
            Ok(found) => {
                witness.credential(found);
                match authentication {
                    Authentication::OpenIdConnect(strategies) => {
                        self.by_token(case, (found, strategies), stripped.clone(), witness)
                    }
                    Authentication::KeyAuth(rules) => {
                        self.by_key(case, (found, rules), stripped.clone(), witness).map_err(Stop::Denied)
                    }
                }
            }
            Err(denial) => Err(Stop::Denied(denial.clone())),
        };
        match (proven, authentication.anonymous()) {
            (Err(Stop::Denied(denial)), Some(anonymous)) if denial.wire().leaves_to_anonymous => {
                let permit =
                    self.as_anonymous(case, anonymous, credential.as_ref().ok(), stripped, denial)?;
                Ok(Verdict::Permit(permit))
            }
            (proven, _) => proven.map(Verdict::Permit),
        }
    }

    /// A token is judged by the strategy for its issuer.
    fn by_token(
        &mut self,
        case: Case<'_>,
        (credential, strategies): (&Credential<'_>, &Strategies),
        stripped: Vec<HeaderEdit>,
        witness: &mut dyn Witness,
    ) -> Result<Permit, Stop> {
        let token = credential.token();
        let permit = strategy::choose(strategies, token, (case.world, case.now)).map_err(Stop::Denied);
        let permit = permit.and_then(|rules| {
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
    ) -> Result<Permit, Stop> {
        let Case { world, now, .. } = case;
        let keys = self.keys(&rules.source, world, now)?;
        let verified = self.verify(credential.token(), (rules, &keys), world, now)?;
        witness.verified(&verified);
        self.facts.verified(&verified);
        let current = current::check(&verified, &rules.token, now)?;
        let authorized = authorization::check(&current, &rules.requirements)?;
        let caller = consumer::resolve(&authorized, &rules.consumer, &world.directory())?;
        witness.caller(&caller);
        let admitted = self.let_in(case, &caller)?;
        let presented = Presented { credential, verified: &verified, keys: &keys };
        Ok(Permit::authenticated(&admitted, rules, presented, stripped, case.subject())?)
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
        now: UnixTime,
    ) -> Result<Verified, Stop> {
        if let Some(verified) = world.memory.tokens.get(&rules.source.id, keys, token) {
            return Ok(verified);
        }
        let unverified = Unverified::parse(token)?;
        self.facts.parsed(unverified.header().kid.as_deref());
        let kid = unverified.header().kid.is_some();
        let verified = verified::verify_under(&unverified, rules, keys, world.native)
            .map_err(|denial| self.look_again(denial, kid, &rules.source, world, now))?;
        world.memory.tokens.put(token, &verified);
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
    fn held_body(&self) -> Option<HeldBody> {
        self.body.map(|body| HeldBody { bytes: body.into(), too_long: self.too_long })
    }

    fn subject(&self) -> Subject<'a> {
        Subject { head: self.head, body: self.body, engine: &self.world.engine }
    }
}

#[cfg(test)]
mod tests;
