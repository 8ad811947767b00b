//! Whether a request costs more where more callers are registered: instructions of a decision with 10, 100,000 and
//! 1,000,000 applications in shared data, counted by callgrind. Needs valgrind.
//!
//! Ten callers take turns, each with a token that was seen before.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program whose result is a table")]
#![allow(clippy::arithmetic_side_effects, reason = "small numbers of its own")]

use claimgate_benches::envoy::collected;
use claimgate_benches::pushed;
use claimgate_benches::scene::{Token, head, headers, permitted};
use std::env;
use std::error::Error;
use std::hint::black_box;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::process::{ChildStderr, Command, ExitCode, Stdio};

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let outcome = match (arguments.next().as_deref(), arguments.next().map(|count| count.parse())) {
        (Some("decide"), Some(Ok(applications))) => decide(applications, true),
        (Some("--bench"), _) => compare(),
        // `cargo test` runs each bench once, to see whether it works.
        _ => decide(100, false),
    };
    outcome.map_or_else(
        |error| {
            eprintln!("records: {error}");
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    )
}

/// Counts for each number of applications, and fails if one is more than a tenth away from the first.
fn compare() -> Result<(), Box<dyn Error>> {
    println!("{:>12}  {:>12}  of that with {}", "applications", "instructions", COUNTS[0]);
    let mut first = None;
    for applications in COUNTS {
        eprintln!("loading {applications} applications under valgrind, and counting");
        let each = count(applications)?;
        let ratio = each / *first.get_or_insert(each);
        println!("{applications:>12}  {each:>12.0}  {ratio:.3}");
        if (ratio - 1.0).abs() > MOST {
            return Err(format!("expected a ratio of 0.9 to 1.1, found {ratio:.3}").into());
        }
    }
    Ok(())
}

/// Instructions of one decision. The load is not watched: callgrind begins when this program says that it is done.
fn count(applications: usize) -> Result<f64, Box<dyn Error>> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--instr-atstart=no"]);
    valgrind.arg(env::current_exe()?).args(["decide", &applications.to_string()]);
    let mut child = valgrind.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut said = String::new();
    BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut said)?;
    let pid = child.id().to_string();
    let status = Command::new("callgrind_control").args(["-i", "on", &pid]).stdout(Stdio::null()).status()?;
    if !status.success() {
        return Err("callgrind_control: expected that it turns counting on, found that it fails".into());
    }
    child.stdin.take().ok_or("no input")?.write_all(b"go\n")?;
    let collected = total(child.stderr.take().ok_or("no messages")?)?;
    child.wait()?;
    Ok(collected / f64::from(DECISIONS))
}

fn total(mut messages: ChildStderr) -> Result<f64, Box<dyn Error>> {
    let mut text = String::new();
    messages.read_to_string(&mut text)?;
    collected(&text).ok_or_else(|| format!("expected a total of callgrind, found {text}").into())
}

/// What is counted, after a line from whoever counts if it `waits`.
fn decide(applications: usize, waits: bool) -> Result<(), Box<dyn Error>> {
    let scene = pushed::scene(applications);
    let world = scene.world();
    let tokens = (0..CALLERS).map(|number| {
        // Spread over all of them.
        let application = number * applications.div_ceil(CALLERS).max(1) % applications;
        let token = Token { application, serial: number, issued: claimgate_benches::scene::NOW - 100 };
        Ok(format!("Bearer {}", scene.signer.sign(&scene.signer.header(), &token.claims())?))
    });
    let tokens = tokens.collect::<Result<Vec<String>, Box<dyn Error>>>()?;
    let heads =
        tokens.iter().map(|token| headers(token).map(|(name, value)| (name.as_bytes(), value.as_bytes())));
    let heads: Vec<_> = heads.collect();
    let all = || heads.iter().for_each(|headers| permitted(&head(black_box(headers)), &world));
    all();
    all();
    if waits {
        println!("ready");
        io::stdin().read_line(&mut String::new())?;
    }
    for _ in 0..DECISIONS / 10 {
        all();
    }
    // What it takes to free a million values is no decision's.
    std::process::exit(0)
}

const COUNTS: [usize; 3] = [10, 100_000, 1_000_000];
const CALLERS: usize = 10;
const DECISIONS: u32 = 10_000;
/// How far a count may be from the first.
const MOST: f64 = 0.1;
