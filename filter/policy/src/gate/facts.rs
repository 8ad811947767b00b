//! What is known of a request: the material of the audit line and the metrics.

use crate::config::LogClaims;
use crate::consumer::Caller;
use crate::denial::{Denial, shown};
use crate::json::Value;
use crate::jwt;
use crate::permit::Grounds;
use crate::registry::Record;
use crate::route::Matched;
use crate::verified::{Evidence, Verified};
use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// What the gate learnt of a request so far. Holds no token and no credential.
#[derive(Debug, Default)]
pub struct Facts {
    /// The service's name.
    pub service: Option<Arc<str>>,
    /// The route's name.
    pub route: Option<Arc<str>>,
    /// The consumer, with its application if it is one.
    pub caller: Option<Arc<Record>>,
    /// Claims of the token, where the config asks for them.
    pub claims: Option<LoggedClaims>,
    /// What is strange about the way in which the consumer was found.
    pub warning: Option<&'static str>,
    /// How far the clock of the token's provider is ahead of ours, seconds, where that may be why it was refused.
    pub clock_offset: Option<i64>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why the request would have been refused that was forwarded nevertheless.
    overlooked: Option<Denial>,
    /// `kid` of a token whose signature has not been proven.
    unproven_kid: Option<Box<str>>,
    verified: Option<Verified>,
}

/// Claims for the log: those that the config names, as far as the token has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedClaims {
    /// Whether the signature was valid; otherwise they are the client's word.
    pub proven: bool,
    /// Names and values, shortened; lists and objects as JSON.
    pub values: Vec<(Box<str>, Box<str>)>,
}

/// How a request ended at the gate.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Not decided yet.
    #[default]
    Pending,
    /// Forwarded: its caller is who it is to be, or need not be anybody.
    Permitted(Grounds),
    /// Forwarded by a service that only reports, and why it would have been refused.
    Reported(Denial),
    /// Refused, and why.
    Denied(Denial),
    /// Answered by the gateway itself, which refused nothing.
    Answered(Answered),
}

/// What the gateway did for a person itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// Sent it to the identity provider.
    LoginBegun,
    /// Took it back, and let it in.
    LoggedIn,
    /// Ended its session.
    LoggedOut,
}

impl Answered {
    /// `login_begun`, `logged_in` or `logged_out`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LoginBegun => "login_begun",
            Self::LoggedIn => "logged_in",
            Self::LoggedOut => "logged_out",
        }
    }
}

impl Facts {
    /// Why the request that was forwarded as the anonymous consumer's has no other caller, or why a person was sent to log
    /// in.
    #[must_use]
    pub fn overlooked(&self) -> Option<&Denial> {
        self.overlooked.as_ref()
    }

    /// `kid` of the token, shortened; the client's word until the signature was proven.
    #[must_use]
    pub fn kid(&self) -> Option<Box<str>> {
        match self.verified.as_ref().map(Verified::evidence) {
            Some(Evidence::Signature { kid, .. }) => kid.as_deref().map(shown),
            Some(Evidence::SharedSecret { .. } | Evidence::Introspection | Evidence::UserInfo) | None => {
                self.unproven_kid.as_deref().map(shown)
            }
        }
    }

    /// `jti` of a verified token, or Entra's `uti`, shortened.
    #[must_use]
    pub fn token_id(&self) -> Option<Box<str>> {
        let claims = self.verified.as_ref()?.claims();
        let id = |claim| claims.get(claim).and_then(Value::as_str);
        id("jti").or_else(|| id("uti")).map(shown)
    }

    /// What the header of a token says, before anything is proven.
    pub(super) fn parsed(&mut self, kid: Option<&str>) {
        self.unproven_kid = kid.map(Into::into);
    }

    pub(super) fn matched(&mut self, matched: &Matched<'_>) {
        self.service = Some(Arc::clone(&matched.service.name));
        self.route = matched.route.map(|route| Arc::clone(&route.name));
    }

    pub(super) fn verified(&mut self, verified: &Verified) {
        self.verified = Some(verified.clone());
    }

    pub(super) fn caller(&mut self, caller: &Caller<'_>) {
        self.caller = caller.record().map(Arc::clone);
        self.warning = caller.warning();
    }

    pub(super) fn overlook(&mut self, denial: Denial) {
        self.overlooked = Some(denial);
    }

    pub(super) fn answered(&mut self, what: Answered) {
        self.outcome = Outcome::Answered(what);
    }

    pub(super) fn permitted(&mut self, grounds: Grounds) {
        self.outcome = match (grounds, self.overlooked.take()) {
            (Grounds::Reported, Some(denial)) => Outcome::Reported(denial),
            (_, overlooked) => {
                self.overlooked = overlooked;
                Outcome::Permitted(grounds)
            }
        };
    }

    /// Notes the claims that `log` names, of the token that was verified or else of these bytes.
    pub(super) fn log_claims(&mut self, log: &LogClaims, token: &[u8], refused: bool) {
        if !log.of.covers(refused) {
            return;
        }
        let unproven = match &self.verified {
            Some(_) => None,
            None => jwt::decode_unverified_claims(token).ok(),
        };
        let claims = self.verified.as_ref().map(Verified::claims).or(unproven.as_ref());
        self.claims = claims.map(|claims| LoggedClaims {
            proven: self.verified.is_some(),
            values: log
                .names
                .iter()
                .filter_map(|name| Some((name.clone(), text(claims.get(name)?))))
                .collect(),
        });
    }
}

fn text(claim: &Value) -> Box<str> {
    match claim {
        Value::String(text) => shown(text),
        other => shown(&other.to_string()),
    }
}

impl Outcome {
    /// `pending`, `permitted`, `reported`, `denied` or `answered`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Permitted(_) => "permitted",
            Self::Reported(_) => "reported",
            Self::Denied(_) => "denied",
            Self::Answered(_) => "answered",
        }
    }

    /// The name of the denial that was, or would have been; `None` for others.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        self.denial().map(Denial::name)
    }

    /// The denial that was, or would have been.
    #[must_use]
    pub fn denial(&self) -> Option<&Denial> {
        match self {
            Self::Denied(denial) | Self::Reported(denial) => Some(denial),
            Self::Pending | Self::Permitted(_) | Self::Answered(_) => None,
        }
    }

    /// What metrics count it under beside its name: the reason, the grounds where nobody was authenticated, or what the
    /// gateway did.
    #[must_use]
    pub fn label(&self) -> Option<&'static str> {
        match self {
            Self::Denied(denial) | Self::Reported(denial) => Some(denial.name()),
            Self::Permitted(Grounds::Anonymous | Grounds::Preflight | Grounds::Reported) => self.grounds(),
            Self::Answered(what) => Some(what.name()),
            Self::Permitted(Grounds::Authenticated) | Self::Pending => None,
        }
    }

    /// On what grounds it was forwarded, or what the gateway did itself.
    #[must_use]
    pub fn grounds(&self) -> Option<&'static str> {
        match self {
            Self::Permitted(grounds) => Some(grounds.name()),
            Self::Reported(_) => Some(Grounds::Reported.name()),
            Self::Answered(what) => Some(what.name()),
            Self::Pending | Self::Denied(_) => None,
        }
    }
}
