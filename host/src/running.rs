//! Start, reload and shutdown.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::{fmt, io};

use claimgate_sandbox::{Clock, Engine, EngineOptions, Instance, SandboxError, Shared};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, oneshot, watch};
use tokio::task::spawn_blocking;

use crate::admin::{self, Admin};
use crate::config::Config;
use crate::filters::recipe::Kitchen;
use crate::listener::Door;
use crate::metrics::Stats;
use crate::plan::{Plan, PlanError};
use crate::worker::Worker;

/// Starts a gateway. Everything that can fail does so before the first connection is taken.
///
/// Must be called inside a tokio runtime with time and I/O, which then accepts connections and answers
/// on the admin address; requests are served by threads of their own.
pub async fn run(config: Config, clock: Arc<dyn Clock>) -> Result<Running, StartError> {
    let shared = Arc::new(Shared::holding(config.limits.shared_data_bytes));
    let stats = Arc::new(Stats::default());
    let kitchen = Kitchen::new(engine()?, Arc::clone(&shared), Arc::clone(&clock), Arc::clone(&stats));
    let kitchen = Arc::new(kitchen);
    let prepared = prepare(config.clone(), Arc::clone(&kitchen)).await.map_err(StartError::Plan)?;
    let sockets = Sockets::bind(&config).await?;
    let (workers, ended) = start_workers(prepared, &clock, &stats)?;
    let (accepting, admin_open) = (watch::Sender::new(false), watch::Sender::new(false));
    let (addresses, admin_address) = (sockets.addresses.clone(), sockets.admin_address);
    let door = Arc::new(Door::new(Arc::clone(&workers), Arc::clone(&stats), config.limits.connections));
    sockets.open(&door, Admin::new(Arc::clone(&stats), Arc::clone(&shared)), &accepting, &admin_open);
    tracing::info!(?addresses, admin = ?admin_address, workers = workers.len(), "ready");
    let current = Mutex::new(config);
    Ok(Running {
        addresses,
        admin_address,
        kitchen,
        door,
        workers,
        ended,
        stats,
        accepting,
        admin_open,
        current,
        shared,
    })
}

/// A gateway that serves. Dropped, it takes no more connections and ends like after
/// [`shutdown`](Self::shutdown), but nobody waits for it.
pub struct Running {
    addresses: Vec<SocketAddr>,
    admin_address: Option<SocketAddr>,
    kitchen: Arc<Kitchen>,
    door: Arc<Door>,
    workers: Arc<Vec<Worker>>,
    ended: Vec<oneshot::Receiver<()>>,
    stats: Arc<Stats>,
    accepting: watch::Sender<bool>,
    admin_open: watch::Sender<bool>,
    current: Mutex<Config>,
    shared: Arc<Shared>,
}

impl Running {
    /// Where requests are taken, in the order of the configuration, with the ports that they got.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Where metrics and health are answered.
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin_address
    }

    /// The shared data and the metrics of all filters, through every reload.
    pub fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Replaces routes, services, upstreams, filters and limits. Requests in flight end under the old
    /// configuration, none is dropped. If the new one cannot be used, the old one stays.
    pub async fn reload(&self, config: Config) -> Result<(), ReloadError> {
        let result = self.change(config).await;
        self.stats.reloaded(result.is_ok());
        match &result {
            Ok(()) => tracing::info!("reloaded"),
            Err(error) => tracing::error!(%error, "the configuration stays as it was"),
        }
        result
    }

    /// Counts a reload that failed before there was a configuration for [`reload`](Self::reload).
    pub fn reload_refused(&self) {
        self.stats.reloaded(false);
    }

    /// Takes no more connections, lets requests in flight end within `limits.shutdown_timeout`, and
    /// stops all threads.
    pub async fn shutdown(self) {
        self.accepting.send_replace(true);
        self.workers.iter().for_each(Worker::end);
        for ended in self.ended {
            // A worker that is gone has ended, too.
            let _ended = ended.await;
        }
        self.admin_open.send_replace(true);
    }

    async fn change(&self, config: Config) -> Result<(), ReloadError> {
        let mut current = self.current.lock().await;
        let fixed = [
            ("listen", config.listen == current.listen),
            ("admin_listen", config.admin_listen == current.admin_listen),
            ("workers", config.workers == current.workers),
            ("limits.shared_data_bytes", config.limits.shared_data_bytes == current.limits.shared_data_bytes),
        ];
        if let Some((key, _)) = fixed.iter().find(|(_, same)| !same) {
            return Err(ReloadError::Fixed { key });
        }
        let (plan, instances) =
            prepare(config.clone(), Arc::clone(&self.kitchen)).await.map_err(ReloadError::Plan)?;
        let changes = self.workers.iter().zip(instances);
        let changes: Vec<_> = changes.map(|(worker, own)| worker.change(Arc::clone(&plan), own)).collect();
        for changed in changes {
            // A worker that is gone serves nothing.
            let _changed = changed.await;
        }
        self.door.admit(config.limits.connections);
        *current = config;
        Ok(())
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}

