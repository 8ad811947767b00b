//! Files read and written, with failures that name them.

use super::failure::Failure;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// The bytes of a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::Read { path: path.into(), error })
}

/// The bytes of a file, or `None` if there is no such file.
pub(super) fn read_if_present(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::Read { path: path.into(), error }),
    }
}

/// Writes a file that only its owner may read. A file of that name is left alone unless `overwrite` is set.
pub(super) fn write_private(path: &Path, bytes: &[u8], overwrite: bool) -> Result<(), Failure> {
    let written = if overwrite { replace(path, bytes, OWNER_ONLY) } else { create(path, bytes, OWNER_ONLY) };
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::Exists { path: path.into() },
        _ => Failure::Write { path: path.into(), error },
    })
}

/// Writes a file that everybody may read, over one that is there: readers see the old bytes or the new ones,
/// never a part.
pub(super) fn write_public(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    replace(path, bytes, READABLE).map_err(|error| Failure::Write { path: path.into(), error })
}

fn create(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
    file.write_all(bytes)
}

fn replace(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let beside = beside(path);
    let replaced = create(&beside, bytes, mode).and_then(|()| fs::rename(&beside, path));
    if replaced.is_err() {
        // The error to report is the first one.
        drop(fs::remove_file(&beside));
    }
    replaced
}

/// A name in the same directory that no other process uses.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    path.with_file_name(name)
}

const OWNER_ONLY: u32 = 0o600;
const READABLE: u32 = 0o644;
