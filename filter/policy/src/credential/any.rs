//! Every kind of credential that gets a caller in by a token: the token itself, or what the gateway gets one with.
//!
//! Kong takes the first kind of a fixed order. Here a request with two credentials is refused, of whatever kinds:
//! the upstream might take the caller for the other one. So the order decides nothing but what Basic is.

use super::pair::{fits, text};
use super::{
    ARGUMENT, BodyType, Credential, Hidden, Pair, Place, Sighting, body, cookie, field, key, pair, query,
};
use crate::capabilities::Capabilities;
use crate::config::{CredentialRules, Methods, Places};
use crate::denial::Denial;
use crate::request::RequestHead;
use crate::session::Session;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use core::fmt;

/// The one credential of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<'a> {
    /// A token.
    Token(Credential<'a>),
    /// What gets another token.
    RefreshToken(RefreshToken<'a>),
    /// A user's name and password.
    Password(Pair<'a>),
    /// A client's id and secret.
    ClientCredentials(Pair<'a>),
    /// A session, opened, that begins no other: what a caller proved before.
    Session(Box<Session>),
}

/// A refresh token as the client sent it, and where.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken<'a> {
    token: Cow<'a, str>,
    place: Place<'a>,
    name: &'a str,
}

/// How far a search came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sought<'a> {
    /// The one credential.
    Found(Found<'a>),
    /// The head holds none, and the body that follows may.
    InBody(BodyType),
}

/// Looks for the credential in a request's head, and in its body where that is given.
///
/// # Errors
/// [`Denial::CredentialMissing`] if there is none where `rules` and `methods` look for one;
/// [`Denial::MultipleCredentials`] if there is one and it is not alone.
pub fn find<'a>(
    head: &RequestHead<'a>,
    rules: &'a CredentialRules,
    methods: &'a Methods,
    body: Option<&'a [u8]>,
) -> Result<Sought<'a>, Denial> {
    let kind = if methods.reads_bodies(rules) { body::kind(head) } else { None };
    let read = body.zip(kind);
    let mut sightings = Sightings::default();
    sightings.tokens(head, read, rules, methods);
    sightings.refresh_tokens(head, read, methods);
    if let Some(places) = methods.password {
        let basic = Some(pair::in_authorization(head, USER)).filter(|_| methods.basic_is_a_password());
        sightings.pairs(basic.into_iter().flatten(), places.header, Found::Password);
        sightings.arguments((head, read), USER, places, Found::Password);
    }
    if let Some(places) = methods.client_credentials {
        let basic = Some(pair::in_authorization(head, CLIENT)).filter(|_| !methods.basic_is_a_password());
        sightings.pairs(basic.into_iter().flatten(), places.header, Found::ClientCredentials);
        sightings.arguments((head, read), CLIENT, places, Found::ClientCredentials);
    }
    match (sightings.found, kind) {
        (Some(found), _) if sightings.count == 1 => Ok(Sought::Found(found)),
        (Some(_), _) => Err(Denial::MultipleCredentials),
        (None, Some(kind)) if body.is_none() => Ok(Sought::InBody(kind)),
        (None, _) => Err(Denial::CredentialMissing),
    }
}

/// The first credential in a place that is looked into, and how many there are in whatever places.
#[derive(Default)]
struct Sightings<'a> {
    found: Option<Found<'a>>,
    count: usize,
}

impl<'a> Sightings<'a> {
    fn see(&mut self, credential: Option<Found<'a>>) {
        self.count = self.count.saturating_add(1);
        if self.found.is_none() {
            self.found = credential;
        }
    }

