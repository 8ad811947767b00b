//! A realm at work: its config, its keys, and what it has handed out.

use crate::config::{self, Api, Client, User};
use crate::endpoint::{Endpoint, Kind, Version};
use crate::fault::Faults;
use crate::interact::Interaction;
use crate::issued::{AccessToken, Code, RefreshToken};
use crate::keys::Keys;
use crate::mint::MintError;
use crate::registered::Registered;
use crate::session::Session;
use crate::shape::Shape;
use crate::store::Store;
use claimgate_policy::tenant::entra;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One issuer and everything of it.
#[derive(Debug)]
pub(crate) struct Realm {
    pub(crate) config: config::Realm,
    pub(crate) base_url: String,
    pub(crate) keys: Keys,
    /// Keys of apps that have their own, by client id.
    app_keys: BTreeMap<String, Keys>,
    pub(crate) apis: Vec<Arc<Api>>,
    pub(crate) clients: BTreeMap<String, Arc<Client>>,
    /// What is known of clients beside their config.
    pub(crate) registered: BTreeMap<String, Registered>,
    pub(crate) users: Vec<Arc<User>>,
    pub(crate) codes: Store<Code>,
    pub(crate) access_tokens: Store<AccessToken>,
    pub(crate) refresh_tokens: Store<RefreshToken>,
    /// Names of JWTs that clients have authenticated with (RFC 7523 3, `jti`).
    pub(crate) assertions: Store<()>,
    /// Logins of browsers, by the value of their cookie.
    pub(crate) sessions: Store<Session>,
    /// What pages that were shown are for.
    pub(crate) interactions: Store<Interaction>,
    /// What users have consented to.
    pub(crate) consents: Store<()>,
    pub(crate) faults: Faults,
    /// How often each endpoint was asked.
    pub(crate) asked: BTreeMap<Kind, u64>,
}

impl Realm {
    pub(crate) fn new(config: config::Realm, base_url: &str) -> Result<Self, MintError> {
        let own = config.apis.iter().filter(|api| api.own_keys).filter_map(|api| api.client_id.clone());
        let app_keys: Result<BTreeMap<String, Keys>, MintError> =
            own.map(|app| Ok((app, Keys::new(config.shape, &[], &config.algorithms)?))).collect();
        let keys = Keys::new(config.shape, &config.keys, &config.algorithms)?;
        let clients =
            config.clients.iter().map(|client| (client.client_id.clone(), Arc::new(client.clone())));
        Ok(Self {
            base_url: base_url.to_owned(),
            keys,
            app_keys: app_keys?,
            apis: config.apis.iter().cloned().map(Arc::new).collect(),
            clients: clients.collect(),
            registered: BTreeMap::new(),
            users: config.users.iter().cloned().map(Arc::new).collect(),
            codes: Store::new(HANDED_OUT),
            access_tokens: Store::new(HANDED_OUT),
            refresh_tokens: Store::new(HANDED_OUT),
            assertions: Store::new(HANDED_OUT),
            sessions: Store::new(HANDED_OUT),
            interactions: Store::new(PAGES),
            consents: Store::new(HANDED_OUT),
            faults: Faults::default(),
            asked: BTreeMap::new(),
            config,
        })
    }

    pub(crate) fn shape(&self) -> Shape {
        self.config.shape
    }

    /// What stands in its paths.
    pub(crate) fn id(&self) -> &str {
        self.config.path_id()
    }

    /// `iss` of tokens of a version.
    pub(crate) fn issuer(&self, version: Version) -> String {
        let given = match version {
            Version::V1 if self.shape() == Shape::Entra => &self.config.issuer_v1,
            _ => &self.config.issuer,
        };
        let local = || format!("{}{}", self.base_url, self.shape().issuer_path(self.id(), version));
        given.clone().unwrap_or_else(local)
    }

    /// The issuer that Entra's key sets name. The cloud names the later of a tenant's two names in both of its sets,
    /// and who knows the cloud's names takes them for one; local names are two issuers like any other.
    pub(crate) fn issuer_of_keys(&self, version: Version) -> String {
        let both = [Version::V1, Version::V2].map(|version| self.issuer(version));
        let cloud = both.iter().all(|issuer| entra(issuer).is_some());
        self.issuer(if cloud { Version::V2 } else { version })
    }

    /// The keys that sign for an app, which are those of all for most.
    pub(crate) fn keys_of(&self, app: Option<&str>) -> &Keys {
        app.and_then(|app| self.app_keys.get(app)).unwrap_or(&self.keys)
    }

    /// Makes new keys of everybody.
    pub(crate) fn rotate(&mut self, overlap: bool) -> Result<(), MintError> {
        self.app_keys.values_mut().try_for_each(|keys| keys.rotate(overlap))?;
        self.keys.rotate(overlap)
    }

    /// The URL of an endpoint.
    pub(crate) fn url(&self, endpoint: Endpoint) -> Option<String> {
        Some(format!("{}{}", self.base_url, self.shape().path(self.id(), endpoint)?))
    }

    /// Where clients find what they need to know about it.
    pub(crate) fn discovery_urls(&self) -> Vec<String> {
        let versions = match self.shape() {
            Shape::Entra => &[Version::V1, Version::V2][..],
            Shape::Okta | Shape::Ping | Shape::Auth0 | Shape::Plain => &[Version::V2],
        };
        versions.iter().filter_map(|version| self.url(Endpoint::Discovery(*version))).collect()
    }

    /// The user of a name, in any case of its letters.
    pub(crate) fn user(&self, username: &str) -> Option<&Arc<User>> {
        self.users.iter().find(|user| user.username.eq_ignore_ascii_case(username))
    }

    /// Forgets all tokens that came of one grant.
    pub(crate) fn revoke_family(&mut self, family: &str) {
        self.access_tokens.retain(|token| token.grant.family != family);
        self.refresh_tokens.retain(|token| token.grant.family != family);
    }
}

/// Tokens of each kind, at most.
const HANDED_OUT: usize = 10_000;

/// Pages that wait for an answer, at most: each keeps what the client asked for.
const PAGES: usize = 1_000;
