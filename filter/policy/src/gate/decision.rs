//! The whole order of checks: every line either proves something or refuses.

use super::cookies::Keep;
use super::logins::Logins;
use super::logout::Asked;
use super::{Case, Gate, Stop, Verdict, strategy, witness::Witness};
use crate::acl::{self, Admitted};
use crate::config::{Authentication, Enforcement, KeyAuth, OpenIdConnect, Strategies};
use crate::consumer::{self, Caller};
use crate::credential::{self, Credential, Found, LONGEST_BODY, Sought};
use crate::denial::Denial;
use crate::headers::HeaderEdit;
use crate::jwt::Unverified;
use crate::keys::KeySet;
use crate::permit::{Permit, Presented};
use crate::verified::{self, Verified};
use crate::{authorization, current, registration};
use alloc::sync::Arc;
use alloc::vec::Vec;

impl Gate {
    /// What the gateway owns goes first, whatever follows.
    pub(super) fn decide(&mut self, case: Case<'_>, witness: &mut dyn Witness) -> Result<Verdict, Stop> {
        (self.session, self.logins, self.by_session) = (Keep::AsItIs, Logins::AsTheyAre, false);
        let stripped = case.world.policy.owned().strip(case.head, &case.world.engine)?;
        if !case.matched.rules.authentication.run_on_preflight() && case.head.is_preflight() {
            return Ok(Verdict::Permit(Permit::preflight(stripped)));
        }
        if case.enforces() {
            return match self.visit(case, witness)? {
                Some(verdict) => Ok(verdict),
                None => self.admit(case, stripped, witness),
            };
        }
        match self.admit(case, stripped.clone(), witness) {
            Err(Stop::Denied(denial)) => {
                self.facts.overlook(denial);
                Ok(Verdict::Permit(Permit::reported(stripped)))
            }
            other => other,
        }
    }

    /// What a person does at the gateway itself, wherever the request goes: coming back from a login, and logging out.
    fn visit(&mut self, case: Case<'_>, witness: &mut dyn Witness) -> Result<Option<Verdict>, Stop> {
        let Some(rules) = case.rules() else { return Ok(None) };
        if let Some(login) = &rules.login {
            if case.may_return_in_body(login) {
                return Ok(Some(Verdict::NeedBody));
            }
            if let Some(callback) = case.returning(login) {
                return self.finish_login(&callback, (rules, login), case, witness).map(Some);
            }
        }
        match rules.logout.as_ref().map(|logout| (logout.asked(case), logout)) {
            Some((Asked::Yes, logout)) => self.log_out(rules, logout, case).map(Some),
            Some((Asked::InBody, _)) => Ok(Some(Verdict::NeedBody)),
            Some((Asked::No, _)) | None => Ok(None),
        }
    }

