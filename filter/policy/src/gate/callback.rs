//! Whether a request is a person whom a provider sends back: to a place that is reserved for that, whatever routes there
//! are, or to where the person was.

use super::{Case, Gate};
use crate::config::{LoginRules, ResponseMode};
use crate::denial::Denial;
use crate::login::Callback;
use crate::request::RequestHead;
use crate::route::Matched;
use crate::time::UnixTime;
use crate::world::World;
use alloc::borrow::Cow;

/// What becomes of such a request before anything is decided.
pub(super) enum Early<'a> {
    /// Its body says the rest.
    NeedBody,
    /// It is refused, as who sent the person would be.
    Denied(Denial, Matched<'a>),
}

impl Gate {
    /// What the provider says, and whose rules sent the person, where this is a reserved place; `None` for any other
    /// request.
    pub(super) fn returned<'a>(
        &self,
        head: &RequestHead<'_>,
        body: Option<&[u8]>,
        world: &World<'a>,
        now: UnixTime,
    ) -> Result<Option<(Matched<'a>, Callback)>, Early<'a>> {
        let policy = world.policy;
        if !policy.reserves(head) {
            return Ok(None);
        }
        let mut stranger = None;
        for matched in policy.logins() {
            let Some((_, login)) = matched.rules.login() else { continue };
            if !login.reserves(head.host(), head.path()) {
                continue;
            }
            if waits_for_body(login, head, body, world) {
                return Err(Early::NeedBody);
            }
            let Some(callback) = Callback::read(head, body, login.response_mode) else { continue };
            let case = Case { head, body, too_long: false, matched: &matched, callback: None, world, now };
            if case.begun(&callback.state).is_some() {
                return Ok(Some((matched, callback)));
            }
            stranger = stranger.or(Some(matched));
        }
        match stranger {
            Some(matched) => Err(Early::Denied(Denial::LoginUnknown, matched)),
            None => Ok(None),
        }
    }
}

impl<'a> Case<'a> {
    /// The callback that this request is: one to a reserved place, or one to where the person was, who came from there.
    pub(super) fn returning(self, login: &LoginRules) -> Option<Cow<'a, Callback>> {
        if let Some(callback) = self.callback {
            return Some(Cow::Borrowed(callback));
        }
        if !login.redirect_uris.is_empty() {
            return None;
        }
        let callback = Callback::read(self.head, self.body, login.response_mode)?;
        self.begun(&callback.state).is_some().then_some(Cow::Owned(callback))
    }

    /// Whether the body may say that a person comes back to where it was.
    pub(super) fn may_return_in_body(self, login: &LoginRules) -> bool {
        login.redirect_uris.is_empty()
            && !login.cookies.sent(self.head).is_empty()
            && waits_for_body(login, self.head, self.body, self.world)
    }
}

fn waits_for_body(
    login: &LoginRules,
    head: &RequestHead<'_>,
    body: Option<&[u8]>,
    world: &World<'_>,
) -> bool {
    login.response_mode == ResponseMode::FormPost
        && body.is_none()
        && world.engine.holds_for_body
        && Callback::is_posted(head)
}
