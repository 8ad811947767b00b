//! A question to a provider: what is sent, how the answer is read, and for how long it is kept.

use super::{
    Answer, AnswerCache, AnswerKey, Blame, CacheRules, Client, ClientAuth, ClientAuthError, Draft, Failure,
    Grant, Introspection, Question, Request, Signing, TokenAnswer, Twice, revocation, userinfo,
};
use crate::json::Value;
use crate::jwt;
use crate::step::{CallError, HttpResponse};
use crate::time::{Fraction, UnixTime};
use crate::verified::SourceId;
use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;

/// A question to a provider. May hold secrets, and does not show them.
pub struct Ask {
    /// Its name among all questions.
    pub key: AnswerKey,
    /// Whose provider.
    pub source: SourceId,
    /// How long an answer is waited for, milliseconds.
    pub timeout_ms: u32,
    /// `None`: answers are not kept.
    keeps: Option<CacheRules>,
    sends: Sends,
    expects: Expects,
}

enum Sends {
    /// A form, of which its client has yet to say that it is its own.
    Form {
        draft: Draft,
        client: Client,
        auth: ClientAuth,
    },
    Request(Request),
}

/// What is asked for.
#[derive(Clone)]
pub enum Expects {
    /// A token, with this grant.
    Token(Grant<'static>),
    /// What becomes of a token; whether the answer may leave out `active`.
    Introspection {
        /// See [`Introspection::read`].
        may_be_silent: bool,
    },
    /// That a token is good no longer.
    Revocation,
    /// What is known of a user, whose `sub` is this where it is known.
    UserInfo {
        /// `sub` of the token.
        sub: Option<Box<str>>,
    },
}

/// For how long, and in what, an answer is kept.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// Where.
    pub cache: &'a AnswerCache,
    /// For how long; `None`: not at all.
    pub keeps: Option<CacheRules>,
    /// How long an answer is waited for, milliseconds.
    pub timeout_ms: u32,
}

impl Ask {
    /// A form of a client's.
    #[must_use]
    pub fn form(
        source: &SourceId,
        draft: Draft,
        (client, auth): (Client, ClientAuth),
        expects: Expects,
        terms: Terms<'_>,
    ) -> Self {
        let question = Question::Form { source, draft: &draft, client: &client, auth };
        let key = terms.cache.key(&question, terms.keeps.as_ref());
        let sends = Sends::Form { draft, client, auth };
        let Terms { keeps, timeout_ms, .. } = terms;
        Self { key, source: source.clone(), timeout_ms, keeps, sends, expects }
    }

    /// What is known of the user whose token the request has.
    #[must_use]
    pub fn user_info(source: &SourceId, request: Request, sub: Option<&str>, terms: Terms<'_>) -> Self {
        let question = Question::UserInfo { source, request: &request };
        let key = terms.cache.key(&question, terms.keeps.as_ref());
        let expects = Expects::UserInfo { sub: sub.map(Into::into) };
        let Terms { keeps, timeout_ms, .. } = terms;
        Self { key, source: source.clone(), timeout_ms, keeps, sends: Sends::Request(request), expects }
    }

    /// Whether its answer is kept for others.
    #[must_use]
    pub const fn is_kept(&self) -> bool {
        self.keeps.is_some()
    }

    /// What becomes of it where somebody has asked it already; `wakes`: whether one request can wait for another.
    #[must_use]
    pub const fn twice(&self, wakes: bool) -> Twice {
        match (&self.expects, self.is_kept()) {
            (_, true) if wakes => Twice::Waits,
            (Expects::Token(Grant::RefreshToken { .. }), true) => Twice::ComesAgain,
            _ => Twice::Asks,
        }
    }

