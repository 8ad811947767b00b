//! Notices that files have changed, by looking at them once a second.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};

/// Files, and how they were when last seen.
#[derive(Debug)]
pub struct Watch {
    files: Vec<(PathBuf, Option<Seen>)>,
    period: Duration,
}

impl Watch {
    /// Watches these files from now on.
    pub fn new(files: &[PathBuf]) -> Self {
        Self { files: files.iter().map(|file| (file.clone(), seen(file))).collect(), period: PERIOD }
    }

    /// The same, looking as often as this.
    #[must_use]
    pub fn every(self, period: Duration) -> Self {
        Self { period, ..self }
    }

    /// Waits until a file has changed, come or gone, and then until none changes any more: an editor
    /// or a copy may be in the middle of its work. Does not block the runtime.
    pub async fn changed(&mut self) {
        let mut looks = interval(self.period);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut restless = false;
        loop {
            looks.tick().await;
            let names: Vec<PathBuf> = self.files.iter().map(|(file, _)| file.clone()).collect();
            let look = move || names.into_iter().map(|file| (seen(&file), file)).collect::<Vec<_>>();
            let Ok(now) = spawn_blocking(look).await else { return };
            let now: Vec<_> = now.into_iter().map(|(seen, file)| (file, seen)).collect();
            let changed = now != self.files;
            self.files = now;
            if restless && !changed {
                return;
            }
            restless |= changed;
        }
    }
}

type Seen = (SystemTime, u64);

fn seen(file: &Path) -> Option<Seen> {
    let data = fs::metadata(file).ok()?;
    Some((data.modified().ok()?, data.len()))
}

const PERIOD: Duration = Duration::from_secs(1);
