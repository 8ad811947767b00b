//! The leave to forward a request. Only this module makes one, and only from proof.

use crate::acl::Admitted;
use crate::capabilities::Capabilities;
use crate::config::{AccessTokenHeader, KeyAuth, OpenIdConnect, TokenHeaders};
use crate::cookies::{OwnCookies, value_of};
use crate::credential::{Credential, Found, Hidden, Place, without_cookies};
use crate::denial::{Denial, shown};
use crate::headers::{CREDENTIAL_IDENTIFIER, HeaderEdit, header_value};
use crate::keys::KeySet;
use crate::request::RequestHead;
use crate::verified::Verified;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;

mod token_headers;

/// The leave to forward a request, with the edits that go with it.
#[derive(Debug)]
pub struct Permit {
    grounds: Grounds,
    request_edits: Vec<HeaderEdit>,
    request_body: Option<Box<[u8]>>,
    response_edits: Vec<HeaderEdit>,
}

/// On what grounds a request is forwarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grounds {
    /// A verified token, within its time, with what the service requires, or an API key, of a caller who may use it.
    Authenticated,
    /// The service lets requests without a good token pass as the anonymous consumer's.
    Anonymous,
    /// A CORS preflight, which carries no token, to a service that lets them pass.
    Preflight,
    /// The request would be refused, but the service only reports.
    Reported,
}

/// The request that a permit is for, as far as its edits depend on it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The head.
    pub head: &'a RequestHead<'a>,
    /// The body, where it was read.
    pub body: Option<&'a [u8]>,
    /// What the engine can do.
    pub engine: &'a Capabilities,
    /// The cookies that the gateway itself has browsers keep: the upstream gets none of them, whatever authenticates.
    pub own_cookies: OwnCookies<'a>,
}

/// The token that a permit is for, and what proved it.
#[derive(Clone, Copy)]
pub struct Presented<'a> {
    /// What the request showed: the token itself, or what got it.
    pub found: &'a Found<'a>,
    /// The token.
    pub token: &'a [u8],
    /// The proof.
    pub verified: &'a Verified,
    /// The keys of its source.
    pub keys: &'a KeySet,
    /// What came with it.
    pub beside: Beside<'a>,
}

/// Tokens that came with an access token, from a login or a grant.
#[derive(Clone, Copy, Default)]
pub struct Beside<'a> {
    /// Who logged in.
    pub id_token: Option<&'a str>,
    /// What gets another one.
    pub refresh_token: Option<&'a str>,
}

impl Grounds {
    /// As the audit line writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authenticated => "authenticated",
            Self::Anonymous => "anonymous",
            Self::Preflight => "preflight",
            Self::Reported => "reported",
        }
    }
}

impl Permit {
    /// For a caller whose token passed every check. `stripped` are the edits that removed owned headers; they
    /// come first, so that what is set here stays.
    ///
    /// # Errors
    /// [`Denial::UnhideableCredential`], [`Denial::OwnedHeader`] where the engine cannot make the edits.
    pub fn authenticated(
        admitted: &Admitted<'_>,
        rules: &OpenIdConnect,
        presented: Presented<'_>,
        stripped: Vec<HeaderEdit>,
        subject: Subject<'_>,
    ) -> Result<Self, Denial> {
        let Presented { found, verified, keys, beside, .. } = presented;
        let upstream = &rules.headers.upstream;
        let hidden = hidden(rules, found, &upstream.access_token, subject)?;
        let mut request_edits = stripped;
        request_edits.extend(hidden.edits);
        request_edits.extend(token_edits(&upstream.access_token, presented, subject)?);
        request_edits.extend(token_headers::of_tokens_beside(upstream, beside));
        request_edits.extend(token_headers::of_key_and_claims(upstream, verified, keys));
        request_edits.extend(identity_edits(admitted));
        let response_edits = response_edits(&rules.headers.downstream, presented);
        let request_body = hidden.body;
        Ok(Self { grounds: Grounds::Authenticated, request_edits, request_body, response_edits })
    }

