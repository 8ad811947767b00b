//! What can be asked for; `scripts/bench-envoy.sh` explains it.

use crate::envoy::statistics::{FEWEST, MOST};
use claimgate::mint::SigningAlgorithm;
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::time::Duration;

/// What a request costs in Envoy and in the gateway.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// Few and short turns: no measurement
    #[arg(long)]
    quick: bool,
    /// Pairs of turns for each row
    #[arg(long, value_name = "N", value_parser = pairs)]
    pairs: Option<usize>,
    /// Only the rows whose name holds this
    #[arg(long, value_name = "TEXT")]
    pub(crate) only: Option<String>,
    /// Only compare the filter with this other build of it, in Envoy
    #[arg(long, value_name = "WASM", conflicts_with = "only")]
    pub(crate) against: Option<PathBuf>,
    /// JSON instead of a table
    #[arg(long)]
    pub(crate) json: bool,
    /// What cargo gives a bench, and not a test
    #[arg(long, hide = true)]
    pub(crate) bench: bool,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What the run asks of itself.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum Command {
    /// Decides about one request many times, for callgrind to watch
    #[command(hide = true)]
    Decisions { algorithm: SigningAlgorithm, count: u32 },
}

impl Options {
    pub(crate) fn effort(&self) -> Effort {
        let effort = if self.quick { Effort::QUICK } else { Effort::FULL };
        Effort { pairs: self.pairs.unwrap_or(effort.pairs), ..effort }
    }
}

fn pairs(text: &str) -> Result<usize, String> {
    let pairs = text.parse().ok().filter(|pairs| (FEWEST..=MOST).contains(pairs));
    pairs.ok_or_else(|| format!("expected a number from {FEWEST} to {MOST}"))
}

/// How much work a run is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    /// Pairs of turns for each row.
    pub(crate) pairs: usize,
    /// How long a turn is.
    pub(crate) turn: Duration,
    /// How long each server works before its first turn.
    pub(crate) warm_up: Duration,
    /// How many tokens the row with many has, and applications the configuration.
    pub(crate) many: usize,
    /// Tokens of a turn in which each is new.
    pub(crate) fresh: usize,
    /// Whether callgrind counts instructions too.
    pub(crate) counts_instructions: bool,
    /// Whether the figures mean anything.
    pub(crate) measures: bool,
}

impl Effort {
    const FULL: Self = Self {
        pairs: 40,
        turn: Duration::from_millis(500),
        warm_up: Duration::from_secs(2),
        many: 4_000,
        fresh: 4_000,
        counts_instructions: true,
        measures: true,
    };

    const QUICK: Self = Self {
        pairs: 5,
        turn: Duration::from_millis(100),
        warm_up: Duration::from_millis(200),
        fresh: 500,
        measures: false,
        ..Self::FULL
    };

    /// For a test, with an unoptimised gateway.
    pub(crate) const SMOKE: Self = Self {
        turn: Duration::from_millis(10),
        warm_up: Duration::from_millis(10),
        many: 200,
        fresh: 100,
        counts_instructions: false,
        ..Self::QUICK
    };
}
