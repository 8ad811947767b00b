//! How the gateway speaks with an identity provider.

use crate::credential::Sent;
use crate::provider::{CacheRules, Client, ClientAuth, Extras, Url};
use crate::time::UnixTime;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

/// What is asked of an identity provider, by whom, and for how long its answers are kept.
#[derive(Debug, Clone)]
pub struct ProviderRules {
    /// Who the gateway is there.
    pub clients: ClientRules,
    /// There where [`Methods`](super::Methods) ask for tokens.
    pub token: Option<TokenEndpoint>,
    /// There where tokens are introspected.
    pub introspection: Option<IntrospectionEndpoint>,
    /// There where tokens are proven by it, or claims looked for.
    pub userinfo: Option<UserInfoEndpoint>,
    /// For how long answers are kept.
    pub cache: CacheRules,
    /// How long an answer is waited for, milliseconds.
    pub timeout_ms: u32,
    /// Whether all this must be what the discovery document says.
    pub verifies_parameters: bool,
}

/// The gateway's own clients.
#[derive(Debug, Clone)]
pub struct ClientRules {
    /// In the order of the document; ids are unique.
    pub clients: Vec<OwnClient>,
    /// The argument by which a caller chooses one.
    pub argument: Box<str>,
}

/// A client of the gateway's own.
#[derive(Debug, Clone)]
pub struct OwnClient {
    /// Who it is.
    pub client: Client,
    /// How it says so, unless an endpoint has a way of its own.
    pub auth: ClientAuth,
    /// When its secret is good no longer; `None`: nobody said.
    pub secret_expires: Option<UnixTime>,
}

impl OwnClient {
    /// This client at an endpoint, and how it says who it is there: in the endpoint's own way, if it has one.
    #[must_use]
    pub fn at(&self, of_endpoint: Option<ClientAuth>) -> (Client, ClientAuth) {
        (self.client.clone(), of_endpoint.unwrap_or(self.auth))
    }
}

/// The token endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenEndpoint {
    /// `None`: the discovered one.
    pub url: Option<Url>,
    /// How clients say who they are; `None`: each as it does elsewhere.
    pub auth: Option<ClientAuth>,
    /// How callers do whose own id and secret it is.
    pub callers_auth: ClientAuth,
    /// The scopes to ask for, where the config says some.
    pub scopes: Option<Vec<Box<str>>>,
    /// What goes along.
    pub extras: Extras,
    /// Whether answers are kept.
    pub keeps: bool,
}

/// The introspection endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "Kong's keys, each independent")]
pub struct IntrospectionEndpoint {
    /// `None`: the discovered one.
    pub url: Option<Url>,
    /// How clients say who they are; `None`: each as it does elsewhere.
    pub auth: Option<ClientAuth>,
    /// `token_type_hint`.
    pub hint: Box<str>,
    /// The argument that holds the token.
    pub argument: Box<str>,
    /// Whether an answer must say `active`.
    pub check_active: bool,
    /// Whether JWTs that were verified are asked about too.
    pub of_jwts: bool,
    /// What goes along.
    pub extras: Extras,
    /// Whether answers are kept.
    pub keeps: bool,
}

/// The userinfo endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserInfoEndpoint {
    /// `None`: the discovered one.
    pub url: Option<Url>,
    /// Whether claims are looked for there that a token does not have.
    pub searched: bool,
    /// What goes along.
    pub extras: Extras,
    /// Whether answers are kept.
    pub keeps: bool,
}

impl ProviderRules {
    /// Whether anything is asked of it, but for its keys.
    #[must_use]
    pub const fn is_asked(&self) -> bool {
        self.token.is_some() || self.introspection.is_some() || self.userinfo.is_some()
    }

    /// The endpoints that the config itself names.
    pub fn endpoints(&self) -> impl Iterator<Item = &Url> {
        let token = self.token.as_ref().and_then(|endpoint| endpoint.url.as_ref());
        let introspection = self.introspection.as_ref().and_then(|endpoint| endpoint.url.as_ref());
        let userinfo = self.userinfo.as_ref().and_then(|endpoint| endpoint.url.as_ref());
        token.into_iter().chain(introspection).chain(userinfo)
    }
}

impl ClientRules {
    /// What the caller's request says of which client to take (Kong's `client_arg`): in a header, then in the query, then
    /// in the body.
    #[must_use]
    pub fn asked_for<'a>(&self, sent: Sent<'a>) -> Option<Cow<'a, [u8]>> {
        let headers = [format!("x-{}", self.argument), (*self.argument).into()];
        let in_header = headers.iter().find_map(|name| sent.header(name)).map(Cow::Borrowed);
        in_header.or_else(|| sent.argument(&self.argument))
    }

    /// The client of this id, or at this place, which counts from 1; the first, where nothing is asked for. `None` where
    /// there is none.
    #[must_use]
    pub fn choose(&self, asked: Option<&[u8]>) -> Option<&OwnClient> {
        let Some(asked) = asked else { return self.clients.first() };
        let by_id = self.clients.iter().find(|own| own.client.id.as_bytes() == asked);
        by_id.or_else(|| {
            let place: usize = core::str::from_utf8(asked).ok()?.parse().ok()?;
            self.clients.get(place.checked_sub(1)?)
        })
    }

    /// The client of this id.
    #[must_use]
    pub fn of_id(&self, id: &str) -> Option<&OwnClient> {
        self.clients.iter().find(|own| *own.client.id == *id)
    }

    /// The place of the client of this id, for lists with an item for each; the first, where there is none such.
    #[must_use]
    pub fn place_of(&self, id: &str) -> usize {
        self.clients.iter().position(|own| *own.client.id == *id).unwrap_or_default()
    }

    /// The clients whose secrets run out, each with the days that are left; less than none, where it is too late.
    pub fn days_left(&self, now: UnixTime) -> impl Iterator<Item = (&str, i64)> {
        self.clients.iter().filter_map(move |own| {
            let left = own.secret_expires?.seconds().saturating_sub(now.seconds());
            Some((&*own.client.id, left.div_euclid(DAY)))
        })
    }
}

impl TokenEndpoint {
    /// The scopes to ask for with a caller's own id and secret: those of the config alone, since several providers refuse
    /// `openid` there.
    #[must_use]
    pub fn scopes_of_clients(&self) -> &[Box<str>] {
        self.scopes.as_deref().unwrap_or_default()
    }

    /// The scopes to ask for with a user's name and password: `openid`, unless the config says others.
    #[must_use]
    pub fn scopes_of_users(&self) -> Cow<'_, [Box<str>]> {
        match &self.scopes {
            Some(scopes) => Cow::Borrowed(scopes),
            None => Cow::Owned(Vec::from([Box::from("openid")])),
        }
    }
}

const DAY: i64 = 86_400;

#[cfg(test)]
mod tests;
