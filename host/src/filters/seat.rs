//! A filter's place in the chain: the instance that serves, and the one that waits to replace it.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Duration;

use claimgate_sandbox::{Instance, SandboxError};
use tokio::task::{JoinError, spawn_blocking, spawn_local};
use tokio::time::{Instant, sleep};

use super::recipe::Recipe;
use super::slot::Slot;
use crate::metrics::Stats;
use crate::proxy::callout::Callouts;

/// See the module.
#[derive(Debug)]
pub(crate) struct Seat {
    me: Weak<Self>,
    recipe: Arc<Recipe>,
    live: RefCell<Option<Rc<Slot>>>,
    spare: RefCell<Option<Instance>>,
    building: Cell<bool>,
    crashes: Cell<Crashes>,
    callouts: Rc<Callouts>,
    stats: Arc<Stats>,
}

impl Seat {
    /// Puts an instance in place and starts to build its spare.
    pub(crate) fn new(
        recipe: Arc<Recipe>,
        instance: Instance,
        callouts: &Rc<Callouts>,
        stats: &Arc<Stats>,
    ) -> Rc<Self> {
        let seat = Rc::new_cyclic(|me| Self {
            me: Weak::clone(me),
            recipe,
            live: RefCell::default(),
            spare: RefCell::default(),
            building: Cell::default(),
            crashes: Cell::new(Crashes { row: 0, last: Instant::now() }),
            callouts: Rc::clone(callouts),
            stats: Arc::clone(stats),
        });
        stats.seat_emptied();
        seat.fill(instance);
        seat.build();
        seat
    }

    /// The instance that serves; none while a lost one is being rebuilt.
    pub(crate) fn live(&self) -> Option<Rc<Slot>> {
        self.live.borrow().clone()
    }

    pub(crate) fn reads_body_early(&self) -> bool {
        self.recipe.reads_body_early()
    }

    pub(crate) fn reads_body_first(&self) -> bool {
        self.recipe.reads_body_first()
    }

    pub(crate) fn name(&self) -> &str {
        self.recipe.name()
    }

    /// The serving instance is lost: the spare takes its place, and another is built.
    pub(super) fn replace(&self) {
        self.stats.instance_lost();
        if self.live.take().is_none() {
            return;
        }
        self.stats.seat_emptied();
        self.crashes.set(self.crashes.get().next());
        if let Some(spare) = self.spare.take() {
            self.stats.spare_gone();
            self.fill(spare);
        }
        self.build();
    }

    fn fill(&self, instance: Instance) {
        let slot = Slot::new(Weak::clone(&self.me), Rc::clone(&self.callouts), self.name(), instance);
        *self.live.borrow_mut() = Some(Rc::clone(&slot));
        self.stats.seat_filled();
        // What the guest asked for while it was started. It may fail at once, and be replaced.
        slot.perform_effects();
    }

    fn build(&self) {
        if !self.building.replace(true) {
            spawn_local(build(Weak::clone(&self.me), Arc::clone(&self.recipe), self.crashes.get().pause()));
        }
    }

    fn built(&self, instance: Instance) {
        self.building.set(false);
        if self.live.borrow().is_none() {
            self.fill(instance);
            self.build();
        } else {
            *self.spare.borrow_mut() = Some(instance);
            self.stats.spare_added();
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if self.live.get_mut().is_none() {
            self.stats.seat_filled();
        }
        if let Some(mut spare) = self.spare.take() {
            self.stats.spare_gone();
            spare.shutdown();
        }
    }
}

/// Builds on another thread until it succeeds or nobody wants it.
async fn build(seat: Weak<Seat>, recipe: Arc<Recipe>, mut pause: Duration) {
    loop {
        sleep(pause).await;
        if seat.strong_count() == 0 {
            return;
        }
        let (again, name) = (Arc::clone(&recipe), recipe.name());
        let started: Result<Result<Instance, SandboxError>, JoinError> =
            spawn_blocking(move || again.restart()).await;
        let Some(seat) = seat.upgrade() else { return };
        match started {
            Ok(Ok(instance)) => return seat.built(instance),
            Ok(Err(error)) => tracing::error!(filter = name, %error, "a spare instance did not start"),
            Err(error) => tracing::error!(filter = name, %error, "a spare instance did not start"),
        }
        pause = pause.saturating_mul(2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
    }
}

/// How often the filter was lost lately.
#[derive(Debug, Clone, Copy)]
struct Crashes {
    /// Without a quiet time between them.
    row: u32,
    last: Instant,
}

impl Crashes {
    fn next(self) -> Self {
        let row = if self.last.elapsed() > QUIET { 1 } else { self.row.saturating_add(1) };
        Self { row, last: Instant::now() }
    }

    /// None after the first: the spare is gone, and a second crash must not meet an empty seat. Then
    /// it doubles, so that a request that kills its instance cannot keep a core busy.
    fn pause(self) -> Duration {
        match self.row.checked_sub(2) {
            None => Duration::ZERO,
            Some(doublings) => FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST_PAUSE),
        }
    }
}

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
const QUIET: Duration = Duration::from_secs(60);