    /// The session of a request that brings no other credential.
    fn find_session<'a>(&mut self, case: Case<'_>) -> Result<Found<'a>, Denial> {
        let Some(rules) = case.rules() else { return Err(Denial::CredentialMissing) };
        let opened = self.open_session(rules, case);
        self.by_session = !matches!(opened, Ok(None));
        opened?.map(Found::Session).ok_or(Denial::CredentialMissing)
    }

    /// A caller who does not prove who it is may be the anonymous consumer's, where there is one.
    fn admit(
        &mut self,
        case: Case<'_>,
        stripped: Vec<HeaderEdit>,
        witness: &mut dyn Witness,
    ) -> Result<Verdict, Stop> {
        let authentication = &case.matched.rules.authentication;
        let found = match find(case, authentication) {
            Ok(Sought::Found(found)) => Ok(found),
            Ok(Sought::InBody(_)) if case.world.engine.holds_for_body && !case.brings_session() => {
                return Ok(Verdict::NeedBody);
            }
            Ok(Sought::InBody(_)) | Err(Denial::CredentialMissing) => self.find_session(case),
            Err(denial) => Err(denial),
        };
        let proven = match (&found, authentication) {
            (Ok(found), Authentication::OpenIdConnect(strategies)) => {
                self.by_token(case, (found, strategies), stripped.clone(), witness)
            }
            (Ok(Found::Token(key)), Authentication::KeyAuth(rules)) => {
                witness.credential(key);
                self.by_key(case, (key, rules), stripped.clone(), witness).map_err(Stop::Denied)
            }
            (Ok(_), Authentication::KeyAuth(_)) => Err(Denial::ApiKeyMissing.into()),
            (Err(denial), _) => Err(denial.clone().into()),
        };
        let proven = match (proven, case.rules()) {
            (Err(Stop::Denied(denial)), Some(rules)) if case.enforces() => {
                match self.or_log_in(denial, found.as_ref().ok(), rules, case) {
                    Err(stop) => Err(stop),
                    sent => return sent,
                }
            }
            (proven, _) => proven,
        };
        match (proven, authentication.anonymous()) {
            (Err(Stop::Denied(denial)), Some(anonymous)) if denial.wire().leaves_to_anonymous => {
                let permit = self.as_anonymous(case, anonymous, found.as_ref().ok(), stripped, denial)?;
                Ok(Verdict::Permit(permit))
            }
            (proven, _) => proven.map(Verdict::Permit),
        }
    }

    /// A token, or what gets one, is judged by one of the strategies.
    fn by_token(
        &mut self,
        case: Case<'_>,
        (found, strategies): (&Found<'_>, &Strategies),
        stripped: Vec<HeaderEdit>,
        witness: &mut dyn Witness,
    ) -> Result<Permit, Stop> {
        if let Found::Token(credential) = found {
            witness.credential(credential);
        }
        let chosen = strategy::choose(strategies, found, (case.world, case.now)).map_err(Stop::Denied);
        let permit = chosen.and_then(|rules| {
            self.rules = Some(Arc::clone(rules));
            witness.strategy(rules);
            match self.authenticate(case, (found, rules), stripped.clone(), witness) {
                // The token that was got before is not good any more, and another one can be got.
                Err(Stop::Denied(denial))
                    if denial.is_about_the_token() && (self.is_outdated() || self.may_refresh(found)) =>
                {
                    self.authenticate(case, (found, rules), stripped, witness)
                }
                ended => ended,
            }
        });
        if let Err(Stop::Denied(denial)) = &permit
            && denial.is_about_time()
        {
            self.facts.clock_offset = self.clock_offset(case);
        }
        let token = match found {
            Found::Token(credential) => Some(credential.token()),
            Found::Session(session) => Some(session.access_token.as_bytes()),
            Found::RefreshToken(_) | Found::Password(_) | Found::ClientCredentials(_) => None,
        };
        if let Some(token) = token {
            let log = &case.world.policy.config().log_claims;
            self.facts.log_claims(log, token, permit.is_err());
        }
        permit
    }

    /// Whether another token can be got for a session whose own is not good any more; once for each request.
    fn may_refresh(&mut self, found: &Found<'_>) -> bool {
        let first = !self.wants_fresh_token;
        self.wants_fresh_token |= matches!(found, Found::Session(session) if session.refresh_token.is_some());
        first && self.wants_fresh_token
    }

    pub(super) fn authenticate(
        &mut self,
        case: Case<'_>,
        (found, rules): (&Found<'_>, &OpenIdConnect),
        stripped: Vec<HeaderEdit>,
        witness: &mut dyn Witness,
    ) -> Result<Permit, Stop> {
        let Case { world, now, .. } = case;
        let obtained = self.token(found, rules, case)?;
        let token = &*obtained.token;
        let proven = self.prove(&obtained, found, rules, case)?;
        witness.verified(&proven.verified);
        self.facts.verified(&proven.verified);
        let current = current::check(&proven.verified, &rules.token, now)?;
        let authorized = authorization::check(&current, &rules.requirements)?;
        let told = self.more_claims(token, &proven.verified, rules, case)?;
        let told = told.map_or_else(|| proven.verified.clone(), |more| proven.verified.beside(&more));
        let authorized = authorized.told(&told);
        let caller = consumer::resolve(&authorized, &rules.consumer, &world.directory())?;
        witness.caller(&caller);
        let admitted = self.let_in(case, &caller)?;
        let (keys, beside) = (&proven.keys, obtained.beside(found));
        let presented = Presented { found, token, verified: &told, keys, beside };
        let permit = Permit::authenticated(&admitted, rules, presented, stripped, case.subject())?;
        self.keep_session((found, &obtained, &proven.verified), rules, case);
        Ok(permit)
    }

    /// An API key proves who calls, and nothing else.
    fn by_key(
        &mut self,
        case: Case<'_>,
        (key, rules): (&Credential<'_>, &KeyAuth),
        stripped: Vec<HeaderEdit>,
        witness: &mut dyn Witness,
    ) -> Result<Permit, Denial> {
        let caller = consumer::by_key(key.token(), &case.world.directory())?;
        witness.caller(&caller);
        let admitted = self.let_in(case, &caller)?;
        Permit::by_key(&admitted, rules, key, stripped, case.subject())
    }

    /// The anonymous consumer is a consumer like others, but for its credential: it has none.
    fn as_anonymous(
        &mut self,
        case: Case<'_>,
        name: &str,
        found: Option<&Found<'_>>,
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
        let permit = Permit::anonymous(&admitted, found, stripped, case.subject())?;
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
    pub(super) fn verify(
        &mut self,
        token: &[u8],
        (rules, keys): (&OpenIdConnect, &KeySet),
        case: Case<'_>,
    ) -> Result<Verified, Stop> {
        let world = case.world;
        if let Some(verified) = world.memory.tokens.get(&rules.source.id, keys, token) {
            return Ok(verified);
        }
        let unverified = Unverified::parse(token)?;
        self.facts.parsed(unverified.header().kid.as_deref());
        let kid = unverified.header().kid.is_some();
        let verified = verified::verify_under(&unverified, rules, keys, world.native)
            .map_err(|denial| self.look_again(denial, kid, &rules.source, case))?;
        world.memory.tokens.put(token, &verified);
        Ok(verified)
    }
}

impl Case<'_> {
    /// Whether the rules of the service hold.
    fn enforces(self) -> bool {
        self.matched.service.enforcement == Enforcement::Enforce
    }

    /// Whether there is something under the name of the session's cookie.
    fn brings_session(self) -> bool {
        let session = self.rules().and_then(|rules| rules.session.as_ref());
        session.is_some_and(|session| session.cookie.is_sent(self.head))
    }
}

fn find<'a>(case: Case<'a>, authentication: &'a Authentication) -> Result<Sought<'a>, Denial> {
    match authentication {
        Authentication::OpenIdConnect(strategies) => {
            let first = strategies.first();
            if case.too_long && first.methods.reads_bodies(&first.credential) {
                return Err(Denial::BodyTooLong { at_most: LONGEST_BODY });
            }
            credential::find(case.head, &first.credential, &first.methods, case.body)
        }
        Authentication::KeyAuth(rules) => {
            credential::find_key(case.head, rules).map(|key| Sought::Found(Found::Token(key)))
        }
    }
}
