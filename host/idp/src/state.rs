//! Everything that the provider knows.

use crate::bearer;
use crate::config::Config;
use crate::endpoint::Endpoint;
use crate::issued::Grant;
use crate::mint::MintError;
use crate::realm::Realm;
use crate::shape::Shape;
use crate::tenants;
use bytes::Bytes;
use http::Request;

/// All realms, and the clock that they share.
#[derive(Debug)]
pub struct State {
    pub(crate) realms: Vec<Realm>,
    /// Seconds by which its clock goes ahead.
    pub(crate) clock_offset: i64,
}

impl State {
    /// The state at the start: with new keys, and nothing handed out. `base_url` is where clients reach it, unless
    /// the config names another.
    ///
    /// # Errors
    /// A key cannot be made or taken.
    pub fn new(config: Config, base_url: &str) -> Result<Self, MintError> {
        let base_url = config.base_url.as_deref().unwrap_or(base_url);
        let realms: Result<Vec<Realm>, MintError> =
            config.realms.into_iter().map(|realm| Realm::new(realm, base_url)).collect();
        Ok(Self { realms: realms?, clock_offset: config.clock_offset })
    }

    /// The realm and the endpoint of a request. Paths of Microsoft Graph name no realm, but the token does; those of
    /// Entra for every tenant leave it to the client.
    pub(crate) fn find(&mut self, request: &Request<Bytes>, now: i64) -> Option<(&mut Realm, Endpoint)> {
        let path = request.uri().path();
        let token = bearer::in_header(request.headers());
        let shared = tenants::shared_path(path);
        let endpoint = |realm: &Realm| match shared {
            Some(rest) if realm.shape() == Shape::Entra => {
                realm.shape().endpoint(realm.id(), &format!("/{}/{rest}", realm.id()))
            }
            _ => realm.shape().endpoint(realm.id(), path),
        };
        let named = |realm: &Realm| match shared {
            Some(_) => tenants::is_named(realm, request),
            None => token.is_some_and(|token| realm.access_tokens.get(token, now).is_some()),
        };
        let served: Vec<usize> = self
            .realms
            .iter()
            .enumerate()
            .filter(|(_, realm)| endpoint(realm).is_some())
            .map(|(at, _)| at)
            .collect();
        let one =
            served.iter().find(|at| self.realms.get(**at).is_some_and(named)).or_else(|| served.first())?;
        let realm = self.realms.get_mut(*one)?;
        let endpoint = endpoint(realm)?;
        Some((realm, endpoint))
    }

    /// What a token of any realm was granted for, with the name of that realm.
    pub(crate) fn subject(&self, token: &str, now: i64) -> Option<(String, Grant)> {
        self.realms.iter().find_map(|realm| {
            let known = realm.access_tokens.get(token, now)?;
            Some((realm.config.name.clone(), known.grant.clone()))
        })
    }

    pub(crate) fn realm(&mut self, name: &str) -> Option<&mut Realm> {
        self.realms.iter_mut().find(|realm| realm.config.name == name)
    }
}
