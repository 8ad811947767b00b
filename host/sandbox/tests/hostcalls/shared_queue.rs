//! The queue functions, which this host does not have.

use crate::probe::{Arg::*, INTERNAL_FAILURE, NOT_FOUND, Probe, call, status};

use claimgate_sandbox::LogLevel;

#[test]
fn registering_a_queue_fails_and_says_why() {
    let mut probe = Probe::new();
    let report = probe.run(call("proxy_register_shared_queue", &[Text(b"q"), Word]));
    assert_eq!(report, status(INTERNAL_FAILURE));
    let (level, message) = probe.embedder.logs.take().remove(0);
    assert_eq!(level, LogLevel::Error);
    assert!(message.contains("shared queues"), "{message}");
}

#[test]
fn there_is_no_queue_to_use() {
    let cases = [
        call("proxy_resolve_shared_queue", &[Text(b"vm"), Text(b"q"), Word]),
        call("proxy_enqueue_shared_queue", &[Number(1), Text(b"value")]),
        call("proxy_dequeue_shared_queue", &[Number(1), Out]),
    ];
    for script in cases {
        assert_eq!(Probe::new().run(script), status(NOT_FOUND));
    }
}
