//! A configuration made ready: everything that all workers can share.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use claimgate_sandbox::{Instance, SandboxError};

use crate::config::{Config, Limits, Network, Origin};
use crate::egress::{self, Outbound, Roots, Way};
use crate::filters::recipe::{Kitchen, Recipe};
use crate::proxy::callout::Callouts;
use crate::proxy::origins::Origins;
use crate::proxy::upstream::{Server, Timeouts};
use crate::router::Router;

/// Routes, servers and filters of one configuration.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) router: Router,
    /// By the index that the router answers.
    pub(crate) services: Vec<Target>,
    pub(crate) upstreams: Vec<(String, Reach)>,
    /// What it takes to call origins, where filters may.
    pub(crate) outbound: Option<Arc<Outbound>>,
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

/// How to get to a server, and how long to wait for it.
#[derive(Debug, Clone)]
pub(crate) struct Reach {
    way: Way,
    timeouts: Timeouts,
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
            outbound: outbound(config)?,
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
        let origins = self.outbound.clone().map(Origins::new);
        (services, Callouts::new(named, origins, self.limits.buffered_body_bytes))
    }
}

fn outbound(config: &Config) -> Result<Option<Arc<Outbound>>, PlanError> {
    if config.filters.is_empty() || config.egress.origins == egress::Origins::Named {
        return Ok(None);
    }
    let outbound = Outbound::new(&config.egress);
    let outbound = outbound.map_err(|error| PlanError::Tls { server: "egress".to_owned(), error })?;
    Ok(Some(Arc::new(outbound)))
}

impl Reach {
    fn new(origin: &Origin) -> Result<Self, PlanError> {
        let failed = |error| PlanError::Tls { server: origin.address.authority(), error };
        let way = match &origin.tls {
            None => Way::plain(origin.address.clone()),
            Some(tls) => {
                let own = Roots::PlatformAnd(&tls.ca_certificates);
                let client =
                    egress::client(if tls.verify { &own } else { &Roots::Anybody }).map_err(failed)?;
                let unnamed = || failed(rustls::Error::UnsupportedNameType);
                Way::to(origin.address.clone(), &client).ok_or_else(unnamed)?
            }
        };
        Ok(Self { way, timeouts: Timeouts::of(origin) })
    }

    fn server(&self) -> Rc<Server> {
        Rc::new(Server::new(self.way.clone(), self.timeouts))
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
