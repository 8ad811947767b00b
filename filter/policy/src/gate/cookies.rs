//! The gateway's own cookies: what a request brings, and what an answer has the browser keep.

use super::pending::Moment;
use super::{Case, Gate};
use crate::config::{LoginRules, OpenIdConnect, SessionRules};
use crate::cookies::{CookieRules, Sent, TooLong};
use crate::headers::HeaderEdit;
use crate::login::Logins;
use crate::sealed::{Keyring, Place};
use crate::session::Session;
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

/// What is to become of a cookie.
#[derive(Debug, Default)]
pub(super) enum Keep<T> {
    /// It stays as it is.
    #[default]
    AsItIs,
    /// The browser keeps this instead.
    Write(T),
    /// The browser forgets it.
    Forget,
}

impl<T> Keep<T> {
    fn map<U>(self, write: impl FnOnce(T) -> U) -> Keep<U> {
        match self {
            Self::AsItIs => Keep::AsItIs,
            Self::Write(value) => Keep::Write(write(value)),
            Self::Forget => Keep::Forget,
        }
    }
}

impl Keep<Logins> {
    /// These; where there are none, no cookie.
    pub(super) fn logins(logins: Logins) -> Self {
        if logins.is_empty() { Self::Forget } else { Self::Write(logins) }
    }
}

/// What a request brings under a cookie's name.
pub(super) enum Brought<T> {
    /// Nothing.
    Nothing,
    /// Something that counts for nothing; why.
    Worthless(&'static str),
    /// Several cookies, of which somebody else may have set one.
    Unsound,
    /// What the gateway wrote.
    Whole(T),
}

impl<'a> Case<'a> {
    /// The session that a request brings, whether it still holds or not.
    pub(super) fn session(self, rules: &OpenIdConnect, session: &SessionRules) -> Brought<Session> {
        let place = session_place(self, rules, session);
        self.open(&session.cookie, &session.keys, Place(&place), Session::decode)
    }

    /// Whether a request brings several cookies where a session would be one.
    pub(super) fn has_unsound_session(self) -> bool {
        let session = self.rules().and_then(|rules| rules.session.as_ref());
        session.is_some_and(|session| session.cookie.read(self.head) == Sent::Unsound)
    }

    /// The logins that are under way in the browser.
    pub(super) fn logins(self, login: &LoginRules) -> Logins {
        let opened = self.open(&login.cookie, &login.keys, Place(&login_place(self, login)), Logins::decode);
        match opened {
            Brought::Whole(logins) => logins.at(self.now, login.lifetime),
            Brought::Nothing | Brought::Worthless(_) | Brought::Unsound => Logins::default(),
        }
    }

    fn open<T>(
        self,
        cookie: &CookieRules,
        keys: &Keyring,
        place: Place<'_>,
        decode: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Brought<T> {
        let sealed = match cookie.read(self.head) {
            Sent::Absent => return Brought::Nothing,
            Sent::Unsound => return Brought::Unsound,
            Sent::Whole(sealed) => sealed,
        };
        match keys.open(place, &sealed) {
            Ok(bytes) => decode(&bytes).map_or(Brought::Worthless(OTHER_VERSION), Brought::Whole),
            Err(unopened) => Brought::Worthless(unopened.name()),
        }
    }
}

/// A session is good under one name, for one realm, audience and provider.
fn session_place<'a>(case: Case<'a>, rules: &'a OpenIdConnect, session: &'a SessionRules) -> [&'a [u8]; 5] {
    let realm = case.world.policy.config().realm.as_bytes();
    let source = rules.source.id.as_str().as_bytes();
    [b"session", session.cookie.name.as_bytes(), realm, session.audience.as_bytes(), source]
}

fn login_place<'a>(case: Case<'a>, login: &'a LoginRules) -> [&'a [u8]; 3] {
    [b"login", login.cookie.name.as_bytes(), case.world.policy.config().realm.as_bytes()]
}

impl Gate {
    /// What an answer has the browser keep and forget.
    ///
    /// # Errors
    /// [`TooLong`]: then the answer must not be sent as if it were kept.
    pub(super) fn keep(
        &mut self,
        case: Case<'_>,
        moment: &mut Moment<'_, '_>,
    ) -> Result<Vec<HeaderEdit>, TooLong> {
        let Some(rules) = case.rules() else { return Ok(Vec::new()) };
        let mut lines: Vec<String> = Vec::new();
        if let Some(session) = &rules.session {
            let place = session_place(case, rules, session);
            let written = core::mem::take(&mut self.session).map(|session| session.encode());
            let cookie = (&session.cookie, None);
            lines.extend(seal(case, cookie, (&session.keys, Place(&place)), written, moment)?);
        }
        if let Some(login) = &rules.login {
            let place = login_place(case, login);
            let written = core::mem::take(&mut self.logins).map(|logins| logins.encode());
            let cookie = (&login.cookie, Some(login.lifetime));
            lines.extend(seal(case, cookie, (&login.keys, Place(&place)), written, moment)?);
        }
        Ok(lines.into_iter().map(|line| add("set-cookie", line)).collect())
    }
}

fn seal(
    case: Case<'_>,
    (cookie, seconds): (&CookieRules, Option<i64>),
    (keys, place): (&Keyring, Place<'_>),
    written: Keep<Vec<u8>>,
    moment: &mut Moment<'_, '_>,
) -> Result<Vec<String>, TooLong> {
    match written {
        Keep::AsItIs => Ok(Vec::new()),
        Keep::Forget => Ok(cookie.forget(case.head)),
        Keep::Write(bytes) => {
            let sealed = keys.seal(place, &bytes, moment.now, moment.entropy).ok_or(TooLong)?;
            cookie.set(case.head, &sealed, seconds)
        }
    }
}

/// The same for an answer of the upstream's: what has one person's cookies in it is nobody else's (RFC 9111 5.2.2.7).
pub(super) fn beside_the_upstreams(mut cookies: Vec<HeaderEdit>) -> Vec<HeaderEdit> {
    if !cookies.is_empty() {
        cookies.push(add("cache-control", "private".into()));
    }
    cookies
}

fn add(name: &'static str, value: String) -> HeaderEdit {
    HeaderEdit::Append(Cow::Borrowed(name), value.into_bytes().into_boxed_slice())
}

const OTHER_VERSION: &str = "one that another version of the gateway wrote";
