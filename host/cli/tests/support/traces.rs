//! Traces of a run, for `scripts/canaries.sh`: what everybody may read who reads logs, metrics and answers; and what
//! must not stand there. Nothing is written unless `CLAIMGATE_TRACES` names a directory.
//!
//! Test binaries of several packages include this file, so it needs nothing but `std`.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// A text that no log may hold, other than any before. Secrets are made of it, and it stands in tokens where no rule
/// looks.
pub(crate) fn canary(what: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("c4n4ry-{what}-{:x}-{:x}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Keeps a text that somebody may read. `place` is who showed it where, as in `host.log`.
pub(crate) fn saw(place: &str, text: &str) {
    if let Some(directory) = &*DIRECTORY {
        append(&directory.join(format!("{place}-{}.trace", std::process::id())), text);
    }
}

/// Keeps a secret whose shape does not tell that it is one, or the beginning of it: a part is not to be shown either.
/// What is so short that it could stand in a trace by chance is passed over.
pub(crate) fn hide(secret: &str) {
    if let (Some(directory), Some(beginning)) = (&*DIRECTORY, secret.get(..HIDDEN)) {
        append(&directory.join(format!("{}.secrets", std::process::id())), beginning);
    }
}

/// One write for a line, so that threads do not mix theirs.
fn append(path: &Path, line: &str) {
    let file = OpenOptions::new().create(true).append(true).open(path);
    let written = file.and_then(|mut file| file.write_all(format!("{}\n", line.trim_end()).as_bytes()));
    written.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

static DIRECTORY: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
    let directory = PathBuf::from(env::var_os("CLAIMGATE_TRACES")?);
    fs::create_dir_all(&directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    Some(directory)
});

/// Bytes of a secret that are looked for.
const HIDDEN: usize = 20;
