//! proxy_call_foreign_function.

use crate::probe::{Arg::*, BAD_ARGUMENT, INTERNAL_FAILURE, NOT_FOUND, Probe, WILD, call, given, status};

#[test]
fn the_result_is_given() {
    let report =
        Probe::new().run(call("proxy_call_foreign_function", &[Text(b"echo"), Text(b"hello"), Out]).given());
    assert_eq!(report, given(b"hello"));
}

#[test]
fn errors_are_statuses() {
    for (name, expected) in
        [("nobody", NOT_FOUND), ("fail", INTERNAL_FAILURE), ("verify_signature", BAD_ARGUMENT)]
    {
        let report =
            Probe::new().run(call("proxy_call_foreign_function", &[Text(name.as_bytes()), Text(b""), Out]));
        assert_eq!(report, status(expected), "{name}");
    }
}

#[test]
fn a_name_that_is_not_utf8_is_not_found() {
    let report = Probe::new().run(call("proxy_call_foreign_function", &[Text(b"\xff"), Text(b""), Out]));
    assert_eq!(report, status(NOT_FOUND));
}

#[test]
fn a_bad_signature_is_ok_without_a_result() {
    // {hash_function: "sha1", public_key: "x"}
    let argument = b"\x0a\x04sha1\x12\x01x";
    let report = Probe::new()
        .run(call("proxy_call_foreign_function", &[Text(b"verify_signature"), Text(argument), Out]).given());
    assert_eq!(report, given(b"\x12\x16sha1 is not supported."));
}

#[test]
fn wild_pointers_are_traps() {
    Probe::new().fatal(call("proxy_call_foreign_function", &[WILD, Number(9), Text(b""), Out]));
    Probe::new().fatal(call("proxy_call_foreign_function", &[Text(b"echo"), WILD, Number(9), Out]));
    Probe::new().fatal(call("proxy_call_foreign_function", &[Text(b"echo"), Text(b"a"), WILD, WILD]));
}
