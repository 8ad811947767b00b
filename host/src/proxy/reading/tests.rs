use std::future::pending;
use std::time::Duration;

use tokio::time::{Instant, advance, timeout};

use super::Reading;

const BOUND: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn a_client_who_never_reads_is_given_up() {
    let started = Instant::now();
    let never = async {
        Reading::current().unwrap().expect(Duration::ZERO);
        pending::<()>().await;
    };
    assert_eq!(Reading::watch(BOUND, never).await, None);
    assert!(started.elapsed() >= BOUND && started.elapsed() <= BOUND * 2, "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_client_who_reads_slowly_is_served_to_the_end() {
    let slowly = async {
        for _ in 0..10 {
            Reading::current().unwrap().expect(Duration::ZERO);
            advance(BOUND - Duration::from_secs(1)).await;
        }
    };
    assert_eq!(Reading::watch(BOUND, slowly).await, Some(()));
}

#[tokio::test(start_paused = true)]
async fn waiting_for_the_gateway_is_nobodys_fault() {
    let table = [
        ("no response yet", None, None),
        ("the upstream may take an hour", Some(Duration::from_secs(3600)), Some(Duration::from_secs(3660))),
    ];
    for (case, more, given_up_after) in table {
        let started = Instant::now();
        let waits = Reading::watch(BOUND, async move {
            let reading = Reading::current().unwrap();
            more.map_or_else(|| reading.pause(), |more| reading.expect(more));
            pending::<()>().await;
        });
        let ended = timeout(Duration::from_secs(7200), waits).await;
        let expected = given_up_after.unwrap_or(Duration::from_secs(7200));
        assert_eq!(ended.is_ok(), given_up_after.is_some(), "{case}");
        assert!(started.elapsed() >= expected && started.elapsed() <= expected + BOUND, "{case}");
    }
}
