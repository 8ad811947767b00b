//! Callers and keys, written straight into the shared data of a gateway in this process: what a publisher does where the
//! gateway is another.

use claimgate_policy::config::{Config, ConfigErrors, Page};
use claimgate_policy::shared::{
    CHANGES, Found, Lease, LeaseError, MacKey, Names, SharedData, SharedDataMut, Standing, Tenure,
    Unavailable, Writer, WriterError,
};
use claimgate_policy::time::UnixTime;
use claimgate_sandbox::{Metric, MetricError, MetricKind, Shared, SharedDataError};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fmt, fs, io};

/// The shared data of the filters with one vm_id.
pub struct Place {
    shared: Arc<Shared>,
    vm_id: String,
    changes: Arc<Metric>,
}

/// Why nothing was pushed. What counted before still does.
#[derive(Debug)]
pub enum PushError {
    /// The document has no `state`.
    NoState,
    /// Another publisher writes for this realm.
    Elsewhere,
    /// The lease could not be had.
    Lease(LeaseError),
    /// Nothing could be written.
    Writer(WriterError),
    /// A page could not be read.
    Unreadable(PathBuf, io::Error),
    /// A page was refused.
    Refused(PathBuf, ConfigErrors),
    /// The pages lead back to one that was read before.
    Circle(PathBuf),
}

/// What a load came to.
#[derive(Debug)]
pub struct Pushed {
    /// What counts from now on.
    pub standing: Standing,
    /// Names and key sets that were written.
    pub written: usize,
}

impl Place {
    /// Of the gateway whose shared data this is.
    ///
    /// # Errors
    /// If another metric has the name of the counter of changes.
    pub fn new(shared: Arc<Shared>, vm_id: &str) -> Result<Self, MetricError> {
        let changes = shared.metrics.define(MetricKind::Counter, CHANGES)?;
        Ok(Self { shared, vm_id: vm_id.into(), changes })
    }

    /// Makes these pages count, all at once, for the realm of `config`. What they do not hold is gone.
    ///
    /// # Errors
    /// [`PushError`].
    pub fn load(&self, config: &Config, pages: &[Page], now: UnixTime) -> Result<Pushed, PushError> {
        let key = &config.pushed.as_ref().ok_or(PushError::NoState)?.key;
        let mut writer = self.office(config, key, now)?;
        writer.begin(self)?;
        let edits = pages.iter().flat_map(|page| &page.edits);
        let written = edits.clone().count();
        edits.into_iter().try_for_each(|edit| writer.write(self, edit))?;
        Ok(Pushed { standing: writer.publish(self)?, written })
    }

    /// A new term for each load, taken from nobody but this process.
    fn office(&self, config: &Config, key: &MacKey, now: UnixTime) -> Result<Writer, PushError> {
        let names = Names::new(&config.realm, key);
        let holder = u64::from(std::process::id());
        for _ in 0..TRIES {
            if let Tenure::Taken(generation) = Lease::hold(self, (&names, key), (holder, None), now, 0)? {
                return Ok(Writer::new(names, key.clone(), generation));
            }
        }
        Err(PushError::Elsewhere)
    }
}

/// The pages of a load with the files that they came from, from `first` to the one that completes it. Each names the next, beside it.
///
/// # Errors
/// [`PushError::Unreadable`], [`PushError::Refused`], [`PushError::Circle`].
pub fn pages(first: &Path, config: &Config) -> Result<Vec<(PathBuf, Page)>, PushError> {
    let mut pages: Vec<(PathBuf, Page)> = Vec::new();
    let mut path = first.to_owned();
    loop {
        if pages.iter().any(|(read, _)| *read == path) {
            return Err(PushError::Circle(path));
        }
        let bytes = fs::read(&path).map_err(|error| PushError::Unreadable(path.clone(), error))?;
        let page = Page::parse(&bytes, config).map_err(|errors| PushError::Refused(path.clone(), errors))?;
        let next = path.with_file_name(&*page.next);
        let complete = page.complete;
        pages.push((std::mem::replace(&mut path, next), page));
        if complete {
            return Ok(pages);
        }
    }
}

impl SharedData for Place {
    fn get(&self, name: &str) -> Result<Option<Found>, Unavailable> {
        let found = self.shared.data.get(&self.vm_id, name.as_bytes());
        Ok(found.map(|(value, cas)| Found { bytes: value.to_vec(), cas }))
    }

    fn changes(&self) -> Option<u64> {
        self.changes.value().ok()
    }
}

impl SharedDataMut for Place {
    fn set(&self, name: &str, value: &[u8], cas: u32) -> Result<bool, Unavailable> {
        match self.shared.data.set(&self.vm_id, name.as_bytes(), value.to_vec().into(), cas) {
            Ok(_) => Ok(true),
            Err(SharedDataError::CasMismatch { .. }) => Ok(false),
            Err(error @ SharedDataError::Full { .. }) => {
                tracing::error!("{error}");
                Err(Unavailable)
            }
        }
    }

    fn announce(&self) -> Result<(), Unavailable> {
        self.changes.increment(1).map_err(|_| Unavailable)
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Place").field("vm_id", &self.vm_id).finish_non_exhaustive()
    }
}

impl From<LeaseError> for PushError {
    fn from(error: LeaseError) -> Self {
        Self::Lease(error)
    }
}

impl From<WriterError> for PushError {
    fn from(error: WriterError) -> Self {
        Self::Writer(error)
    }
}

impl fmt::Display for PushError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoState => f.write_str("expected state in the filter's document, found none"),
            Self::Elsewhere => {
                f.write_str("another publisher writes for this realm; stop it, or do without --push")
            }
            Self::Lease(LeaseError::Unavailable) => f.write_str("shared data takes no lease"),
            Self::Lease(LeaseError::Value(error)) => write!(f, "the lease: {error}"),
            Self::Writer(error) => error.fmt(f),
            Self::Unreadable(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Refused(path, errors) => write!(f, "{}: {errors}", path.display()),
            Self::Circle(path) => {
                write!(
                    f,
                    "{}: expected a page that was not read before; one page must say complete",
                    path.display()
                )
            }
        }
    }
}

impl Error for PushError {}

/// The lease is written first, then taken.
const TRIES: usize = 2;
