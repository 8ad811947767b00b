//! What the gate proved of a request, and the steps that follow from it.

use super::trail::{Check, Outcome, Step};
use super::{Against, Decision, detail};
use claimgate_policy::Denial;
use claimgate_policy::config::{OpenIdConnect, Rules};
use claimgate_policy::consumer::Caller;
use claimgate_policy::credential::Credential;
use claimgate_policy::gate::Witness;
use claimgate_policy::registry::Record;
use claimgate_policy::route::Matched;
use claimgate_policy::time::UnixTime;
use claimgate_policy::verified::Verified;
use std::sync::Arc;

/// Filled by the gate as it proves one thing after the other.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) service: Option<String>,
    pub(super) route: Option<String>,
    pub(super) rules: Option<Rules>,
    pub(super) strategy: Option<Arc<OpenIdConnect>>,
    token: Option<(Vec<u8>, &'static str)>,
    pub(super) verified: Option<Verified>,
    pub(super) caller: Option<Arc<Record>>,
    /// What is strange about the caller.
    pub(super) warning: Option<&'static str>,
}

impl Witness for Seen {
    fn credential(&mut self, credential: &Credential<'_>) {
        self.found(credential.token(), credential.place().name());
    }

    fn strategy(&mut self, rules: &Arc<OpenIdConnect>) {
        self.strategy = Some(Arc::clone(rules));
    }

    fn verified(&mut self, verified: &Verified) {
        self.proven(verified);
    }

    fn caller(&mut self, caller: &Caller<'_>) {
        self.caller = caller.record().map(Arc::clone);
        self.warning = caller.warning();
    }
}

impl Seen {
    pub(super) fn matched(&mut self, matched: &Matched<'_>) {
        self.service = Some(matched.service.name.to_string());
        self.route = matched.route.map(|route| route.name.to_string());
        self.rules = Some(matched.rules.clone());
        self.strategy = matched.rules.strategies().next().cloned();
    }

    pub(super) fn found(&mut self, token: &[u8], place: &'static str) {
        self.token = Some((token.to_vec(), place));
    }

    pub(super) fn proven(&mut self, verified: &Verified) {
        self.verified = Some(verified.clone());
    }

    /// The token that was found, and where.
    pub(super) fn place(&self) -> Option<(&[u8], &'static str)> {
        self.token.as_ref().map(|(token, place)| (&**token, *place))
    }

    pub(super) fn token(&self) -> Option<Vec<u8>> {
        self.token.as_ref().map(|(token, _)| token.clone())
    }

    /// Every check: passed up to the one that refused, skipped behind it and where nothing could decide.
    pub(super) fn steps(&self, decision: &Decision, against: &Against<'_>, now: UnixTime) -> Vec<Step> {
        let failed = match decision {
            Decision::Denied(denial) | Decision::Overlooked(_, denial) => {
                Some((self.check_of(denial), denial))
            }
            Decision::Permitted(_) | Decision::Undecided => None,
        };
        let made = |check: Check| match against {
            Against::Nothing => check <= Check::Structure && check != Check::Request,
            Against::Keys { .. } => check <= Check::Signer && check != Check::Request,
            Against::Service { .. } | Against::Config { .. } => true,
        };
        let step = |check: Check| {
            let (outcome, detail) = match failed {
                Some((at, denial)) if at == check => (Outcome::Failed, denial.to_string()),
                Some((at, _)) if at < check => (Outcome::Skipped, "not reached".to_owned()),
                _ if made(check) => (Outcome::Passed, detail::of(check, self, against, now)),
                _ if matches!(against, Against::Nothing)
                    && check <= Check::Signer
                    && check != Check::Request =>
                {
                    (Outcome::Skipped, "no keys were given".to_owned())
                }
                _ => (Outcome::Skipped, "no config was given".to_owned()),
            };
            Step { check, outcome, detail }
        };
        Check::ALL.iter().copied().map(step).collect()
    }

    /// The check that refuses with this denial; a payload that cannot be read is refused behind its signature.
    fn check_of(&self, denial: &Denial) -> Check {
        let check = Check::of(denial);
        let signed = check == Check::Structure && self.payload_is_wrong(denial);
        if signed { Check::Payload } else { check }
    }

    fn payload_is_wrong(&self, denial: &Denial) -> bool {
        let header_is_sound = || {
            let (token, _) = self.place()?;
            claimgate_policy::jwt::Unverified::parse(token).ok().map(|_| ())
        };
        matches!(denial, Denial::MalformedToken { .. }) && header_is_sound().is_some()
    }
}
