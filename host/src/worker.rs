//! A worker: one thread with a runtime, connections to upstreams and filter instances of its own.
//! Workers share nothing while they serve a request but counters.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use claimgate_sandbox::{Clock, Instance};
use tokio::net::TcpStream;
use tokio::runtime;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{LocalSet, spawn_local};
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::filters::{Chain, Seat};
use crate::metrics::Stats;
use crate::plan::Plan;
use crate::proxy::Proxy;
use crate::proxy::connection::{self, Current};
use crate::proxy::head::Peer;
use crate::proxy::upstream::Server;

/// The way to a worker from other threads.
#[derive(Debug)]
pub(crate) struct Worker {
    orders: mpsc::UnboundedSender<Order>,
    connections: Arc<AtomicUsize>,
}

impl Worker {
    /// Starts the thread; it serves with `plan` until it gets another. The receiver hears of its end.
    pub(crate) fn start(
        number: usize,
        plan: Arc<Plan>,
        instances: Vec<Instance>,
        clock: Arc<dyn Clock>,
        stats: Arc<Stats>,
    ) -> io::Result<(Self, oneshot::Receiver<()>)> {
        let (orders, received) = mpsc::unbounded_channel();
        let (ending, ended) = oneshot::channel();
        let connections = Arc::new(AtomicUsize::new(0));
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let load = Arc::clone(&connections);
        thread::Builder::new().name(format!("worker-{number}")).spawn(move || {
            let local = LocalSet::new();
            let shift = Shift { clock, stats, load };
            runtime.block_on(local.run_until(shift.work(plan, instances, received)));
            drop(local);
            // Nobody may wait for it any more.
            let _heard = ending.send(());
        })?;
        Ok((Self { orders, connections }, ended))
    }

    /// How many connections it serves.
    pub(crate) fn load(&self) -> usize {
        self.connections.load(Relaxed)
    }

    /// Hands it a connection.
    pub(crate) fn serve(&self, stream: std::net::TcpStream, peer: Peer) {
        self.connections.fetch_add(1, Relaxed);
        self.order(Order::Serve { stream, peer });
    }

    /// Gives it a new configuration; requests in flight end with the old one. Resolves when done.
    pub(crate) fn change(&self, plan: Arc<Plan>, instances: Vec<Instance>) -> oneshot::Receiver<()> {
        let (done, changed) = oneshot::channel();
        self.order(Order::Change { plan, instances, done });
        changed
    }

    /// Lets it finish what is in flight, for no longer than the configuration says.
    pub(crate) fn end(&self) {
        self.order(Order::End);
    }

    /// A worker that has ended takes no orders: what they carry is dropped, connections are closed.
    fn order(&self, order: Order) {
        let _sent = self.orders.send(order);
    }
}

enum Order {
    Serve { stream: std::net::TcpStream, peer: Peer },
    Change { plan: Arc<Plan>, instances: Vec<Instance>, done: oneshot::Sender<()> },
    End,
}

/// What a worker has on its own thread.
struct Shift {
    clock: Arc<dyn Clock>,
    stats: Arc<Stats>,
    load: Arc<AtomicUsize>,
}

impl Shift {
    async fn work(
        self,
        plan: Arc<Plan>,
        instances: Vec<Instance>,
        mut orders: mpsc::UnboundedReceiver<Order>,
    ) {
        let proxy = Rc::new(RefCell::new(self.proxy(plan, instances)));
        let (ending, ends) = watch::channel(false);
        let mut sweeps = interval(SWEEP);
        sweeps.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                order = orders.recv() => match order {
                    Some(Order::Serve { stream, peer }) => self.serve(stream, peer, Rc::clone(&proxy), &ends),
                    Some(Order::Change { plan, instances, done }) => {
                        proxy.replace(self.proxy(plan, instances));
                        // Whoever asked may have gone.
                        let _heard = done.send(());
                    }
                    Some(Order::End) | None => break,
                },
                _ = sweeps.tick() => proxy.borrow().sweep(),
            }
        }
        let bound = proxy.borrow().limits().shutdown_timeout;
        drop((ends, proxy));
        ending.send_replace(true);
        if timeout(bound, ending.closed()).await.is_err() {
            tracing::warn!(
                connections = self.load.load(Relaxed),
                "connections are closed in the middle of a request"
            );
        }
    }

    fn proxy(&self, plan: Arc<Plan>, instances: Vec<Instance>) -> Rc<Proxy> {
        let (servers, callouts): (Vec<Rc<Server>>, _) = plan.servers();
        let callouts = Rc::new(callouts);
        let seats = plan.recipes.iter().zip(instances);
        let seats =
            seats.map(|(recipe, instance)| Seat::new(Arc::clone(recipe), instance, &callouts, &self.stats));
        let chain = Chain::new(seats.collect());
        Rc::new(Proxy::new(
            plan,
            (servers, callouts),
            chain,
            Arc::clone(&self.clock),
            Arc::clone(&self.stats),
        ))
    }

    fn serve(&self, stream: std::net::TcpStream, peer: Peer, proxy: Current, ends: &watch::Receiver<bool>) {
        let counted = Counted::new(Arc::clone(&self.load), Arc::clone(&self.stats));
        let ends = ends.clone();
        spawn_local(async move {
            let _counted = counted;
            match TcpStream::from_std(stream) {
                Ok(stream) => connection::serve(stream, peer, proxy, ends).await,
                Err(error) => tracing::warn!(%error, "a connection was lost on the way to its worker"),
            }
        });
    }
}

/// A connection, while it is served.
struct Counted {
    load: Arc<AtomicUsize>,
    stats: Arc<Stats>,
}

impl Counted {
    fn new(load: Arc<AtomicUsize>, stats: Arc<Stats>) -> Self {
        stats.connection_opened();
        Self { load, stats }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.load.fetch_sub(1, Relaxed);
        self.stats.connection_closed();
    }
}

/// The worker with the fewest connections.
pub(crate) fn least_loaded(workers: &[Worker]) -> Option<&Worker> {
    workers.iter().min_by_key(|worker| worker.load())
}

const SWEEP: Duration = Duration::from_secs(30);
