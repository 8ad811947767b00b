//! Answers of the gateway's own: redirects of a login and a logout, and refusals with what becomes of cookies.

use super::cookies::Keep;
use super::logins::Logins;
use super::pending::Moment;
use super::questions::misconfigured;
use super::{Answered, Case, Gate};
use crate::denial::{Denial, Status};
use crate::headers::HeaderEdit;
use crate::step::{Response, Step};
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// An answer that refuses nothing.
pub(super) struct Reply {
    what: Answered,
    status: Status,
    headers: Vec<HeaderEdit>,
    body: Box<[u8]>,
}

impl Reply {
    pub(super) fn redirect(what: Answered, location: String) -> Self {
        let headers = Vec::from([set("location", location.into_bytes())]);
        Self { what, status: Status::FOUND, headers, body: Box::default() }
    }

    pub(super) fn json<'a>(
        what: Answered,
        members: impl IntoIterator<Item = (&'static str, &'a str)>,
    ) -> Self {
        let members: BTreeMap<&str, &str> = members.into_iter().collect();
        let headers = Vec::from([set("content-type", JSON.into())]);
        // Fails for keys alone that are no texts.
        let body = serde_json::to_vec(&members).unwrap_or_default().into_boxed_slice();
        Self { what, status: Status::OK, headers, body }
    }
}

impl Gate {
    pub(super) fn reply(&mut self, reply: Reply, case: Case<'_>, moment: &mut Moment<'_, '_>) -> Step {
        let Ok(kept) = self.keep(case, moment) else {
            return self.deny_too_long(case, moment);
        };
        self.facts.answered(reply.what);
        let Reply { status, mut headers, body, .. } = reply;
        headers.push(set("cache-control", b"no-store".to_vec()));
        headers.extend(kept);
        Step::Reply(Box::new(Response { status, headers, body, denial: None }))
    }

    /// Refuses, and ends the session that was refused where the config says so.
    pub(super) fn deny(&mut self, denial: Denial, case: Case<'_>, moment: &mut Moment<'_, '_>) -> Step {
        let status = denial.wire().status.code();
        let session = case.rules().and_then(|rules| rules.session.as_ref());
        if session.is_some_and(|session| self.by_session && session.ends_at(status)) {
            self.session = Keep::Forget;
        }
        if let Denial::ProviderUnavailable { .. } = denial {
            // Who comes again can still end this login; the provider takes each code once.
            self.logins = Logins::AsTheyAre;
        }
        let kept = self.keep(case, moment).unwrap_or_default();
        match self.refuse(denial, case.head, Some(case.matched)) {
            Step::Reply(mut response) => {
                response.headers.extend(kept);
                Step::Reply(response)
            }
            step => step,
        }
    }

    fn deny_too_long(&mut self, case: Case<'_>, moment: &mut Moment<'_, '_>) -> Step {
        let Some(rules) = case.rules() else {
            return self.deny(Denial::Internal { what: "cookies without rules" }, case, moment);
        };
        let why = "its tokens are too long for the cookies of a session; ask for less with scopes";
        self.logins = Logins::AsTheyAre;
        self.deny(misconfigured(&rules.source, "tokens", why), case, moment)
    }
}

fn set(name: &'static str, value: Vec<u8>) -> HeaderEdit {
    HeaderEdit::Set(Cow::Borrowed(name), value.into_boxed_slice())
}

const JSON: &str = "application/json; charset=utf-8";
