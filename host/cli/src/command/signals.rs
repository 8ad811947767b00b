//! What the system asks of a program that keeps running.

use super::failure::Failure;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGHUP to read the config again; SIGINT and SIGTERM to end. From the moment that this is made, none of them
/// ends the process by itself.
#[derive(Debug)]
pub(super) struct Signals {
    hangup: Signal,
    interrupt: Signal,
    terminate: Signal,
}

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// Read the config again.
    Reload,
    /// End.
    Stop,
}

impl Signals {
    /// Must be called inside of a runtime.
    pub(super) fn new() -> Result<Self, Failure> {
        Ok(Self {
            hangup: of(SignalKind::hangup())?,
            interrupt: of(SignalKind::interrupt())?,
            terminate: of(SignalKind::terminate())?,
        })
    }

    /// Waits for either.
    pub(super) async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.hangup.recv() => Asked::Reload,
            _ = self.interrupt.recv() => Asked::Stop,
            _ = self.terminate.recv() => Asked::Stop,
        }
    }

    /// Waits for a request to end.
    pub(super) async fn stop(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

fn of(kind: SignalKind) -> Result<Signal, Failure> {
    signal(kind).map_err(|error| Failure::System { what: "signals", error })
}