/// Sockets that are bound but take nothing yet.
struct Sockets {
    listeners: Vec<TcpListener>,
    addresses: Vec<SocketAddr>,
    admin: Option<TcpListener>,
    admin_address: Option<SocketAddr>,
}

impl Sockets {
    async fn bind(config: &Config) -> Result<Self, StartError> {
        let mut sockets =
            Self { listeners: Vec::new(), addresses: Vec::new(), admin: None, admin_address: None };
        for address in &config.listen {
            let (listener, address) = bind(*address, "listen").await?;
            sockets.listeners.push(listener);
            sockets.addresses.push(address);
        }
        if let Some(address) = config.admin_listen {
            let (listener, address) = bind(address, "admin_listen").await?;
            sockets.admin = Some(listener);
            sockets.admin_address = Some(address);
        }
        Ok(sockets)
    }

    fn open(
        self,
        door: &Arc<Door>,
        admin: Admin,
        accepting: &watch::Sender<bool>,
        admin_open: &watch::Sender<bool>,
    ) {
        for listener in self.listeners {
            let (door, ends) = (Arc::clone(door), accepting.subscribe());
            tokio::spawn(async move { door.accept(listener, ends).await });
        }
        if let Some(listener) = self.admin {
            tokio::spawn(admin::serve(listener, Arc::new(admin), admin_open.subscribe()));
        }
    }
}

async fn bind(address: SocketAddr, key: &'static str) -> Result<(TcpListener, SocketAddr), StartError> {
    let bound = async {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    bound.await.map_err(|error| StartError::Bind { key, address, error })
}

/// The compiled modules are cached for the next start, if this system has a place for that.
fn engine() -> Result<Engine, StartError> {
    let cached = Engine::new(EngineOptions { cache: true, ..EngineOptions::default() });
    cached.or_else(|_| Engine::new(EngineOptions::default())).map_err(StartError::Engine)
}

/// Compiles the filters and starts them for every worker, off the runtime's thread.
async fn prepare(config: Config, kitchen: Arc<Kitchen>) -> Result<Prepared, PlanError> {
    let prepared = spawn_blocking(move || {
        let plan = Plan::build(&config, &kitchen)?;
        let instances = plan.start_instances(config.workers.get())?;
        Ok((Arc::new(plan), instances))
    });
    prepared.await.unwrap_or(Err(PlanError::Interrupted))
}

fn start_workers(
    (plan, instances): Prepared,
    clock: &Arc<dyn Clock>,
    stats: &Arc<Stats>,
) -> Result<Staff, StartError> {
    let start =
        |(number, own)| Worker::start(number, Arc::clone(&plan), own, Arc::clone(clock), Arc::clone(stats));
    let started = instances.into_iter().enumerate().map(start).collect::<io::Result<Vec<_>>>();
    let (workers, ended): (Vec<_>, Vec<_>) = started.map_err(StartError::Thread)?.into_iter().unzip();
    Ok((Arc::new(workers), ended))
}

/// A plan, and the instances of each worker.
type Prepared = (Arc<Plan>, Vec<Vec<Instance>>);
/// Workers, and who hears of the end of each.
type Staff = (Arc<Vec<Worker>>, Vec<oneshot::Receiver<()>>);

/// Why a gateway did not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// An address could not be taken.
    Bind {
        /// The key of the configuration that names it.
        key: &'static str,
        /// The address.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
    /// The WebAssembly engine could not be set up.
    Engine(SandboxError),
    /// The configuration cannot be used here.
    Plan(PlanError),
    /// A worker's thread could not be started.
    Thread(io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bind { key, address, error } => {
                write!(f, "expected to listen on {address}, got: {error}; free the port or change {key}")
            }
            Self::Engine(error) => error.fmt(f),
            Self::Plan(error) => error.fmt(f),
            Self::Thread(error) => write!(f, "a worker's thread could not be started: {error}"),
        }
    }
}

impl Error for StartError {}

/// Why a configuration did not replace the one that serves.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReloadError {
    /// It changes what stands for the life of the process.
    Fixed {
        /// The key.
        key: &'static str,
    },
    /// It cannot be used here.
    Plan(PlanError),
}

impl fmt::Display for ReloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed { key } => {
                write!(f, "expected {key} as it was at the start, found another; restart to change it")
            }
            Self::Plan(error) => error.fmt(f),
        }
    }
}

impl Error for ReloadError {}
