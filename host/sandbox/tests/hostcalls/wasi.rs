//! WASI preview1, called while the guest initialises.

use crate::embedder::Embedder;
use crate::probe::plugin;

use claimgate_sandbox::{LogLevel, Plugin};

#[test]
fn a_guest_has_its_log_its_environment_time_and_randomness_and_nothing_else() {
    let embedder = Embedder::default();
    let environment = vec![("NAME".to_owned(), "value".to_owned())];
    embedder.start("wasi", &Plugin { environment, ..plugin() }).unwrap();

    // One character for each call, in the guest's order: 48 plus its errno.
    let ok = '0';
    let (badf, inval, notsup) = ((48 + 8_u8) as char, (48 + 28_u8) as char, (48 + 58_u8) as char);
    let expected: String = [
        [ok, ok, ok, ok],         // environ_sizes_get, environ_get, fd_write, args_sizes_get
        [ok, inval, ok, ok],      // random_get within and beyond its limit, two clocks
        [notsup, ok, badf, badf], // an unknown clock, fd_fdstat_get of 1 and 3, fd_write to 3
        [ok, ok, notsup, '1'],    // poll_oneoff, sched_yield, path_open, pthread_equal
    ]
    .concat()
    .into_iter()
    .collect();
    let expected = [(LogLevel::Info, "NAME=value\0".to_owned()), (LogLevel::Error, expected)];
    assert_eq!(embedder.logs.take(), expected);
}
