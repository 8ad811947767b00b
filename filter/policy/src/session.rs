//! A session: what a caller proved once, and comes back with in a cookie.
//!
//! It holds tokens and no decision. Each request has them checked as if they had been sent along: signature, times,
//! audience, consumer, registration. So what is taken back from a caller is taken back from its sessions.

use crate::config::Method;
use crate::sealed::SKEW;
use crate::time::UnixTime;
use crate::verified::SourceId;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

pub mod handover;

/// What a caller proved once.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// Where the tokens are from.
    pub source: SourceId,
    /// What began it.
    pub method: Method,
    /// The gateway's own client that got them; `None`: the caller brought or got them by itself.
    pub client: Option<Box<str>>,
    /// `sub` of the ID token with which it began.
    pub subject: Option<Box<str>>,
    /// What gets a caller in.
    pub access_token: Box<str>,
    /// Who the person is.
    pub id_token: Option<Box<str>>,
    /// What gets another access token.
    pub refresh_token: Option<Box<str>>,
    /// When the access token is good no longer, as far as its provider said.
    pub expires: Option<UnixTime>,
    /// When it began.
    pub began: UnixTime,
    /// When it was written anew.
    pub rolled: UnixTime,
    /// When it was last used, as far as it was noted.
    pub used: UnixTime,
}

/// For how long a session is good. `None`: for ever, as far as this goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Seconds from its beginning.
    pub absolute: Option<i64>,
    /// Seconds from when it was written anew, which happens when it is used in the last quarter of them.
    pub rolling: Option<i64>,
    /// Seconds without a request.
    pub idling: Option<i64>,
}

/// What to do about a session that is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upkeep {
    /// Nothing.
    None,
    /// To note that it was used.
    Touch,
    /// To write it anew.
    Roll,
}

/// Why a session is good no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It began so many seconds ago.
    Absolute(i64),
    /// It was written anew so many seconds ago.
    Rolling(i64),
    /// It was used so many seconds ago.
    Idling(i64),
    /// It is from so many seconds ahead.
    Ahead(i64),
}

impl Session {
    /// Whether it is good at `now`, and what to do then.
    ///
    /// # Errors
    /// [`Ended`].
    pub fn check(&self, timeouts: &Timeouts, now: UnixTime) -> Result<Upkeep, Ended> {
        let since = |time: UnixTime| now.seconds().saturating_sub(time.seconds());
        let (began, rolled, used) = (since(self.began), since(self.rolled), since(self.used));
        let earliest = began.min(rolled).min(used);
        if earliest < -SKEW {
            return Err(Ended::Ahead(earliest.saturating_neg()));
        }
        let over = |age: i64, timeout: Option<i64>| timeout.is_some_and(|timeout| age >= timeout);
        if over(began, timeouts.absolute) {
            return Err(Ended::Absolute(began));
        }
        if over(rolled, timeouts.rolling) {
            return Err(Ended::Rolling(rolled));
        }
        if over(used, timeouts.idling) {
            return Err(Ended::Idling(used));
        }
        let last_quarter = timeouts.rolling.map(|timeout| timeout.saturating_sub(timeout / 4));
        let noted = timeouts.idling.map(|timeout| (timeout / 4).min(NOTED_EVERY));
        Ok(match () {
            () if over(rolled, last_quarter) => Upkeep::Roll,
            () if over(used, noted) => Upkeep::Touch,
            () => Upkeep::None,
        })
    }

    /// The same, used and perhaps written anew at `now`; `None` where there is nothing to write.
    #[must_use]
    pub fn kept_up(&self, upkeep: Upkeep, now: UnixTime) -> Option<Self> {
        match upkeep {
            Upkeep::None => None,
            Upkeep::Touch => Some(Self { used: now, ..self.clone() }),
            Upkeep::Roll => Some(Self { used: now, rolled: now, ..self.clone() }),
        }
    }

    /// The bytes that [`decode`](Self::decode) reads.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let written = Written {
            s: self.source.as_str().into(),
            m: self.method.name().into(),
            c: self.client.as_deref().map(Cow::Borrowed),
            u: self.subject.as_deref().map(Cow::Borrowed),
            a: &self.access_token,
            i: self.id_token.as_deref(),
            r: self.refresh_token.as_deref(),
            e: self.expires.map(UnixTime::seconds),
            t: [self.began, self.rolled, self.used].map(UnixTime::seconds),
        };
        // Fails for maps without texts for keys alone, and there is none here.
        serde_json::to_vec(&written).unwrap_or_default()
    }

    /// What was encoded; `None` for bytes of another form, as another version of the gateway writes them.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let Written { s, m, c, u, a, i, r, e, t } = serde_json::from_slice(bytes).ok()?;
        let [began, rolled, used] = t.map(UnixTime::from_seconds);
        Some(Self {
            source: SourceId::new(&s),
            method: Method::NAMES.iter().find(|(name, _)| *name == m).map(|(_, method)| *method)?,
            subject: u.map(Into::into),
            client: c.map(Into::into),
            access_token: a.into(),
            id_token: i.map(Into::into),
            refresh_token: r.map(Into::into),
            expires: e.map(UnixTime::from_seconds),
            began,
            rolled,
            used,
        })
    }
}

/// In short names, for a cookie has little room. Tokens hold nothing that JSON escapes (RFC 6749 A.12).
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<'a> {
    #[serde(borrow)]
    s: Cow<'a, str>,
    #[serde(borrow)]
    m: Cow<'a, str>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    c: Option<Cow<'a, str>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    u: Option<Cow<'a, str>>,
    a: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    i: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    e: Option<i64>,
    t: [i64; 3],
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absolute(seconds) => write!(f, "it began {seconds} s ago (session_absolute_timeout)"),
            Self::Rolling(seconds) => write!(f, "it was renewed {seconds} s ago (session_rolling_timeout)"),
            Self::Idling(seconds) => write!(f, "it was used {seconds} s ago (session_idling_timeout)"),
            Self::Ahead(seconds) => write!(f, "it is from {seconds} s ahead: the gateways' clocks differ"),
        }
    }
}

/// Without tokens.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("source", &self.source)
            .field("method", &self.method)
            .field("client", &self.client)
            .field("began", &self.began)
            .field("rolled", &self.rolled)
            .field("used", &self.used)
            .finish_non_exhaustive()
    }
}

/// Seconds between two notes that a session was used: each is a cookie that the browser stores anew.
const NOTED_EVERY: i64 = 60;

#[cfg(test)]
mod tests;
