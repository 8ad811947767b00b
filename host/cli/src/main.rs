//! The `claimgate` binary: arguments in, exit code out. The work is in the library beside it.

use std::process::ExitCode;

fn main() -> ExitCode {
    claimgate::command::main(std::env::args_os())
}
