//! The commands: arguments in, exit code out.
//!
//! | exit code | meaning |
//! |---|---|
//! | 0 | done; the answer is yes |
//! | 1 | start-up failed, or the answer is no (a token refused, a file with errors) |
//! | 64 | bad usage or bad config (`EX_USAGE` of sysexits) |

use crate::output;
use clap::{Parser, Subcommand};
use failure::Failure;
use std::ffi::OsString;
use std::process::ExitCode;
use tokio::runtime::{self, Runtime};

/// The gateway.
mod run;

/// The echo upstream.
mod echo;

/// The development identity provider.
mod idp;

/// Key pairs.
mod keys;

/// Tokens made.
mod mint;

/// Tokens explained.
mod inspect;

/// Config files checked.
mod check;

/// Identity providers examined.
mod doctor;

/// Configs to start from.
mod init;

/// The reference of the filter's document.
mod schema;

/// The table of host calls.
mod abi;

/// Why a command could not do its work.
mod failure;

/// Files read and written.
mod file;

/// Logs on stderr.
mod logs;

/// The time.
mod clock;

/// What the system asks of a program that keeps running.
mod signals;

/// A Proxy-Wasm gateway that maps verified tokens to consumers and approved applications.
#[derive(Debug, Parser)]
#[command(name = "claimgate", version, arg_required_else_help = true, disable_help_subcommand = true)]
struct Claimgate {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Run),
    Init(init::Init),
    Check(check::Check),
    Doctor(doctor::Doctor),
    /// Make test tokens, and explain decisions about tokens.
    #[command(subcommand, arg_required_else_help = true)]
    Token(Token),
    /// Make keys for development.
    #[command(subcommand, arg_required_else_help = true)]
    Keys(Keys),
    Echo(echo::Echo),
    Idp(idp::Idp),
    Schema(schema::Schema),
    Abi(abi::Abi),
}

#[derive(Debug, Subcommand)]
enum Token {
    Inspect(Box<inspect::Inspect>),
    Mint(mint::Mint),
}

#[derive(Debug, Subcommand)]
enum Keys {
    New(keys::New),
}

/// What a command has to say when it did its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
}

/// Runs the command that the arguments name; the first argument is the program's name.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let outcome = match Claimgate::try_parse_from(arguments) {
        Ok(claimgate) => perform(claimgate.command),
        Err(usage) => return refuse_usage(&usage),
    };
    match outcome {
        Ok(Answer::Yes) => ExitCode::SUCCESS,
        Ok(Answer::No) => ExitCode::from(NEGATIVE),
        Err(failure) => {
            output::problem(&failure);
            ExitCode::from(if failure.is_usage() { USAGE } else { NEGATIVE })
        }
    }
}

fn perform(command: Command) -> Result<Answer, Failure> {
    match command {
        Command::Run(run) => run.perform(),
        Command::Init(init) => init.perform(),
        Command::Check(check) => check.perform(),
        Command::Doctor(doctor) => doctor.perform(),
        Command::Token(Token::Inspect(inspect)) => inspect.perform(),
        Command::Token(Token::Mint(mint)) => mint.perform(),
        Command::Keys(Keys::New(new)) => new.perform(),
        Command::Echo(echo) => echo.perform(),
        Command::Idp(idp) => idp.perform(),
        Command::Schema(schema) => schema.perform(),
        Command::Abi(abi) => abi.perform(),
    }
}

/// Prints help, version or what is wrong with the arguments, each to its stream.
/// What a command that waits for others runs on: this thread.
fn runtime() -> Result<Runtime, Failure> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::System { what: "a runtime", error })
}

fn refuse_usage(usage: &clap::Error) -> ExitCode {
    // Nothing is left to do if the terminal is gone.
    drop(usage.print());
    if usage.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS }
}

const NEGATIVE: u8 = 1;
const USAGE: u8 = 64;

#[cfg(test)]
mod tests;
