//! The gateway's own cookies: what a request brings, and what an answer has the browser keep.

use super::pending::Moment;
use super::{Case, Gate};
use crate::config::{OpenIdConnect, SessionRules};
use crate::cookies::{CookieRules, Sent, TooLong};
use crate::headers::HeaderEdit;
use crate::sealed::{Keyring, Place};
use crate::session::Session;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// What is to become of the session's cookie. Boxed, as other states of few requests are: every request has room for it.
#[derive(Debug, Default)]
pub(super) enum Keep {
    /// It stays as it is.
    #[default]
    AsItIs,
    /// The browser keeps this instead.
    Write(Box<Session>),
    /// The browser forgets it.
    Forget,
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

    /// What a request brings under a cookie's name, if it was sealed for this place.
    pub(super) fn open<T>(
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
            lines.extend(match core::mem::take(&mut self.session) {
                Keep::AsItIs => Vec::new(),
                Keep::Forget => session.cookie.forget(case.head),
                Keep::Write(written) => {
                    let place = session_place(case, rules, session);
                    let sealing = (&session.keys, Place(&place));
                    write(case, (&session.cookie, None), sealing, &written.encode(), moment)?
                }
            });
        }
        if let Some(login) = &rules.login {
            lines.extend(core::mem::take(&mut self.logins).lines(login, case, moment)?);
        }
        Ok(lines.into_iter().map(|line| add("set-cookie", line)).collect())
    }
}

/// `Set-Cookie` lines for a sealed value. `seconds`: for how long the browser keeps it.
pub(super) fn write(
    case: Case<'_>,
    (cookie, seconds): (&CookieRules, Option<i64>),
    (keys, place): (&Keyring, Place<'_>),
    value: &[u8],
    moment: &mut Moment<'_, '_>,
) -> Result<Vec<String>, TooLong> {
    let sealed = keys.seal(place, value, moment.now, moment.entropy).ok_or(TooLong)?;
    cookie.set(case.head, &sealed, seconds)
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
