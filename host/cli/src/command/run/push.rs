//! `--push`: callers and keys from files, kept in the gateway's shared data as the files are.

use crate::command::clock;
use crate::push::{Place, PushError, Pushed, pages};
use claimgate_host::{Config, Shared, Watch};
use claimgate_policy::config::{self, Page};
use claimgate_policy::time::UnixTime;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::task::spawn_blocking;

/// The files, and where what is in them goes.
#[derive(Debug)]
pub(super) struct Push {
    first: PathBuf,
    places: Arc<Vec<(config::Config, Place)>>,
    watch: Watch,
}

impl Push {
    /// Nothing is pushed yet. `None` where no filter of the config has `state`.
    pub(super) fn new(first: &Path, config: &Config, shared: &Arc<Shared>) -> Option<Self> {
        let places = config.filters.iter().filter_map(|filter| {
            // A document with errors is the filter's to refuse.
            let document = config::Config::parse(&filter.configuration).ok()?;
            let place = Place::new(Arc::clone(shared), &filter.vm_id).ok()?;
            document.pushed.is_some().then_some((document, place))
        });
        let places: Vec<_> = places.collect();
        let watch = Watch::new(&[first.to_owned()]);
        (!places.is_empty()).then(|| Self { first: first.to_owned(), places: Arc::new(places), watch })
    }

    /// Waits until one of the files has changed.
    pub(super) async fn changed(&mut self) {
        self.watch.changed().await;
    }

    /// Makes what the files say now count for every filter. Nothing changes for one whose pages have errors.
    pub(super) async fn load(&mut self) -> Result<(), PushError> {
        let (places, first) = (Arc::clone(&self.places), self.first.clone());
        // Large loads take seconds, and connections are accepted on this thread.
        let loaded = spawn_blocking(move || load(&places, &first)).await;
        let (files, loaded) =
            loaded.unwrap_or_else(|_| (vec![self.first.clone()], Err(PushError::Elsewhere)));
        self.watch = Watch::new(&files);
        loaded
    }
}

/// The files that were read, and what came of them.
fn load(places: &[(config::Config, Place)], first: &Path) -> (Vec<PathBuf>, Result<(), PushError>) {
    let mut files = vec![first.to_owned()];
    let loaded = places.iter().try_for_each(|(config, place)| {
        let pages = pages(first, config)?;
        files.extend(pages.iter().map(|(file, _)| file.clone()));
        let pages: Vec<Page> = pages.into_iter().map(|(_, page)| page).collect();
        for error in pages.iter().flat_map(|page| &page.errors) {
            tracing::error!("a part of what is pushed is left out, its callers refused: {error}");
        }
        let Pushed { standing, written } =
            place.load(config, &pages, UnixTime::from_seconds(clock::unix_seconds()))?;
        let (realm, load) = (&config.realm, standing.generation.0);
        tracing::info!(%realm, load, "pushed {written} names and key sets");
        Ok(())
    });
    (files, loaded)
}
