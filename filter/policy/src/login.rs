//! Logins that are under way: between the redirect to an identity provider and the one back (OIDC Core 3.1.2).
//!
//! They stand in a cookie, so that a login ends in the browser in which it began: a code and a state that somebody else
//! sends a person to, or steals, are worth nothing in another browser. Several may be under way at once, one for each
//! tab.

use crate::sealed::SKEW;
use crate::time::UnixTime;
use crate::verified::SourceId;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use core::fmt;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

mod callback;
mod id_token;

pub use callback::{Callback, Outcome};
pub use id_token::{Expected, check as check_id_token};

/// A login that is under way.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// `state` (RFC 6749 4.1.1): names it in the redirect back.
    pub state: Box<str>,
    /// `nonce` (OIDC Core 3.1.2.1): the ID token must have it.
    pub nonce: Box<str>,
    /// PKCE's `code_verifier` (RFC 7636 4.1).
    pub verifier: Box<str>,
    /// Which provider the person was sent to: nobody else gets the code.
    pub source: SourceId,
    /// For which of the gateway's clients.
    pub client: Box<str>,
    /// Where the provider was told to send the person back to.
    pub redirect_uri: Box<str>,
    /// The service, and the route, whose rules sent the person.
    pub place: (Box<str>, Option<Box<str>>),
    /// Where the person was going: an absolute URL of this site.
    pub target: Box<str>,
    /// When it began.
    pub began: UnixTime,
}

/// Those of one browser, the oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Logins(Vec<Login>);

impl Login {
    /// PKCE's `code_challenge`, by S256 (RFC 7636 4.2).
    #[must_use]
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.as_bytes()))
    }

    fn is_over(&self, lifetime: i64, now: UnixTime) -> bool {
        let age = now.seconds().saturating_sub(self.began.seconds());
        age >= lifetime || age < -SKEW
    }
}

impl Logins {
    /// The one that this state names.
    #[must_use]
    pub fn find(&self, state: &[u8]) -> Option<&Login> {
        self.0.iter().find(|login| login.state.as_bytes() == state)
    }

    /// With this one more. The oldest goes where they would be too many, or too long for a cookie.
    #[must_use]
    pub fn with(mut self, login: Login) -> Self {
        self.0.push(login);
        let mut surplus = self.0.len().saturating_sub(MOST);
        while self.0.len() > surplus.saturating_add(1) && self.length_from(surplus) > LONGEST {
            surplus = surplus.saturating_add(1);
        }
        self.0.drain(..surplus);
        self
    }

    /// Without the one that this state names, for it is over.
    #[must_use]
    pub fn without(mut self, state: &[u8]) -> Self {
        self.0.retain(|login| login.state.as_bytes() != state);
        self
    }

    /// Those of them that are good at `now`, a login being good for `lifetime` seconds.
    #[must_use]
    pub fn at(mut self, now: UnixTime, lifetime: i64) -> Self {
        self.0.retain(|login| !login.is_over(lifetime, now));
        self
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes that [`decode`](Self::decode) reads.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let written: Vec<Written<'_>> = self.0.iter().map(Written::of).collect();
        // Fails for maps without texts for keys alone, and there is none here.
        serde_json::to_vec(&written).unwrap_or_default()
    }

    /// What was encoded; `None` for bytes of another form, as another version of the gateway writes them.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let written: Vec<Written<'_>> = serde_json::from_slice(bytes).ok()?;
        Some(Self(written.into_iter().map(Written::login).collect()))
    }

    fn length_from(&self, first: usize) -> usize {
        self.0.iter().skip(first).map(Login::length).fold(0, usize::saturating_add)
    }
}

impl Login {
    /// Bytes that it takes in the cookie, about.
    fn length(&self) -> usize {
        let texts = [
            &*self.state,
            &self.nonce,
            &self.verifier,
            self.source.as_str(),
            &self.client,
            &self.redirect_uri,
            &self.place.0,
            &self.target,
        ];
        texts.into_iter().map(str::len).fold(64, usize::saturating_add)
    }
}

/// In short names, for a cookie has little room.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<'a> {
    #[serde(borrow)]
    s: Cow<'a, str>,
    #[serde(borrow)]
    n: Cow<'a, str>,
    #[serde(borrow)]
    v: Cow<'a, str>,
    #[serde(borrow)]
    p: Cow<'a, str>,
    #[serde(borrow)]
    c: Cow<'a, str>,
    #[serde(borrow)]
    u: Cow<'a, str>,
    #[serde(borrow)]
    m: Cow<'a, str>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    r: Option<Cow<'a, str>>,
    #[serde(borrow)]
    t: Cow<'a, str>,
    b: i64,
}

impl<'a> Written<'a> {
    fn of(login: &'a Login) -> Self {
        let (service, route) = &login.place;
        Self {
            s: Cow::Borrowed(&login.state),
            n: Cow::Borrowed(&login.nonce),
            v: Cow::Borrowed(&login.verifier),
            p: Cow::Borrowed(login.source.as_str()),
            c: Cow::Borrowed(&login.client),
            u: Cow::Borrowed(&login.redirect_uri),
            m: Cow::Borrowed(service),
            r: route.as_deref().map(Cow::Borrowed),
            t: Cow::Borrowed(&login.target),
            b: login.began.seconds(),
        }
    }

    fn login(self) -> Login {
        Login {
            state: self.s.into(),
            nonce: self.n.into(),
            verifier: self.v.into(),
            source: SourceId::new(&self.p),
            client: self.c.into(),
            redirect_uri: self.u.into(),
            place: (self.m.into(), self.r.map(Into::into)),
            target: self.t.into(),
            began: UnixTime::from_seconds(self.b),
        }
    }
}

/// Without what only the browser may know.
impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("source", &self.source)
            .field("client", &self.client)
            .field("place", &self.place)
            .field("began", &self.began)
            .finish_non_exhaustive()
    }
}

/// Logins that one browser may have under way.
const MOST: usize = 4;

/// Bytes of them in a cookie, about; sealed they are a third longer.
const LONGEST: usize = 6_000;

#[cfg(test)]
mod tests;
