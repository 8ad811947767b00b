//! Why a request is let through or refused, check by check.
//!
//! No rule is written here: the gate itself decides, and tells what it proved on the way; a refusal's name says at
//! which check it happened.

use crate::push::Place;
use claimgate_policy::Denial;
use claimgate_policy::cache::TokenCache;
use claimgate_policy::capabilities::Capabilities;
use claimgate_policy::gate::{Gate, Outcome as Ending};
use claimgate_policy::json::Value;
use claimgate_policy::jwt::{self, Unverified};
use claimgate_policy::keys::KeySet;
use claimgate_policy::permit::Grounds;
use claimgate_policy::provider::AnswerCache;
use claimgate_policy::request::RequestHead;
use claimgate_policy::route::{self, Matched};
use claimgate_policy::shared::SharedData;
use claimgate_policy::time::UnixTime;
use claimgate_policy::verified::{self, SourceId};
use claimgate_policy::world::{Memory, Policy, World};
pub use mapping::Mapped;
use seen::Seen;
pub use sent::Sent;
use serde_json::json;
use trail::{Check, Step};

/// What the checks are called, and how far a token got.
pub mod trail;

/// The request that is explained.
mod sent;

/// What the gate proved.
mod seen;

/// What a refused token would need.
mod advice;

/// What a step says when it is passed.
mod detail;

/// Claims that can name the caller.
mod mapping;

/// The report for a person.
mod text;

/// Moments as people read them.
mod times;

pub(crate) use text::lines;

/// What a request is held against.
#[derive(Debug, Clone, Copy)]
pub enum Against<'a> {
    /// Nothing: the token is only decoded.
    Nothing,
    /// The keys of its issuer, and no more.
    Keys {
        /// What to call the source.
        source: &'a SourceId,
        /// Its keys.
        keys: &'a KeySet,
    },
    /// A service of a config, whatever its routes say.
    Service {
        /// The config.
        policy: &'a Policy,
        /// What it says to be elsewhere.
        elsewhere: Elsewhere<'a>,
        /// The service, with the rules of one of its routes or its own.
        matched: Matched<'a>,
    },
    /// A config, whose routes choose the service.
    Config {
        /// The config.
        policy: &'a Policy,
        /// What it says to be elsewhere.
        elsewhere: Elsewhere<'a>,
    },
}

/// What a config says to be elsewhere, as far as it is at hand.
#[derive(Debug, Clone, Copy, Default)]
pub struct Elsewhere<'a> {
    /// What is pushed.
    pub pushed: Option<&'a Place>,
    /// The keys that every source is taken to have of which they are fetched.
    pub fetched: Option<&'a KeySet>,
}

/// All that is known of a request and its token.
#[derive(Debug)]
pub struct Report {
    /// What became of the signature, whatever else is wrong with the token.
    pub signature: SignatureState,
    /// What the gate would do.
    pub decision: Decision,
    /// Every check in the order in which the gate makes them.
    pub steps: Vec<Step>,
    /// The header, if it could be read; proven by nothing but a valid signature.
    pub header: Option<Value>,
    /// The claims, if they could be read; likewise.
    pub claims: Option<Value>,
    /// The claims that usually name the caller, as far as the token has them.
    pub mapped: Vec<Mapped>,
    /// The moment for which this was decided.
    pub now: UnixTime,
}

/// What became of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureState {
    /// It fits the token and a key of the issuer.
    Valid,
    /// There was a key for it, and it does not fit.
    Invalid,
    /// It was not looked at: no keys, or the token was refused before.
    Unchecked,
}

/// What the gate would do with the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Forward it, on these grounds.
    Permitted(Grounds),
    /// Forward it although it is not as it should be: as the anonymous consumer's, or because the service only
    /// reports.
    Overlooked(Grounds, Denial),
    /// Refuse it.
    Denied(Denial),
    /// Nothing speaks against the token, but nothing that was given could decide.
    Undecided,
}

/// Explains a decision about a request, on an engine that can do so much.
#[must_use]
pub fn inspect(sent: &Sent, against: &Against<'_>, engine: Capabilities, now: UnixTime) -> Report {
    let seen = &mut Seen::default();
    let decision = sent.with(|head| match against {
        Against::Nothing => offline(seen, sent, None),
        Against::Keys { source, keys } => offline(seen, sent, Some((source, keys))),
        Against::Service { policy, elsewhere, matched } => {
            by_gate(seen, (sent, head), (policy, *elsewhere, *matched), engine, now)
        }
        Against::Config { policy, elsewhere } => match route::find(policy.config(), head, &engine) {
            Ok(matched) => by_gate(seen, (sent, head), (policy, *elsewhere, matched), engine, now),
            Err(denial) => Decision::Denied(denial),
        },
    });
    let token = seen.token().unwrap_or_else(|| sent.credential());
    let claims = jwt::decode_unverified_claims(&token).ok();
    let steps = seen.steps(&decision, against, now);
    Report {
        signature: SignatureState::of(&steps),
        steps,
        header: jwt::decode_unverified_header(&token).ok(),
        mapped: mapping::mapped(claims.as_ref(), seen, against),
        claims,
        decision,
        now,
    }
}

