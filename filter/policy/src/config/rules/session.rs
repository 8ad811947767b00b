//! Sessions: what a caller that authenticated once comes back with.

use super::Method;
use crate::cookies::CookieRules;
use crate::sealed::Keyring;
use crate::session::Timeouts;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// How sessions are kept: in a cookie that this gateway alone can read, and for how long.
#[derive(Debug, Clone)]
pub struct SessionRules {
    /// What seals the cookie.
    pub keys: Keyring,
    /// The cookie.
    pub cookie: CookieRules,
    /// Kong's `session_audience`: services that have the same share sessions.
    pub audience: Box<str>,
    /// For how long a session is good.
    pub timeouts: Timeouts,
    /// Methods that neither begin a session nor go on with one.
    pub disabled: Vec<Method>,
    /// Whether an access token that runs out is replaced by means of the refresh token.
    pub refreshes: bool,
    /// Whether a 401 ends the session.
    pub ends_at_unauthorized: bool,
    /// Whether a 403 does.
    pub ends_at_forbidden: bool,
}

impl SessionRules {
    /// Whether a session that this method began counts, and may begin.
    #[must_use]
    pub fn allows(&self, method: Method) -> bool {
        !self.disabled.contains(&method)
    }

    /// Whether an answer of this status ends the session.
    #[must_use]
    pub const fn ends_at(&self, status: u16) -> bool {
        match status {
            401 => self.ends_at_unauthorized,
            403 => self.ends_at_forbidden,
            _ => false,
        }
    }
}
