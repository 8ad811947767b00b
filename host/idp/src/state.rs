//! Everything that the provider knows.

use crate::config::Config;
use crate::endpoint::Endpoint;
use crate::mint::MintError;
use crate::realm::Realm;

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

    /// The realm and the endpoint at a path.
    pub(crate) fn find(&mut self, path: &str) -> Option<(&mut Realm, Endpoint)> {
        self.realms.iter_mut().find_map(|realm| {
            let endpoint = realm.shape().endpoint(realm.id(), path)?;
            Some((realm, endpoint))
        })
    }

    pub(crate) fn realm(&mut self, name: &str) -> Option<&mut Realm> {
        self.realms.iter_mut().find(|realm| realm.config.name == name)
    }
}
