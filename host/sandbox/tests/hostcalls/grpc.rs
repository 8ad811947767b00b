//! The gRPC functions, which this host does not have.

use crate::probe::{Arg::*, Item, NOT_FOUND, OK, PARSE_FAILURE, Probe, call, given, status};

use bytes::Bytes;

#[test]
fn no_upstream_speaks_grpc() {
    let text = Text(b"x");
    let report = Probe::new().run(
        call("proxy_grpc_call", &[text, text, text, text, text, Number(0), Word])
            .call("proxy_grpc_stream", &[text, text, text, text, Word]),
    );
    assert_eq!(report, vec![Item::Status(PARSE_FAILURE); 2]);
}

#[test]
fn there_is_no_call_to_act_on() {
    let cases = [
        call("proxy_grpc_send", &[Number(1), Text(b"x"), Number(1)]),
        call("proxy_grpc_cancel", &[Number(1)]),
        call("proxy_grpc_close", &[Number(1)]),
    ];
    for script in cases {
        assert_eq!(Probe::new().run(script), status(NOT_FOUND));
    }
}

#[test]
fn the_status_is_zero_without_a_message() {
    let report = Probe::new().run(call("proxy_get_status", &[Word, Out]).given().word());
    assert_eq!(report, [given(b""), vec![Item::Word(0)]].concat());
    assert_eq!(report[..2], [Item::Status(OK), Item::Given(Bytes::new())]);
}