/// The gate's own decision. Nothing is in its cache, so that every check is made.
fn by_gate<'a>(
    seen: &mut Seen,
    (sent, head): (&Sent, &RequestHead<'_>),
    (policy, elsewhere, matched): (&'a Policy, Elsewhere<'a>, Matched<'a>),
    engine: Capabilities,
    now: UnixTime,
) -> Decision {
    seen.matched(&matched);
    let memory =
        Memory::new(policy.config(), TokenCache::new([0; 16], 0), AnswerCache::new([1; 32], 1 << 20));
    if let Some(keys) = elsewhere.fetched {
        memory.providers.iter().for_each(|provider| provider.told(keys));
    }
    let world = World {
        policy,
        engine,
        memory: &memory,
        native: None,
        signer: None,
        shared: elsewhere.pushed.map(|place| place as &dyn SharedData),
        handover: None,
    };
    let mut gate = Gate::new();
    drop(gate.explain(head, sent.body(), &matched, (&world, now), seen));
    match (&gate.facts().outcome, gate.facts().overlooked()) {
        (Ending::Denied(denial), _) => Decision::Denied(denial.clone()),
        (Ending::Reported(denial), _) => Decision::Overlooked(Grounds::Reported, denial.clone()),
        (Ending::Permitted(grounds), Some(denial)) => Decision::Overlooked(*grounds, denial.clone()),
        (Ending::Permitted(grounds), None) => Decision::Permitted(*grounds),
        // A person who is sent to log in has no credential that could be judged.
        (Ending::Answered(_), Some(denial)) => Decision::Denied(denial.clone()),
        (Ending::Pending | Ending::Answered(_), _) => Decision::Undecided,
    }
}

/// The token by itself, and its signature where there are keys.
fn offline(seen: &mut Seen, sent: &Sent, keys: Option<(&SourceId, &KeySet)>) -> Decision {
    let token = sent.credential();
    seen.found(&token, "header");
    let parsed = match Unverified::parse(&token) {
        Ok(parsed) => parsed,
        Err(denial) => return Decision::Denied(denial),
    };
    let Some((source, keys)) = keys else { return Decision::Undecided };
    match verified::verify(&parsed, source, keys, None) {
        Ok(verified) => {
            seen.proven(&verified);
            Decision::Undecided
        }
        Err(denial) => Decision::Denied(denial),
    }
}

impl Report {
    /// The report for programs. `signature` is `valid`, `invalid` or `unchecked`, whatever the payload is; `decision`
    /// is `permitted`, `denied` or `undecided`; `grounds` say on what a request is forwarded; `reason` is the denial's
    /// name or null, also of one that is overlooked.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let denial = self.denial();
        json!({
            "signature": self.signature.name(),
            "decision": self.decision.name(),
            "grounds": self.decision.grounds().map(Grounds::name),
            "reason": denial.map(Denial::name),
            "message": denial.map(ToString::to_string),
            "status": denial.map(|denial| denial.wire().status.code()),
            "needed": denial.map(advice::needed),
            "now": self.now.seconds(),
            "header": self.header,
            "claims": self.claims,
            "mapping": self.mapped.iter().map(Mapped::to_json).collect::<Vec<_>>(),
            "steps": self.steps.iter().map(Step::to_json).collect::<Vec<_>>(),
        })
    }

    /// Why the request is refused, or would be if the service did not overlook it.
    #[must_use]
    pub const fn denial(&self) -> Option<&Denial> {
        match &self.decision {
            Decision::Denied(denial) | Decision::Overlooked(_, denial) => Some(denial),
            Decision::Permitted(_) | Decision::Undecided => None,
        }
    }
}

impl SignatureState {
    fn of(steps: &[Step]) -> Self {
        match steps.iter().find(|step| step.check == Check::Signature).map(|step| step.outcome) {
            Some(trail::Outcome::Passed) => Self::Valid,
            Some(trail::Outcome::Failed) => Self::Invalid,
            Some(trail::Outcome::Skipped) | None => Self::Unchecked,
        }
    }

    /// `valid`, `invalid` or `unchecked`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Unchecked => "unchecked",
        }
    }
}

impl Decision {
    /// `permitted`, `denied` or `undecided`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Permitted(_) | Self::Overlooked(..) => "permitted",
            Self::Denied(_) => "denied",
            Self::Undecided => "undecided",
        }
    }

    /// On what grounds the request is forwarded.
    #[must_use]
    pub const fn grounds(&self) -> Option<Grounds> {
        match self {
            Self::Permitted(grounds) | Self::Overlooked(grounds, _) => Some(*grounds),
            Self::Denied(_) | Self::Undecided => None,
        }
    }
}

#[cfg(test)]
mod tests;
