//! Logins that are under way: between the redirect to an identity provider and the one back (OIDC Core 3.1.2).
//!
//! Each stands in a cookie of its own, so that a login ends in the browser in which it began: a code and a state that
//! somebody else sends a person to, or steals, are worth nothing in another browser. And the tabs of one browser, which
//! may begin their logins at the same moment, leave each other's alone.

use crate::sealed::SKEW;
use crate::time::UnixTime;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use core::fmt;
use serde::{Deserialize, Serialize};

mod callback;
mod id_token;
mod secrets;

pub use callback::{Callback, Outcome};
pub use id_token::{Expected, check as check_id_token};
pub use secrets::{Secrets, Sender};

/// A login that is under way, as the browser keeps it.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// Random bytes, of which its [`Secrets`] are made: one takes less room in a cookie than three.
    pub seed: [u8; 32],
    /// For which of the gateway's clients.
    pub client: Box<str>,
    /// Where the provider was told to send the person back to.
    pub redirect_uri: Box<str>,
    /// Where the person was going: an absolute URL of this site.
    pub target: Box<str>,
    /// When it began.
    pub began: UnixTime,
}

impl Login {
    /// Whether it is not good any more at `now`, a login being good for `lifetime` seconds.
    #[must_use]
    pub fn is_over(&self, lifetime: i64, now: UnixTime) -> bool {
        let age = now.seconds().saturating_sub(self.began.seconds());
        age >= lifetime || age < -SKEW
    }

    /// The bytes that [`decode`](Self::decode) reads.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let written = Written {
            k: URL_SAFE_NO_PAD.encode(self.seed).into(),
            c: Cow::Borrowed(&self.client),
            u: Cow::Borrowed(&self.redirect_uri),
            t: Cow::Borrowed(&self.target),
            b: self.began.seconds(),
        };
        // Fails for maps without texts for keys alone, and there is none here.
        serde_json::to_vec(&written).unwrap_or_default()
    }

    /// What was encoded; `None` for bytes of another form, as another version of the gateway writes them.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let written: Written<'_> = serde_json::from_slice(bytes).ok()?;
        Some(Self {
            seed: URL_SAFE_NO_PAD.decode(&*written.k).ok()?.try_into().ok()?,
            client: written.c.into(),
            redirect_uri: written.u.into(),
            target: written.t.into(),
            began: UnixTime::from_seconds(written.b),
        })
    }
}

/// In short names, for a cookie has little room.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<'a> {
    #[serde(borrow)]
    k: Cow<'a, str>,
    #[serde(borrow)]
    c: Cow<'a, str>,
    #[serde(borrow)]
    u: Cow<'a, str>,
    #[serde(borrow)]
    t: Cow<'a, str>,
    b: i64,
}

/// Without what only the browser may know.
impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("client", &self.client)
            .field("began", &self.began)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
