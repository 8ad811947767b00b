//! How many instructions a decision of the policy core is, natively, for a token that was seen before. Unlike time,
//! this is nearly the same on each run.

use crate::envoy::error::Error;
use crate::envoy::progress;
use crate::envoy::tokens::ALGORITHMS;
use crate::scene::{self, Scene, permitted};
use claimgate::mint::SigningAlgorithm;
use claimgate_policy::World;
use claimgate_policy::request::RequestHead;
use std::env;
use std::hint::black_box;
use std::process::{Command, Stdio};

/// The count for an algorithm.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Instructions {
    pub(crate) algorithm: SigningAlgorithm,
    pub(crate) each: f64,
}

/// Lets callgrind watch this program while it decides.
pub(crate) fn count() -> Result<Vec<Instructions>, Error> {
    ALGORITHMS.into_iter().map(of).collect()
}

fn of(algorithm: SigningAlgorithm) -> Result<Instructions, Error> {
    progress(&format!("counting the instructions of a decision: {}", algorithm.name()));
    let this = env::current_exe().map_err(Error::system("this program"))?;
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=*decide_all*"]);
    valgrind.arg(this).args(["decisions", algorithm.name(), &DECISIONS.to_string()]);
    let output = valgrind.stdin(Stdio::null()).output().map_err(Error::system("valgrind"))?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    match collected(&text) {
        Some(all) if all > 0.0 => Ok(Instructions { algorithm, each: all / f64::from(DECISIONS) }),
        _ => Err(Error::Instructions { found: text }),
    }
}

/// The total that callgrind reports.
#[must_use]
pub fn collected(text: &str) -> Option<f64> {
    text.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok())
}

/// What callgrind watches.
pub(crate) fn decide(algorithm: SigningAlgorithm, count: u32) -> Result<(), Error> {
    let scene = Scene::new(algorithm, APPLICATIONS);
    let authorization = scene.authorization(1);
    let headers = scene::headers(&authorization).map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    let head = scene::head(&headers);
    let world = scene.world();
    // The first decision proves the token, the second finds it.
    permitted(&head, &world);
    permitted(&head, &world);
    decide_all(&head, &world, count);
    Ok(())
}

/// Only what runs in here is counted.
#[inline(never)]
fn decide_all(head: &RequestHead<'_>, world: &World<'_>, count: u32) {
    for _ in 0..count {
        permitted(black_box(head), world);
    }
}

const APPLICATIONS: usize = 100;
const DECISIONS: u32 = 1_000;

#[cfg(test)]
mod tests {
    use super::collected;

    #[test]
    fn the_total_of_callgrind_is_found() {
        let text =
            "==1== Events    : Ir\n==1== Collected : 18234567\n==1==\n==1== I   refs:      18,234,567\n";
        assert_eq!(collected(text), Some(18_234_567.0));
        assert_eq!(collected("valgrind: no such tool"), None);
    }
}
