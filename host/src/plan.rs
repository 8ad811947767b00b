//! A configuration made ready: everything that all workers can share.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use claimgate_sandbox::{Instance, SandboxError};
use rustls::ClientConfig;

use crate::config::{Config, Limits, Network, Origin};
use crate::filters::recipe::{Kitchen, Recipe};
use crate::proxy::callout::Callouts;
use crate::proxy::tls;
use crate::proxy::upstream::Server;
use crate::router::Router;

/// Routes, servers and filters of one configuration.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) router: Router,
    /// By the index that the router answers.
    pub(crate) services: Vec<Target>,
    pub(crate) upstreams: Vec<(String, Reach)>,
    pub(crate) recipes: Vec<Arc<Recipe>>,
    pub(crate) limits: Limits,
    pub(crate) trusted: Vec<Network>,
}

/// A service without its routes.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) reach: Reach,
}

/// A server and the TLS client for it.
#[derive(Debug, Clone)]
pub(crate) struct Reach {
    origin: Arc<Origin>,
    tls: Option<Arc<ClientConfig>>,
}

impl Plan {
    /// Compiles the filters and reads the roots. Takes a while.
    pub(crate) fn build(config: &Config, kitchen: &Kitchen) -> Result<Self, PlanError> {
        let target = |service: &crate::config::Service| {
            Ok(Target {
                name: service.name.clone(),
                path: service.path.clone(),
                reach: Reach::new(&service.origin)?,
            })
        };
        let upstream =
            |upstream: &crate::config::Upstream| Ok((upstream.name.clone(), Reach::new(&upstream.origin)?));
        Ok(Self {
            router: Router::new(&config.services),
            services: config.services.iter().map(target).collect::<Result<_, PlanError>>()?,
            upstreams: config.upstreams.iter().map(upstream).collect::<Result<_, PlanError>>()?,
            recipes: kitchen
                .recipes(config)
                .map_err(|(filter, error)| PlanError::Filter { filter, error })?,
            limits: config.limits.clone(),
            trusted: config.trusted_ips.clone(),
        })
    }

    /// Instances for each of `workers` workers. The first one of each filter shows whether it takes its
    /// configuration. Takes a while.
    pub(crate) fn start_instances(&self, workers: usize) -> Result<Vec<Vec<Instance>>, PlanError> {
        let start = |recipe: &Arc<Recipe>| {
            let filter = || recipe.name().to_owned();
            recipe.start().map_err(|error| PlanError::Filter { filter: filter(), error })
        };
        (0..workers).map(|_| self.recipes.iter().map(start).collect()).collect()
    }

    /// A worker's servers for the services, and its named upstreams.
    pub(crate) fn servers(&self) -> (Vec<Rc<Server>>, Callouts) {
        let services = self.services.iter().map(|target| target.reach.server()).collect();
        let named = self.upstreams.iter().map(|(name, reach)| (name.clone(), reach.server()));
        let named: BTreeMap<_, _> = named.collect();
        (services, Callouts::new(named, self.limits.buffered_body_bytes))
    }
}

impl Reach {
    fn new(origin: &Origin) -> Result<Self, PlanError> {
        let client = origin.tls.as_ref().map(tls::client).transpose();
        let tls = client.map_err(|error| PlanError::Tls { server: origin.authority.clone(), error })?;
        Ok(Self { origin: Arc::new(origin.clone()), tls })
    }

    fn server(&self) -> Rc<Server> {
        Rc::new(Server::new(Arc::clone(&self.origin), self.tls.clone()))
    }
}

/// Why a configuration that is valid in itself cannot be used here.
#[derive(Debug)]
#[non_exhaustive]
pub enum PlanError {
    /// A filter could not be loaded or started, or refused its configuration.
    Filter {
        /// The filter's name.
        filter: String,
        /// What happened.
        error: SandboxError,
    },
    /// The preparation was interrupted; the log says why.
    Interrupted,
    /// TLS to a server could not be set up.
    Tls {
        /// The server.
        server: String,
        /// What happened.
        error: rustls::Error,
    },
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Filter { filter, error } => write!(f, "filter {filter}: {error}"),
            Self::Interrupted => {
                f.write_str("the preparation of the configuration was interrupted; see the log")
            }
            Self::Tls { server, error } => write!(f, "server {server}: {error}"),
        }
    }
}

impl Error for PlanError {}
