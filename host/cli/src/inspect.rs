//! Why a token is let through or refused, step by step.
//!
//! No rule is written here: each step is the policy's own function, called in the order in which the gate calls
//! it, and a refusal's name says at which check it happened.

use claimgate_policy::config::{Config, Rules, Service};
use claimgate_policy::credential::Credential;
use claimgate_policy::json::Value;
use claimgate_policy::jwt::{self, Unverified};
use claimgate_policy::keys::KeySet;
use claimgate_policy::request::RequestHead;
use claimgate_policy::time::UnixTime;
use claimgate_policy::verified::{self, SourceId, Verified};
use claimgate_policy::{Denial, authorization, consumer, current, registration};
pub use mapping::Mapped;
use serde_json::json;
use trail::{Check, Step, Trail};

/// What the checks are called, and how far a token got.
pub mod trail;

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

/// What a token is held against.
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
    /// A service of a config.
    Service {
        /// The config.
        config: &'a Config,
        /// The service.
        service: &'a Service,
        /// The service's rules, or those of one of its routes.
        rules: &'a Rules,
    },
}

/// All that is known of a token.
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

/// What the gate would do with the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Forward the request.
    Permitted,
    /// Refuse it.
    Denied(Denial),
    /// Nothing speaks against the token, but nothing that was given could decide.
    Undecided,
}

/// Explains a decision about a token, or about the value of an `Authorization` header.
#[must_use]
pub fn inspect(credential: &str, against: &Against<'_>, now: UnixTime) -> Report {
    let field = authorization_field(credential);
    let mut trail = Trail::default();
    let outcome = follow(&mut trail, field.as_bytes(), against, now);
    let token = field.rsplit(' ').next().unwrap_or_default().as_bytes();
    let claims = jwt::decode_unverified_claims(token).ok();
    Report {
        signature: trail.signature(),
        decision: decision(outcome, against),
        steps: trail.finish(),
        header: jwt::decode_unverified_header(token).ok(),
        mapped: mapping::mapped(claims.as_ref(), against),
        claims,
        now,
    }
}

/// The gate's order of checks. Ends where what was given ends, or where the token is refused.
fn follow(trail: &mut Trail, field: &[u8], against: &Against<'_>, now: UnixTime) -> Result<(), Denial> {
    let headers = [(b"authorization".as_slice(), field)];
    let head = RequestHead { method: b"GET", target: b"/", authority: b"", headers: &headers };
    let credential = Credential::find(&head);
    let credential = trail.stage([(Check::Credential, detail::credential(&credential))], credential)?;
    let token = Unverified::parse(credential.token());
    let token = trail.stage([(Check::Structure, detail::structure(&token))], token)?;
    let Some((source, keys)) = against.keys() else { return Ok(()) };
    let verified = match against {
        Against::Service { rules, .. } => verified::verify_under(&token, &rules.openid_connect, None),
        Against::Nothing | Against::Keys { .. } => verified::verify(&token, source, keys, None),
    };
    let steps = [
        (Check::Key, detail::key(&token, source, keys, &verified)),
        (Check::Signature, detail::signature(&verified)),
        (Check::Payload, "a JSON object".to_owned()),
    ];
    let read = match &verified {
        Err(denial) if Check::of(denial) != Check::Signer => Err(denial.clone()),
        Ok(_) | Err(_) => Ok(()),
    };
    trail.stage(steps, read)?;
    let verified = trail.stage([(Check::Signer, detail::signer(&verified))], verified)?;
    match against {
        Against::Service { config, service, rules } => admit(trail, &verified, config, service, rules, now),
        Against::Nothing | Against::Keys { .. } => Ok(()),
    }
}

/// The checks of a token whose signature is proven.
fn admit(
    trail: &mut Trail,
    verified: &Verified,
    config: &Config,
    service: &Service,
    rules: &Rules,
    now: UnixTime,
) -> Result<(), Denial> {
    let openid = &*rules.openid_connect;
    let steps = [
        (Check::Issuer, detail::issuer(verified.claims())),
        (Check::Time, detail::time(verified.claims(), openid.token.leeway, now)),
        (Check::Domain, detail::domain(&openid.token.domains)),
    ];
    let current = trail.stage(steps, current::check(verified, &openid.token, now))?;
    let steps = [
        (Check::Audience, detail::required(&openid.requirements.audience)),
        (Check::Scopes, detail::required(&openid.requirements.scopes)),
        (Check::Roles, detail::required(&openid.requirements.roles)),
        (Check::Groups, detail::required(&openid.requirements.groups)),
        (Check::Forbidden, detail::forbidden(&openid.requirements.claims_forbidden)),
    ];
    let authorized = trail.stage(steps, authorization::check(&current, &openid.requirements))?;
    let caller = consumer::resolve(&authorized, &openid.consumer, &config.registry);
    let caller = trail.stage([(Check::Consumer, detail::consumer(&caller, openid))], caller)?;
    let registered = registration::check(&caller, rules, &service.id, now);
    trail.stage([(Check::Registration, detail::registration(rules, service))], registered)?;
    Ok(())
}

fn decision(outcome: Result<(), Denial>, against: &Against<'_>) -> Decision {
    match (outcome, against) {
        (Err(denial), _) => Decision::Denied(denial),
        (Ok(()), Against::Service { .. }) => Decision::Permitted,
        (Ok(()), Against::Nothing | Against::Keys { .. }) => Decision::Undecided,
    }
}

/// A bare token as a client sends it; a value that names its scheme as it is.
fn authorization_field(credential: &str) -> String {
    let credential = credential.trim();
    if credential.contains(char::is_whitespace) {
        credential.to_owned()
    } else {
        format!("Bearer {credential}")
    }
}

impl<'a> Against<'a> {
    /// The keys that may have signed the token, and whose they are.
    fn keys(&self) -> Option<(&'a SourceId, &'a KeySet)> {
        match self {
            Self::Nothing => None,
            Self::Keys { source, keys } => Some((source, keys)),
            Self::Service { rules, .. } => {
                let source = &rules.openid_connect.source;
                Some((&source.id, &source.keys))
            }
        }
    }
}

impl Report {
    /// The report for programs. `signature` is `valid`, `invalid` or `unchecked`, whatever the payload is;
    /// `decision` is `permitted`, `denied` or `undecided`; `reason` is the denial's name or null.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let denial = self.denial();
        json!({
            "signature": self.signature.name(),
            "decision": self.decision.name(),
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

    /// Why the token is refused, if it is.
    #[must_use]
    pub const fn denial(&self) -> Option<&Denial> {
        match &self.decision {
            Decision::Denied(denial) => Some(denial),
            Decision::Permitted | Decision::Undecided => None,
        }
    }
}

impl SignatureState {
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
            Self::Permitted => "permitted",
            Self::Denied(_) => "denied",
            Self::Undecided => "undecided",
        }
    }
}

#[cfg(test)]
mod tests;