    /// For an application whose API key passed every check.
    ///
    /// # Errors
    /// [`Denial::UnhideableCredential`] where the engine cannot take the key out.
    pub fn by_key(
        admitted: &Admitted<'_>,
        rules: &KeyAuth,
        credential: &Credential<'_>,
        stripped: Vec<HeaderEdit>,
        subject: Subject<'_>,
    ) -> Result<Self, Denial> {
        let mut request_edits = stripped;
        if rules.hide_credentials {
            request_edits.extend(credential.hide(subject.head, subject.body, subject.engine)?.edits);
        }
        request_edits.extend(identity_edits(admitted));
        let grounds = Grounds::Authenticated;
        Ok(Self { grounds, request_edits, request_body: None, response_edits: Vec::new() })
    }

    /// For a request without a good token, admitted as the anonymous consumer's. Says to the upstream that it is one,
    /// and nothing else; the token that was not good does not reach it.
    ///
    /// # Errors
    /// [`Denial::UnhideableCredential`] where the engine cannot take it out.
    pub fn anonymous(
        _admitted: &Admitted<'_>,
        found: Option<&Found<'_>>,
        stripped: Vec<HeaderEdit>,
        subject: Subject<'_>,
    ) -> Result<Self, Denial> {
        let hidden = without(found, subject)?;
        let mut request_edits = stripped;
        request_edits.extend(hidden.edits);
        request_edits.push(HeaderEdit::Set(Cow::Borrowed("x-anonymous-consumer"), b"true".as_slice().into()));
        let grounds = Grounds::Anonymous;
        Ok(Self { grounds, request_edits, request_body: hidden.body, response_edits: Vec::new() })
    }

    /// For a CORS preflight to a service that lets them pass.
    pub(crate) fn preflight(stripped: Vec<HeaderEdit>) -> Self {
        Self::unproven(Grounds::Preflight, stripped)
    }

    /// For a request that is forwarded although it would be refused. It goes on as it came, without the headers that
    /// the gateway owns.
    pub(crate) fn reported(stripped: Vec<HeaderEdit>) -> Self {
        Self::unproven(Grounds::Reported, stripped)
    }

    fn unproven(grounds: Grounds, stripped: Vec<HeaderEdit>) -> Self {
        Self { grounds, request_edits: stripped, request_body: None, response_edits: Vec::new() }
    }

    /// The same, with these edits of the request before its own.
    pub(crate) fn after(mut self, mut first: Vec<HeaderEdit>) -> Self {
        if !first.is_empty() {
            first.append(&mut self.request_edits);
            self.request_edits = first;
        }
        self
    }

    /// The same, with these edits of the response after its own.
    pub(crate) fn telling(mut self, mut more: Vec<HeaderEdit>) -> Self {
        self.response_edits.append(&mut more);
        self
    }

    /// On what grounds.
    #[must_use]
    pub fn grounds(&self) -> Grounds {
        self.grounds
    }

    /// Edits of the request before it goes upstream, in order.
    #[must_use]
    pub fn request_edits(&self) -> &[HeaderEdit] {
        &self.request_edits
    }

    /// The body that goes upstream instead of the client's; `None`: the client's own.
    #[must_use]
    pub fn request_body(&self) -> Option<&[u8]> {
        self.request_body.as_deref()
    }

    /// Edits of the response before it goes to the client, in order.
    #[must_use]
    pub fn response_edits(&self) -> &[HeaderEdit] {
        &self.response_edits
    }
}

/// Kong's identity headers: for the consumer, where one was mapped, else for the credential. What does not fit into a
/// header is left out: the client's own copy is gone, so the upstream sees none.
fn identity_edits(admitted: &Admitted<'_>) -> Vec<HeaderEdit> {
    let (caller, groups) = (admitted.caller(), admitted.groups());
    let consumer = caller.record().map(|record| &record.consumer);
    let identity = [
        ("x-consumer-id", consumer.and_then(|consumer| consumer.id.as_deref())),
        ("x-consumer-username", consumer.and_then(|consumer| consumer.username.as_deref())),
        ("x-consumer-custom-id", consumer.and_then(|consumer| consumer.custom_id.as_deref())),
        ("x-consumer-groups", groups.of_consumer.as_deref()),
        ("x-authenticated-groups", groups.of_token.as_deref()),
        (CREDENTIAL_IDENTIFIER, caller.credential()),
    ];
    identity.into_iter().filter_map(|(name, value)| set(name, value?)).collect()
}

