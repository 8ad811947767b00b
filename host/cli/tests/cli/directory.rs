//! A directory of one test's own.

use crate::traces;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// Removed when dropped.
pub(crate) struct Directory(PathBuf);

impl Directory {
    /// An empty directory; `test` is the test's name.
    pub(crate) fn of(test: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// A path in it.
    pub(crate) fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    /// A file in it with this content; its path.
    pub(crate) fn file(&self, name: &str, content: &str) -> String {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        fs::read_dir(&self.0).into_iter().flatten().flatten().for_each(|entry| hide_key(&entry.path()));
        drop(fs::remove_dir_all(&self.0));
    }
}

/// No output may hold the private part of a key that a test left in a file.
fn hide_key(path: &Path) {
    let jwk: Option<Value> = fs::read(path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let member = |name: &str| jwk.as_ref()?.get(name)?.as_str().map(str::to_owned);
    ["d", "k"].into_iter().filter_map(member).for_each(|part| traces::hide(&part));
}
