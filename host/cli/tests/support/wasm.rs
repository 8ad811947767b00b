//! The filter as it ships.

use crate::support::file::repository;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// The path in `CLAIMGATE_WASM`; without it the filter is built.
pub(crate) fn path() -> &'static Path {
    &PATH
}

fn built() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([
        "build",
        "--package",
        "claimgate-filter",
        "--target",
        "wasm32-wasip1",
        "--profile",
        "filter",
    ]);
    let status = cargo.arg("--target-dir").arg(target).current_dir(repository()).status().unwrap();
    assert!(status.success(), "the filter did not build; set CLAIMGATE_WASM to use one that is there");
    target.join("wasm32-wasip1/filter/claimgate_filter.wasm")
}

/// Looked for once in a run.
static PATH: LazyLock<PathBuf> = LazyLock::new(|| match env::var_os("CLAIMGATE_WASM") {
    // Cargo starts tests in their package's directory, people set paths from the top of the repository.
    Some(path) => repository().join(path).canonicalize().unwrap(),
    None => built(),
});
