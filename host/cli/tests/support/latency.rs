//! How long requests take, one after the other.

use crate::support::proxied::Proxied;
use crate::support::table::Request;
use crate::support::wire;
use std::time::{Duration, Instant};

/// The latencies of requests that were let through.
#[derive(Debug, Default)]
pub(crate) struct Latencies(Vec<Duration>);

impl Latencies {
    /// Sends the request again and again while `going`, each over a connection of its own; every one must be let
    /// through.
    pub(crate) fn measure(gate: &Proxied, request: &Request, mut going: impl FnMut(usize) -> bool) -> Self {
        let mut all = Vec::new();
        while going(all.len()) {
            let begun = Instant::now();
            let answer = wire::send(gate.address, request, ("x-marker", "latency")).unwrap();
            assert_eq!(answer.status, 200, "{}", answer.body);
            all.push(begun.elapsed());
        }
        Self(all)
    }

    /// The latency that 99 in 100 do not exceed.
    fn p99(&self) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        sorted[(sorted.len() * 99).div_ceil(100) - 1]
    }

    /// Says how a load of a hundred thousand applications went, and fails if it held up requests.
    pub(crate) fn bear_a_load(&self, place: &str, took: Duration, before: &Self) {
        let (meanwhile, ordinary) = (self.p99(), before.p99());
        println!(
            "{place}: 100,000 applications counted after {took:?}; p99 of {} requests meanwhile {meanwhile:?}, of {} \
             before {ordinary:?}",
            self.0.len(),
            before.0.len()
        );
        assert!(meanwhile < ordinary + MOST);
    }
}

/// How much longer 99 in 100 requests may take during a load.
const MOST: Duration = Duration::from_millis(20);
