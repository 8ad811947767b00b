//! The way to a server and back, told step by step.

use super::certificate;
use super::check::Check;
use crate::output;
use claimgate_host::egress::{Address, Answer, Outbound, Stream, Way, fetch};
use std::fmt::Display;
use std::future::Future;
use std::pin::pin;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::time::{sleep, timeout};

/// Checks as they are made.
pub(super) struct Journey<'a> {
    outbound: &'a Outbound,
    bound: Duration,
    told: &'a mut dyn FnMut(&Check),
    checks: Vec<Check>,
    /// Addresses whose way has been told.
    known: Vec<Address>,
}

impl<'a> Journey<'a> {
    pub(super) fn new(outbound: &'a Outbound, bound: Duration, told: &'a mut dyn FnMut(&Check)) -> Self {
        Self { outbound, bound, told, checks: Vec::new(), known: Vec::new() }
    }

    pub(super) fn tell(&mut self, check: Check) {
        (self.told)(&check);
        self.checks.push(check);
    }

    pub(super) fn into_checks(self) -> Vec<Check> {
        self.checks
    }

    /// What an address answers; `None` if it does not, which is told then.
    pub(super) async fn fetch(
        &mut self,
        name: &'static str,
        address: &Address,
        path: &str,
    ) -> Option<Answer> {
        if !address.is_encrypted() && !address.is_loopback() {
            let found = format!("expected a server that proves who it is, found {address}");
            let advice =
                "ask for it with https: without TLS, whoever is on the way can put other keys in place";
            self.tell(Check::bad("certificate", found, advice));
            return None;
        }
        let Some(way) = self.outbound.way(address.clone()) else {
            let found = format!("expected a way to prove that a server is {address}, found none");
            let advice = "use a name that a certificate can have, and install root certificates or name a file with --ca";
            self.tell(Check::bad(name, found, advice));
            return None;
        };
        let stream = self.open(name, &way).await?;
        let what = format!("{address}{path}");
        self.step(name, &what, fetch(&way, stream, path, MOST_BYTES)).await
    }

    /// The steps are told the first time that an address is visited.
    async fn open(&mut self, name: &'static str, way: &Way) -> Option<Stream> {
        let address = way.address().clone();
        if self.known.contains(&address) {
            return self.step(name, &address, way.open()).await;
        }
        let first = way.proxy().map_or(&address, |proxy| proxy.address()).clone();
        let addresses = self.step("name", first.host(), way.resolve()).await?;
        let listed: Vec<_> = addresses.iter().map(|address| address.ip().to_string()).collect();
        self.tell(Check::good("name", format!("{}: {}", first.host(), listed.join(", "))));
        let begun = Instant::now();
        let stream = self.step("connection", &first, way.dial(&addresses)).await?;
        let through = way.proxy().map_or_else(String::new, |proxy| format!(" through {proxy}"));
        let after = begun.elapsed().as_millis();
        self.tell(Check::good(
            "connection",
            format!("{}{through} after {after} ms", address.authority_with_port()),
        ));
        let stream = self.step("certificate", &address, way.secure(stream)).await?;
        self.tell(proof(&address, &stream));
        self.known.push(address);
        Some(stream)
    }

    /// Waits for one step, and says for what, if it takes long.
    async fn step<T, E: Display>(
        &mut self,
        name: &'static str,
        what: impl Display,
        step: impl Future<Output = Result<T, E>>,
    ) -> Option<T> {
        match timeout(self.bound, patiently(name, &what, step)).await {
            Ok(Ok(done)) => return Some(done),
            Ok(Err(error)) => self.tell(Check::failed(name, error)),
            Err(_elapsed) => {
                let found =
                    format!("expected an answer of {what} within {} s, found none", self.bound.as_secs());
                let advice = "check routes and firewalls, or give it more time with --timeout";
                self.tell(Check::bad(name, found, advice));
            }
        }
        None
    }
}

fn proof(address: &Address, stream: &Stream) -> Check {
    if !address.is_encrypted() {
        let found = format!("none: {address} is without TLS");
        return Check::warning("certificate", found, "on this machine alone that is enough");
    }
    let chain: Vec<&[u8]> = stream.certificates().iter().map(AsRef::as_ref).collect();
    certificate::judge(address.host(), &chain, unix_seconds())
}

async fn patiently<T>(name: &str, what: &impl Display, step: impl Future<Output = T>) -> T {
    let mut step = pin!(step);
    tokio::select! {
        done = &mut step => return done,
        () = sleep(PATIENCE) => output::progress(&format!("{name}: waiting for {what}")),
    }
    step.await
}

/// This machine's time.
pub(super) fn unix_seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// How long a step may take without a word.
const PATIENCE: Duration = Duration::from_secs(2);
/// Longest document that is taken: a key set's bound.
const MOST_BYTES: usize = claimgate_policy::keys::MAX_JWKS;
