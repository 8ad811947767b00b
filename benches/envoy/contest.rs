//! Two servers that take turns with the same requests.

use crate::envoy::error::Error;
use crate::envoy::load::Server;
use crate::envoy::options::Effort;
use crate::envoy::progress;
use crate::envoy::row::{Kind, Row};
use crate::envoy::statistics::Estimate;
use crate::envoy::tokens::Supply;
use std::time::{Duration, Instant};

/// A row on its way to its figures.
pub(crate) struct Contest<'s> {
    pub(crate) row: &'s Row<'s>,
    measured: &'s Server,
    compared: &'s Server,
    supply: Supply<'s>,
    pairs: Vec<Pair>,
}

/// CPU time of one request in two turns that stood next to each other, in microseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair {
    pub(crate) measured: f64,
    pub(crate) compared: f64,
}

impl<'s> Contest<'s> {
    pub(crate) fn new(
        row: &'s Row<'s>,
        measured: &'s Server,
        compared: &'s Server,
        supply: Supply<'s>,
    ) -> Self {
        Self { row, measured, compared, supply, pairs: Vec::new() }
    }

    /// Fills caches and lets compilers finish. Twice, since the filter's cache keeps a token for good when it comes
    /// again.
    fn warm_up(&mut self, effort: Effort) -> Result<(), Error> {
        for server in [self.measured, self.compared] {
            let warm_up = |requests: &mut dyn Iterator<Item = &[u8]>, time| {
                server.warm_up(requests, time).map_err(|fault| fault.of(&self.row.title()))
            };
            warm_up(&mut self.supply.once().chain(self.supply.once()), Duration::MAX)?;
            warm_up(&mut self.supply.turn(), effort.warm_up)?;
        }
        Ok(self.supply.advance(0)?)
    }

    /// One sample. The order changes from round to round: A B, B A, A B, ...
    fn pair(&mut self, turn: Duration, compared_first: bool) -> Result<(), Error> {
        let one = |server: &Server| {
            let turn = server.turn(&mut self.supply.turn(), turn);
            turn.map_err(|fault| fault.of(&self.row.title()))
        };
        let (measured, compared) = if compared_first {
            let compared = one(self.compared)?;
            (one(self.measured)?, compared)
        } else {
            (one(self.measured)?, one(self.compared)?)
        };
        self.pairs.push(Pair { measured: measured.each(), compared: compared.each() });
        Ok(self.supply.advance(measured.requests)?)
    }

    /// What the pairs say.
    pub(crate) fn figure(&self) -> Result<Figure, Error> {
        let estimate = |of: fn(&Pair) -> f64| {
            let too_few = || Error::Pairs { row: self.row.title(), found: self.pairs.len() };
            Estimate::of(self.pairs.iter().map(of).collect()).ok_or_else(too_few)
        };
        let difference = match self.row.contest {
            Kind::Added(_) | Kind::Against => estimate(|pair| pair.measured - pair.compared)?,
            // Requests per second of CPU time are the inverse of the time for each.
            Kind::Hosts(_) => estimate(|pair| pair.compared / pair.measured)?,
        };
        Ok(Figure {
            difference,
            measured: estimate(|pair| pair.measured)?,
            compared: estimate(|pair| pair.compared)?,
        })
    }
}

/// What the pairs of a row say, in microseconds of CPU time for each request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Figure {
    /// For [`Kind::Added`] and [`Kind::Against`] what is added; for [`Kind::Hosts`] how many times as many requests the measured server
    /// carries with the same CPU time.
    pub(crate) difference: Estimate,
    pub(crate) measured: Estimate,
    pub(crate) compared: Estimate,
}

/// All rounds, each with one pair for every contest.
pub(crate) fn run(contests: &mut [Contest<'_>], effort: Effort) -> Result<(), Error> {
    for contest in &mut *contests {
        progress(&format!("warming up: {}", contest.row.title()));
        contest.warm_up(effort)?;
    }
    let began = Instant::now();
    for round in 0..effort.pairs {
        for contest in &mut *contests {
            contest.pair(effort.turn, round % 2 == 1)?;
        }
        progress(&state(round.saturating_add(1), effort.pairs, began.elapsed()));
    }
    Ok(())
}

fn state(done: usize, all: usize, elapsed: Duration) -> String {
    let rounds = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let each = elapsed.checked_div(rounds(done)).unwrap_or_default();
    let left = each.saturating_mul(rounds(all.saturating_sub(done)));
    format!("round {done} of {all}, {} s left", left.as_secs())
}
