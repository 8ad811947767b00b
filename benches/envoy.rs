//! What a request costs in CPU time: in Envoy with native filters, with an empty one and with ours, each over none,
//! and in the gateway beside Envoy. `scripts/bench-envoy.sh` says how to run it.
//!
//! There is one Envoy with a listener for each row of the table, and only one of them has work at a time: so all of
//! them share one address space, one layout of code and one heap, and what Envoy does on its own, such as flushing
//! statistics, is in every turn alike. Every filter of ours has a VM of its own. A turn is half a second of load, and
//! next to it stands a turn of what the row is compared to; their difference, or their ratio, is one sample. Rounds
//! go over all rows, so that a disturbance of minutes meets all rows and not one.
//!
//! In the rows of Envoy over no filter Envoy answers itself (`direct_response`, which the router gives when all
//! filters have passed), since an upstream would add the same cost, and more noise, to both sides. The gateway and
//! Envoy are compared in front of the same upstream.

use crate::envoy::error::Error;
use crate::envoy::options::{Command, Effort, Options};
use crate::envoy::report::Report;
use crate::envoy::stage::Stage;
use clap::Parser as _;
pub use instructions::collected;
use std::env;
use std::io::{self, Write as _};
use std::process::ExitCode;

/// Envoy's configuration.
mod bootstrap;

/// Two servers that take turns.
mod contest;

/// The CPU time of a process.
mod cpu;

/// Why nothing was measured.
mod error;

/// How many instructions a decision is.
mod instructions;

/// The load.
mod load;

/// What the figures should be.
mod marks;

/// What can be asked for.
mod options;

/// Envoy and the gateway as processes.
mod process;

/// The table, and its JSON.
mod report;

/// What is compared.
mod row;

/// Everything that runs while it is measured.
mod stage;

/// Medians, and how sure they are.
mod statistics;

/// Tokens, in the requests that carry them.
mod tokens;

/// The upstream.
mod upstream;

/// Does what the arguments say. As a test, without `--bench`, it does a short run where Envoy is named and nothing
/// where it is not.
#[must_use]
pub fn main() -> ExitCode {
    let options = Options::parse();
    let done = match options.command {
        Some(Command::Decisions { algorithm, count }) => instructions::decide(algorithm, count),
        None if options.bench => run(&options, options.effort()),
        None if env::var_os(process::ENVOY).is_none() || env::var_os(process::GATEWAY).is_none() => {
            progress("not run: it needs the Envoy and the gateway of scripts/bench-envoy.sh");
            Ok(())
        }
        None => run(&options, Effort::SMOKE),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            progress(&format!("bench-envoy: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options, effort: Effort) -> Result<(), Error> {
    let issuers = tokens::issuers(effort.many)?;
    progress("starting Envoy and the gateways");
    let rows = match &options.against {
        Some(_) => row::against(&issuers, effort.many),
        None => row::all(&issuers, effort.many, options.only.as_deref()),
    };
    let stage = Stage::set(rows, options.against.as_deref())?;
    let mut contests = stage.contests(effort)?;
    contest::run(&mut contests, effort)?;
    let instructions = if effort.counts_instructions { instructions::count()? } else { Vec::new() };
    let report = Report::of(&contests, instructions, effort)?;
    let text = if options.json { report.json() } else { report.table() };
    io::stdout().write_all(text.as_bytes()).map_err(Error::system("stdout"))
}

/// One line about how things stand.
fn progress(text: &str) {
    // Without a stderr nobody can be told.
    drop(writeln!(io::stderr().lock(), "{text}"));
}
