//! The cookies of logins that are under way, one for each: what a request brings of them, and what an answer does with
//! them.
//!
//! Of the state, which names a login, the cookie's name has the beginning. The place that the cookie is sealed for has
//! that name, and the whole state is made from what is inside: a cookie is worth nothing under another name, and nothing
//! for another state.

use super::Case;
use super::cookies::{Brought, write};
use super::pending::Moment;
use crate::config::{LoginRules, OpenIdConnect};
use crate::cookies::{CookieRules, TooLong};
use crate::login::{Login, Secrets, Sender};
use crate::route::Matched;
use crate::sealed::Place;
use crate::time::UnixTime;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Reverse;

/// What an answer does with them.
#[derive(Debug, Default)]
pub(super) enum Logins {
    /// They stay as they are.
    #[default]
    AsTheyAre,
    /// One more is under way.
    Begin(Box<(CookieRules, Login)>),
    /// This one is over.
    End(Box<CookieRules>),
}

/// A login that a person comes back from.
pub(super) struct Begun {
    pub(super) cookie: CookieRules,
    pub(super) login: Login,
    pub(super) secrets: Secrets,
}

impl<'a> Case<'a> {
    /// The login of this state, if it began in this browser, under these rules, and is not over.
    pub(super) fn begun(self, state: &[u8]) -> Option<Begun> {
        let (rules, login_rules) = self.matched.rules.login()?;
        let cookie = login_rules.cookies.of(state)?;
        let (login, _) = self.under_way(&cookie, login_rules)?;
        let secrets = login.secrets(self.sender(rules));
        (secrets.state.as_bytes() == state).then_some(Begun { cookie, login, secrets })
    }

    /// Who sends people of this request to log in.
    pub(super) fn sender(self, rules: &'a OpenIdConnect) -> Sender<'a> {
        let Matched { service, route, .. } = self.matched;
        Sender { source: &rules.source.id, service: &service.id, route: route.map(|route| &*route.id) }
    }

    /// What a cookie holds, with its length, if that is a login that is not over.
    fn under_way(self, cookie: &CookieRules, rules: &LoginRules) -> Option<(Login, usize)> {
        let decode = |bytes: &[u8]| Some((Login::decode(bytes)?, bytes.len()));
        match self.open(cookie, &rules.keys, Place(&place(self, cookie)), decode) {
            Brought::Whole((login, length)) => {
                (!login.is_over(rules.lifetime, self.now)).then_some((login, length))
            }
            Brought::Nothing | Brought::Worthless(_) | Brought::Unsound => None,
        }
    }

    /// The tails of those of `sent` that the browser goes on to keep beside one more of this length: the newest, as many
    /// as there is room for. Only the last of `sent` are looked at, which are the newest where browsers keep to RFC 6265:
    /// whoever sends more begins again with those that are passed over.
    fn spared<'t>(self, sent: &[&'t str], rules: &LoginRules, length: usize) -> Vec<&'t str> {
        let mut good: Vec<(UnixTime, usize, &str)> = Vec::new();
        for tail in sent.iter().rev().take(MOST_OPENED) {
            let opened = self.under_way(&rules.cookies.one(tail), rules);
            good.extend(opened.map(|(login, length)| (login.began, length, *tail)));
        }
        good.sort_by_key(|(began, ..)| Reverse(*began));
        let mut room = LONGEST.saturating_sub(length);
        let mut fits = |length: usize| {
            let rest = room.checked_sub(length);
            room = rest.unwrap_or_default();
            rest.is_some()
        };
        let newest = good.into_iter().take(MOST.saturating_sub(1));
        newest.take_while(|(_, length, _)| fits(*length)).map(|(.., tail)| tail).collect()
    }
}

impl Logins {
    /// The `Set-Cookie` lines that do it.
    ///
    /// # Errors
    /// [`TooLong`].
    pub(super) fn lines(
        self,
        rules: &LoginRules,
        case: Case<'_>,
        moment: &mut Moment<'_, '_>,
    ) -> Result<Vec<String>, TooLong> {
        let (cookie, login) = match self {
            Self::AsTheyAre => return Ok(Vec::new()),
            Self::End(cookie) => return Ok(cookie.forget(case.head)),
            Self::Begin(begun) => *begun,
        };
        let bytes = login.encode();
        let place = place(case, &cookie);
        let kept = (&cookie, Some(rules.lifetime));
        let mut lines = write(case, kept, (&rules.keys, Place(&place)), &bytes, moment)?;
        let sent = rules.cookies.sent(case.head);
        let spared = case.spared(&sent, rules, bytes.len());
        let surplus = sent.iter().filter(|tail| !spared.contains(tail)).map(|tail| rules.cookies.one(tail));
        lines.extend(surplus.flat_map(|other| other.forget(case.head)).take(MOST_FORGOTTEN));
        Ok(lines)
    }
}

fn place<'a>(case: Case<'a>, cookie: &'a CookieRules) -> [&'a [u8]; 3] {
    [b"login", cookie.name.as_bytes(), case.world.policy.config().realm.as_bytes()]
}

/// Logins that one browser keeps while another begins, that one among them: it may restore as many tabs, some of them
/// while others are on their way already.
const MOST: usize = 10;

/// Bytes of them before they are sealed, which makes a third more: servers take about 8,000 of a header.
const LONGEST: usize = 4_000;

/// Cookies that are opened to see how old they are.
const MOST_OPENED: usize = 16;

/// Lines of one answer that have old ones forgotten: servers before the gateway have a limit for heads of answers. What is
/// left over the next login sees to.
const MOST_FORGOTTEN: usize = 16;

#[cfg(test)]
mod tests;
