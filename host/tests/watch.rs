//! Files that change.

use std::path::PathBuf;
use std::time::Duration;

use claimgate_host::Watch;

use super::support::client::within;

#[tokio::test]
async fn notices_a_change_of_content_and_a_new_file() {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let (old, new) = (directory.join("watch-old"), directory.join("watch-new"));
    std::fs::write(&old, "one").unwrap();
    let _absent = std::fs::remove_file(&new);
    let files = [old.clone(), new.clone()];
    let mut watch = Watch::new(&files).every(Duration::from_millis(1));
    std::fs::write(&old, "two and more").unwrap();
    within(watch.changed()).await;
    std::fs::write(&new, "come").unwrap();
    within(watch.changed()).await;
}