    /// What it is for, for reasons: `a token`.
    #[must_use]
    pub const fn what(&self) -> &'static str {
        match self.expects {
            Expects::Token(_) => "a token",
            Expects::Introspection { .. } => "the state of a token",
            Expects::Revocation => "that a token is revoked",
            Expects::UserInfo { .. } => "what it knows of a user",
        }
    }

    /// Seconds after which it is given up: engines may wait twice as long as they are told.
    #[must_use]
    pub fn patience(&self) -> i64 {
        (i64::from(self.timeout_ms).saturating_add(999) / 1_000).saturating_add(PATIENCE)
    }

    /// The request.
    ///
    /// # Errors
    /// [`ClientAuthError`].
    pub fn request(&self, signing: Signing<'_>) -> Result<Request, ClientAuthError> {
        match &self.sends {
            Sends::Form { draft, client, auth } => draft.clone().authenticated(client, *auth, signing),
            Sends::Request(request) => Ok(request.clone()),
        }
    }

    /// Reads what came, and keeps it in `cache` for as long as it may be.
    ///
    /// # Errors
    /// [`Failure`], but for a refusal that is the caller's fault: that is an answer.
    pub fn read(
        &self,
        answer: Result<HttpResponse<'_>, CallError>,
        cache: &AnswerCache,
        now: UnixTime,
    ) -> Result<Answer, Failure> {
        let read = match &self.expects {
            Expects::Token(grant) => {
                TokenAnswer::read(*grant, answer.as_ref().map_err(|error| *error)).map(token)
            }
            Expects::Introspection { may_be_silent } => {
                let read = Introspection::read(*may_be_silent, answer.as_ref().map_err(|error| *error));
                read.map(introspection)
            }
            Expects::Revocation => revocation::read(answer.as_ref().map_err(|error| *error))
                .map(|()| (Answer::Revoked, Life::default())),
            Expects::UserInfo { sub } => {
                let read = userinfo::read(sub.as_deref(), answer.as_ref().map_err(|error| *error));
                read.map(|claims| (Answer::UserInfo(Arc::new(claims)), Life::default()))
            }
        };
        let (answer, life) = match read {
            Err(Failure::Refused { code, blame: Blame::Caller }) => (Answer::Refused(code), Life::REFUSAL),
            read => read?,
        };
        if let Some(seconds) = self.keeps.as_ref().and_then(|rules| life.seconds(rules, now)) {
            cache.put(&self.key, answer.clone(), now, seconds);
        }
        Ok(answer)
    }
}

/// What an answer says of its own life.
#[derive(Debug, Clone, Copy, Default)]
struct Life {
    refuses: bool,
    expires_in: Option<i64>,
    exp: Option<UnixTime>,
}

impl Life {
    const REFUSAL: Self = Self { refuses: true, expires_in: None, exp: None };

    fn seconds(self, rules: &CacheRules, now: UnixTime) -> Option<i64> {
        if self.refuses { rules.refusals } else { rules.lifetime(self.expires_in, self.exp, now) }
    }
}

fn token(answer: TokenAnswer) -> (Answer, Life) {
    let claims = jwt::decode_unverified_claims(answer.access_token.as_bytes()).ok();
    let exp = claims.as_ref().and_then(exp);
    let life = Life { refuses: false, expires_in: answer.expires_in, exp };
    (Answer::Token(Arc::new(answer)), life)
}

fn introspection(read: Introspection) -> (Answer, Life) {
    match read {
        Introspection::Active(claims) => {
            let life = Life { refuses: false, expires_in: None, exp: exp(&claims) };
            (Answer::Introspection(Arc::new(claims)), life)
        }
        Introspection::Inactive => (Answer::Inactive, Life::REFUSAL),
    }
}

fn exp(claims: &Value) -> Option<UnixTime> {
    UnixTime::from_claim(claims.get("exp")?, Fraction::Down)
}

/// Without secrets.
impl fmt::Debug for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ask")
            .field("source", &self.source)
            .field("what", &self.what())
            .finish_non_exhaustive()
    }
}

/// Seconds beyond the engine's own bound.
const PATIENCE: i64 = 5;
