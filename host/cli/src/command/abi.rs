//! `claimgate abi`.

use super::Answer;
use super::failure::Failure;
use crate::output;
use claimgate_sandbox::{HOSTCALLS, Hostcall};
use clap::Args;
use serde_json::{Value, json};

/// Print which Proxy-Wasm host calls the gateway's sandbox offers to filters.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  claimgate abi
  claimgate abi --json")]
pub(super) struct Abi {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Abi {
    pub(super) fn perform(&self) -> Result<Answer, Failure> {
        if self.json {
            let calls: Vec<Value> = HOSTCALLS.iter().map(as_json).collect();
            output::line(&format!("{:#}", Value::from(calls)))?;
        } else {
            let rows: Vec<Vec<String>> = HOSTCALLS.iter().map(as_row).collect();
            output::aligned(&rows).iter().try_for_each(|line| output::line(line))?;
        }
        Ok(Answer::Yes)
    }
}

fn as_row(call: &Hostcall) -> Vec<String> {
    vec![call.name.to_owned(), call.since.to_string(), call.support.to_string()]
}

fn as_json(call: &Hostcall) -> Value {
    json!({
        "name": call.name,
        "parameters": call.parameters,
        "since": call.since.to_string(),
        "support": call.support.to_string(),
    })
}