    fn tokens(
        &mut self,
        head: &RequestHead<'a>,
        read: Option<(&'a [u8], BodyType)>,
        rules: &'a CredentialRules,
        methods: &Methods,
    ) {
        let in_head = field::sightings(head, rules).chain(query::sightings(head, ARGUMENT));
        let in_head = in_head.chain(cookie::sightings(head, rules));
        let in_body = read.into_iter().flat_map(|(body, kind)| body::sightings(body, kind, ARGUMENT));
        for Sighting { place, token } in in_head.chain(in_body) {
            let token = token.filter(|_| methods.takes_tokens() && rules.look_in(place));
            self.see(token.map(|token| Found::Token(Credential { token, place })));
        }
    }

    fn refresh_tokens(
        &mut self,
        head: &RequestHead<'a>,
        read: Option<(&'a [u8], BodyType)>,
        methods: &'a Methods,
    ) {
        let Some((places, name)) = &methods.refresh_token else { return };
        let in_body = read.into_iter().flat_map(|(body, kind)| body::sightings(body, kind, &name.argument));
        for Sighting { place, token } in key::sighted(head, name).chain(in_body) {
            let look_in = match place {
                Place::Header(found) => places.header && found.eq_ignore_ascii_case(name.header.as_bytes()),
                other => places.have(other),
            };
            let token = token.filter(|_| look_in).and_then(text).filter(|token| fits(token, LONGEST_TOKEN));
            self.see(
                token.map(|token| Found::RefreshToken(RefreshToken { token, place, name: &name.argument })),
            );
        }
    }

    fn arguments(
        &mut self,
        (head, read): (&RequestHead<'a>, Option<(&'a [u8], BodyType)>),
        names: [&'static str; 2],
        places: Places,
        kind_of: impl Fn(Pair<'a>) -> Found<'a>,
    ) {
        self.pairs(pair::in_query(head, names), places.query, &kind_of);
        let in_body = read.map(|(body, kind)| pair::in_body(body, kind, names));
        self.pairs(in_body.into_iter().flatten(), places.body, &kind_of);
    }

    fn pairs(
        &mut self,
        seen: impl IntoIterator<Item = pair::Seen<'a>>,
        look_in: bool,
        kind_of: impl Fn(Pair<'a>) -> Found<'a>,
    ) {
        for pair in seen {
            self.see(pair.filter(|_| look_in).map(&kind_of));
        }
    }
}

impl Found<'_> {
    /// What takes this credential out of the request of `head` and `body`.
    ///
    /// # Errors
    /// [`Denial::UnhideableCredential`] where the engine cannot: the upstream would get what it must not.
    pub fn hide(
        &self,
        head: &RequestHead<'_>,
        body: Option<&[u8]>,
        engine: &Capabilities,
    ) -> Result<Hidden, Denial> {
        match self {
            Self::Token(token) => token.hide(head, body, engine),
            Self::RefreshToken(token) => token.place.without(&[token.name], head, body, engine),
            Self::Password(pair) | Self::ClientCredentials(pair) => {
                pair.place.without(&pair.names, head, body, engine)
            }
            // Its cookie is never the upstream's, whatever authenticates.
            Self::Session(_) => Ok(Hidden::default()),
        }
    }

    /// Where it stood; `None` for a session, which is in cookies of the gateway's own.
    #[must_use]
    pub fn place(&self) -> Option<Place<'_>> {
        match self {
            Self::Token(token) => Some(token.place),
            Self::RefreshToken(token) => Some(token.place),
            Self::Password(pair) | Self::ClientCredentials(pair) => Some(pair.place),
            Self::Session(_) => None,
        }
    }
}

impl RefreshToken<'_> {
    /// The token.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }
}

impl Places {
    /// Whether a place that is no header is one of these.
    fn have(self, place: Place<'_>) -> bool {
        match place {
            Place::Authorization | Place::Header(_) => false,
            Place::Query(_) => self.query,
            Place::Cookie(_) => self.cookie,
            Place::Body(_) => self.body,
        }
    }
}

impl fmt::Debug for RefreshToken<'_> {
    /// Without the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshToken")
            .field("bytes", &self.token.len())
            .field("place", &self.place.name())
            .finish_non_exhaustive()
    }
}

/// RFC 6749 2.3.1.
const CLIENT: [&str; 2] = ["client_id", "client_secret"];

/// RFC 6749 4.3.2.
const USER: [&str; 2] = ["username", "password"];

/// Bytes of a refresh token, at most: as many as a JWT may have.
const LONGEST_TOKEN: usize = 16 * 1024;

#[cfg(test)]
mod tests;
