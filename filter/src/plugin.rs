//! What all requests of one root context share: Envoy makes one per plugin config and worker, Kong's engine one
//! per filter chain and worker.

use crate::entropy::EngineEntropy;
use crate::fetches::Fetches;
use crate::held::Held;
use crate::host::{Host, HostError, Level};
use crate::metrics::Metrics;
use crate::native::{Native, Signer};
use crate::references::Unresolved;
use crate::shared::EngineData;
use crate::upkeep::Upkeep;
use claimgate_policy::cache::TokenCache;
use claimgate_policy::capabilities::{Capabilities, EngineMismatch, Probed};
use claimgate_policy::config::{Config, ConfigErrors, Logged};
use claimgate_policy::gate::Outcome;
use claimgate_policy::provider::AnswerCache;
use claimgate_policy::session::handover::prepare;
use claimgate_policy::shared::{SharedData, SharedDataMut};
use claimgate_policy::signature::{NativeSignatures, NativeSigner};
use claimgate_policy::world::{Memory, Policy, World};
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

/// A plugin, configured or broken. A broken one refuses every request.
pub(crate) struct Plugin {
    host: Rc<dyn Host>,
    metrics: Metrics,
    held: Held,
    fetches: Fetches,
    upkeep: Upkeep,
    configured: Option<Configured>,
}

struct Configured {
    engine: Capabilities,
    policy: Policy,
    memory: Memory,
    native: Option<Native>,
    signer: Option<Signer>,
    /// Where state is pushed.
    shared: Option<EngineData>,
    /// Where its workers meet.
    handover: Option<EngineData>,
}

/// Why a config was refused; shown as one line per error.
#[derive(Debug)]
pub(crate) enum Refusal {
    Document(ConfigErrors),
    References(Vec<Unresolved>),
    Engine(EngineMismatch),
    NoEntropy,
    NoFeed,
    FeedTarget,
    /// The engine has no name for the origin of a provider.
    NoUpstream(String),
    NoSigner,
    NoTicks(HostError),
    Unreadable(HostError),
}

impl Plugin {
    /// A plugin under this config.
    pub(crate) fn configured(
        host: Rc<dyn Host>,
        config: Arc<Config>,
        probed: Probed,
    ) -> Result<Self, Refusal> {
        let engine = Capabilities::settle(config.engine, probed).map_err(Refusal::Engine)?;
        if let Some(origin) = config.unreachable(engine.callout_target) {
            return Err(Refusal::NoUpstream(origin));
        }
        let signer = Signer::of(&host, &engine);
        if signer.is_none() && config.needs_signer() {
            return Err(Refusal::NoSigner);
        }
        let seed = EngineEntropy::bytes().map_err(|_| Refusal::NoEntropy)?;
        let tokens = TokenCache::new(seed, TOKEN_CACHE_BYTES);
        let seed = EngineEntropy::bytes().map_err(|_| Refusal::NoEntropy)?;
        let answers = AnswerCache::new(seed, ANSWER_CACHE_BYTES);
        let shared = config.pushed.is_some().then(|| EngineData::new(Rc::clone(&host)));
        let handover = handover(&host, &config, &engine);
        let configured = Configured {
            engine,
            memory: Memory::new(&config, tokens, answers),
            policy: Policy::new(config),
            native: Native::probe(Rc::clone(&host), &engine),
            signer,
            shared,
            handover,
        };
        Ok(Self { configured: Some(configured), ..Self::broken(host) })
    }

    /// A plugin without a config.
    pub(crate) fn broken(host: Rc<dyn Host>) -> Self {
        Self {
            host,
            metrics: Metrics::default(),
            held: Held::default(),
            fetches: Fetches::default(),
            upkeep: Upkeep::default(),
            configured: None,
        }
    }

    pub(crate) fn host(&self) -> &dyn Host {
        &*self.host
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// What requests are decided against; `None` while the plugin is broken.
    pub(crate) fn world(&self) -> Option<World<'_>> {
        let Configured { engine, policy, memory, native, signer, shared, handover } =
            self.configured.as_ref()?;
        let native = native.as_ref().map(|native| native as &dyn NativeSignatures);
        let shared = shared.as_ref().map(|data| data as &dyn SharedData);
        let handover = handover.as_ref().map(|data| data as &dyn SharedDataMut);
        let signer = signer.as_ref().map(|signer| signer as &dyn NativeSigner);
        Some(World { policy, engine: *engine, memory, native, signer, shared, handover })
    }