/// Hides the credential where the config says so and nothing else takes its place: one in `Authorization` is
/// overwritten by the form in which the upstream gets it.
fn hidden(
    rules: &OpenIdConnect,
    found: &Found<'_>,
    handed_on: &AccessTokenHeader,
    subject: Subject<'_>,
) -> Result<Hidden, Denial> {
    let in_authorization = found.place().is_some_and(Place::is_authorization);
    let overwritten = *handed_on == AccessTokenHeader::Bearer && in_authorization;
    let is_hidden = rules.credential.hide_credentials && !overwritten;
    without(Some(found).filter(|_| is_hidden), subject)
}

/// Takes out the credential, and the gateway's own cookies. A token in a cookie goes with them: the second of two edits
/// of one header would undo the first.
fn without(found: Option<&Found<'_>>, subject: Subject<'_>) -> Result<Hidden, Denial> {
    let Subject { head, body, engine, own_cookies } = subject;
    let token = found.and_then(Found::place).and_then(|place| match place {
        Place::Cookie(name) => Some(name),
        _ => None,
    });
    let mut hidden = match token {
        Some(_) => Hidden::default(),
        None => found.map(|found| found.hide(head, body, engine)).transpose()?.unwrap_or_default(),
    };
    let edit = without_cookies(head, engine, |pair| {
        own_cookies.owns(pair) || token.is_some_and(|name| value_of(pair, name).is_some())
    });
    hidden.edits.extend(edit?);
    Ok(hidden)
}

/// The access token in the form in which the upstream gets it. The client's own field may be spelled otherwise
/// (`bearer`, two spaces); the upstream gets one form. Where the field has it already there is nothing to edit.
fn token_edits(
    handed_on: &AccessTokenHeader,
    Presented { found, token, .. }: Presented<'_>,
    subject: Subject<'_>,
) -> Result<Option<HeaderEdit>, Denial> {
    let edit = token_headers::of_token(handed_on, token);
    let (AccessTokenHeader::Bearer, Some(HeaderEdit::Set(_, form))) = (handed_on, &edit) else {
        return Ok(edit);
    };
    let mut copies = subject.head.values("authorization");
    match (copies.next(), copies.next()) {
        (Some(only), None) if only == &**form && found.place().is_some_and(Place::is_authorization) => {
            Ok(None)
        }
        // Where a set reaches only the first of several copies, the others would stand beside the verified token.
        (_, Some(_)) if !subject.engine.removal_reaches_upstream => {
            Err(Denial::OwnedHeader { name: shown("authorization") })
        }
        _ => Ok(edit),
    }
}

/// Every header that the config can set: where there is nothing to set, what the upstream said under that name is
/// removed, so that the client can believe it.
fn response_edits(
    downstream: &TokenHeaders,
    Presented { token, verified, keys, beside, .. }: Presented<'_>,
) -> Vec<HeaderEdit> {
    let set: Vec<HeaderEdit> = token_headers::of_token(&downstream.access_token, token)
        .into_iter()
        .chain(token_headers::of_tokens_beside(downstream, beside))
        .chain(token_headers::of_key_and_claims(downstream, verified, keys))
        .collect();
    let is_set =
        |name: &str| set.iter().any(|edit| matches!(edit, HeaderEdit::Set(found, _) if found == name));
    let unset = downstream.names().filter(|name| !is_set(name.as_str()));
    let removals: Vec<HeaderEdit> =
        unset.map(|name| HeaderEdit::Remove(name.as_str().as_bytes().into())).collect();
    removals.into_iter().chain(set).collect()
}

fn set(name: &'static str, value: &str) -> Option<HeaderEdit> {
    Some(HeaderEdit::Set(Cow::Borrowed(name), header_value(value)?))
}
