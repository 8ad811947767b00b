//! The snapshot that a request is decided against. A request that was held is decided against the snapshot of
//! the moment in which it goes on.

use crate::cache::TokenCache;
use crate::capabilities::Capabilities;
use crate::config::{Config, Reminders, Service, Source, SourceKeys};
use crate::denial::Denial;
use crate::headers::{HeaderEdit, OwnedHeaders};
use crate::keys::KeySet;
use crate::provider::{AnswerCache, Out, Providers};
use crate::registry::Directory;
use crate::request::RequestHead;
use crate::route::Matched;
use crate::shared::{Pushed, Reader, SharedData, SharedDataMut};
use crate::signature::{NativeSignatures, NativeSigner};
use crate::time::UnixTime;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

/// Everything outside of the request that a decision depends on, but for the time.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// Services, keys and registrations.
    pub policy: &'a Policy,
    /// What the engine can do.
    pub engine: Capabilities,
    /// The engine's own code to sign with, if it has any.
    pub signer: Option<&'a dyn NativeSigner>,
    /// What is remembered from request to request.
    pub memory: &'a Memory,
    /// The engine's own signature code, if it passed its known-answer probe.
    pub native: Option<&'a dyn NativeSignatures>,
    /// The engine's shared data, if the config says that state is pushed there.
    pub shared: Option<&'a dyn SharedData>,
    /// The same where its workers leave each other what they got, if sessions are refreshed and it keeps what is put
    /// there.
    pub handover: Option<&'a dyn SharedDataMut>,
}

/// What is remembered from request to request, in one VM. Forgotten with the config.
#[derive(Debug)]
pub struct Memory {
    /// Tokens whose signature was proven before.
    pub tokens: TokenCache,
    /// What is known of the providers whose keys are fetched.
    pub providers: Providers,
    /// What providers answered.
    pub answers: AnswerCache,
    /// What they are being asked.
    pub out: Out,
    /// What was said of secrets that run out.
    pub reminders: Reminders,
}

/// Where nonces, states and verifiers come from: the edge's random source.
pub trait Entropy {
    /// Fills `out` with random bytes.
    fn fill(&mut self, out: &mut [u8]);
}

/// Zeros, for what needs nothing random.
#[derive(Debug, Clone, Copy)]
pub struct NoEntropy;

impl Entropy for NoEntropy {
    fn fill(&mut self, out: &mut [u8]) {
        out.fill(0);
    }
}

/// A valid config and what follows from it.
#[derive(Debug)]
pub struct Policy {
    config: Arc<Config>,
    owned: OwnedHeaders,
    /// Headers that may hold a credential.
    credentials: OwnedHeaders,
    /// Of what is pushed, if state is.
    reader: Option<Reader>,
    /// Where people log in, by the places of service and route.
    logins: Vec<(usize, Option<usize>)>,
}

impl Policy {
    /// From a valid config.
    #[must_use]
    pub fn new(config: impl Into<Arc<Config>>) -> Self {
        let config = config.into();
        let owned = OwnedHeaders::of(&config.services);
        let credentials = OwnedHeaders::of_credentials(&config.services);
        let reader = config.pushed.as_ref().map(|pushed| pushed.reader(&config.realm));
        let logins = logins(&config);
        Self { config, owned, credentials, reader, logins }
    }

    /// Every service, or route, where people log in.
    pub fn logins(&self) -> impl Iterator<Item = Matched<'_>> {
        self.logins.iter().filter_map(|(service, route)| {
            let service = self.config.services.get(*service)?;
            match route {
                Some(route) => {
                    let route = service.routes.get(*route)?;
                    Some(Matched::new(service, Some(route), &route.rules))
                }
                None => Some(Matched::new(service, None, service.rules.as_ref()?)),
            }
        })
    }

    /// Whether a request is to a place to which a provider sends people back.
    #[must_use]
    pub fn reserves(&self, head: &RequestHead<'_>) -> bool {
        !self.logins.is_empty()
            && self.logins().any(|matched| {
                matched.rules.login().is_some_and(|(_, login)| login.reserves(head.host(), head.path()))
            })
    }

    /// The config.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The headers that the gateway owns under this config, on every service.
    #[must_use]
    pub fn owned(&self) -> &OwnedHeaders {
        &self.owned
    }

    /// Where callers are looked up: in the config, or in `shared` data where they are pushed.
    #[must_use]
    pub fn directory<'a>(&'a self, shared: Option<&'a dyn SharedData>) -> Directory<'a> {
        Directory::new(&self.config.registry, &self.config.sources, self.pushed(shared))
    }

    fn pushed<'a>(&'a self, shared: Option<&'a dyn SharedData>) -> Option<Pushed<'a>> {
        self.reader.as_ref().map(|reader| Pushed { reader, data: shared })
    }

    /// What becomes of a request trailer: one that says who calls, or that could be taken for a credential, is
    /// removed; `None` for any other.
    #[must_use]
    pub fn edit_of_trailer(&self, name: &[u8]) -> Option<HeaderEdit> {
        let forbidden = self.owned.owns(name) || self.credentials.owns(name);
        forbidden.then(|| HeaderEdit::Remove(name.into()))
    }
}

fn logins(config: &Config) -> Vec<(usize, Option<usize>)> {
    let of_service = |(place, service): (usize, &Service)| {
        let own = service.rules.as_ref().filter(|_| service.routes.is_empty());
        let own = own.filter(|rules| rules.login().is_some()).map(|_| (place, None));
        let routes = service.routes.iter().enumerate();
        let routes = routes.filter(|(_, route)| route.rules.login().is_some());
        let routes: Vec<_> = routes.map(|(route, _)| (place, Some(route))).collect();
        own.into_iter().chain(routes)
    };
    config.services.iter().enumerate().flat_map(of_service).collect()
}

impl Memory {
    /// Nothing yet but what the caches hold.
    #[must_use]
    pub fn new(config: &Config, tokens: TokenCache, answers: AnswerCache) -> Self {
        Self {
            tokens,
            providers: Providers::new(config),
            answers,
            out: Out::default(),
            reminders: Reminders::default(),
        }
    }
}

impl<'a> World<'a> {
    /// Where callers are looked up.
    #[must_use]
    pub fn directory(&self) -> Directory<'a> {
        self.policy.directory(self.shared)
    }

    /// The keys of a source; `None` where they are fetched, and none is known at `now`.
    ///
    /// # Errors
    /// Those of [`Pushed::keys`], where they are pushed.
    pub fn keys(&self, source: &Source, now: UnixTime) -> Result<Option<KeySet>, Denial> {
        match &source.keys {
            SourceKeys::Given(keys) => Ok(Some(keys.clone())),
            SourceKeys::Pushed => {
                let nowhere = Denial::Internal { what: "pushed keys without a place for them" };
                self.policy.pushed(self.shared).ok_or(nowhere)?.keys(source).map(Some)
            }
            SourceKeys::Discovered(_) => {
                Ok(self.memory.providers.of(&source.id).and_then(|provider| provider.keys(now)))
            }
        }
    }
}

impl fmt::Debug for World<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World")
            .field("engine", &self.engine)
            .field("native", &self.native.is_some())
            .finish_non_exhaustive()
    }
}