    /// What its engine can do: the least that any can, while the plugin is broken.
    pub(crate) fn engine(&self) -> Capabilities {
        self.configured.as_ref().map_or(Capabilities::NGINX, |configured| configured.engine)
    }

    /// Requests that are held.
    pub(crate) fn held(&self) -> &Held {
        &self.held
    }

    /// Whether anything is asked of providers, so that ticks are needed.
    pub(crate) fn asks_providers(&self) -> bool {
        self.world().is_some_and(|world| world.policy.config().asks_providers())
    }

    /// Looks after what operators should see to.
    pub(crate) fn upkeep(&self) {
        if let Some(world) = self.world() {
            self.upkeep.tick(self.host(), &world);
        }
    }

    /// Time passes. Only in the root context's own callback.
    pub(crate) fn tick(&self) {
        self.fetches.tick(self);
        self.upkeep();
        if !self.held.is_idle() {
            self.held.tick(self.host());
        }
    }

    /// The outcome of a call, told to the root context; false if nobody here made it.
    pub(crate) fn answer(&self, token: u32, headers: usize) -> bool {
        self.held.answer(self.host(), token, headers) || self.fetches.answer(self, token, headers)
    }

    /// The engine's signature code, if it is used.
    pub(crate) fn native(&self) -> Option<&Native> {
        self.configured.as_ref()?.native.as_ref()
    }

    /// Whether a request that ended so gets an audit line.
    pub(crate) fn audits(&self, outcome: &Outcome) -> bool {
        let audit =
            self.configured.as_ref().map_or(Logged::Denied, |configured| configured.policy.config().audit);
        audit.covers(outcome.denial().is_some())
    }

    /// What the operator should know of a config that was accepted.
    pub(crate) fn warnings(&self) -> impl Iterator<Item = String> {
        let config = self.configured.as_ref().map(|configured| configured.policy.config());
        config.into_iter().flat_map(|config| config.warnings.iter().map(ToString::to_string))
    }
}

/// Where the workers of the engine meet, if they have something to leave each other.
fn handover(host: &Rc<dyn Host>, config: &Config, engine: &Capabilities) -> Option<EngineData> {
    if !engine.keeps_shared_data || !config.refreshes_sessions() {
        return None;
    }
    let data = EngineData::uncounted(Rc::clone(host));
    if prepare(&data, &config.realm).is_err() {
        let line = "claimgate: without shared data, several workers may use a refresh token at once";
        host.log(Level::Warn, line);
        return None;
    }
    Some(data)
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document(errors) => errors.fmt(f),
            Self::References(errors) => errors.iter().try_for_each(|error| writeln!(f, "{error}")),
            Self::Engine(EngineMismatch { configured, probed }) => write!(
                f,
                "engine: expected the engine that runs the filter, found {} on one that answers like {}; leave it \
                 out to have it detected",
                lower_case(configured),
                lower_case(probed),
            ),
            Self::NoEntropy => f.write_str("expected random bytes from the engine (random_get), found none"),
            Self::NoFeed => {
                f.write_str("state.feed: expected where the publisher gets what it writes, found nothing")
            }
            Self::FeedTarget => f.write_str(
                "state.feed.upstream: expected host:port, by which this engine calls, found another text; a name or an \
                 address, and a port from 1 to 65535",
            ),
            Self::NoUpstream(origin) => write!(
                f,
                "origins: expected an upstream for {origin}, found none; this engine calls clusters only: name the one that \
                 leads there"
            ),
            Self::NoSigner => f.write_str(
                "client_jwk: expected a key that the filter can sign with, EC or Ed25519, found an RSA key, which only an \
                 engine with the foreign function sign can use",
            ),
            Self::NoTicks(error) => write!(f, "expected the engine to call on_tick, it does not: {error}"),
            Self::Unreadable(error) => write!(f, "expected a plugin config, found none: {error}"),
        }
    }
}

/// The name of a variant as the config document spells it.
fn lower_case(variant: &impl fmt::Debug) -> String {
    format!("{variant:?}").to_lowercase()
}

/// How much memory the verified tokens of one plugin may take, bytes: room for 4,000 tokens of 1.4 KB, each of which
/// counts for 3.2 KB with its claims. Memory is taken as tokens come. Envoy has one plugin per worker, and two while a
/// config is replaced.
const TOKEN_CACHE_BYTES: usize = 16 << 20;

/// How much memory the answers of providers may take, bytes.
const ANSWER_CACHE_BYTES: usize = 8 << 20;
