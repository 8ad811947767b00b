//! proxy_get_shared_data and proxy_set_shared_data.

use crate::probe::{
    Arg::*, CAS_MISMATCH, INTERNAL_FAILURE, Item, NOT_FOUND, OK, Probe, Script, VM, WILD, call, given,
    plugin, status,
};

use bytes::Bytes;
use claimgate_sandbox::{Limits, Plugin};

#[test]
fn a_value_comes_with_its_number() {
    let mut probe = Probe::new();
    let cas = probe.embedder.shared.data.set(VM, b"key", Bytes::from_static(b"value"), 0).unwrap();
    let report = probe.run(call("proxy_get_shared_data", &[Text(b"key"), Out, Word]).given().word());
    assert_eq!(report, [given(b"value"), vec![Item::Word(cas.into())]].concat());
}

#[test]
fn what_the_guest_writes_the_embedder_reads() {
    let mut probe = Probe::new();
    assert_eq!(probe.run(set(b"key", b"value", 0)), status(OK));
    assert_eq!(probe.embedder.shared.data.get(VM, b"key").unwrap().0, "value");
}

#[test]
fn a_stale_number_is_a_mismatch() {
    let mut probe = Probe::new();
    let cas = probe.embedder.shared.data.set(VM, b"key", Bytes::from_static(b"1"), 0).unwrap();
    assert_eq!(probe.run(set(b"key", b"2", cas + 1)), status(CAS_MISMATCH));
    assert_eq!(probe.run(set(b"key", b"2", cas)), status(OK));
    assert_eq!(probe.run(set(b"key", b"3", 0)), status(OK));
}

#[test]
fn an_absent_key_is_not_found_and_an_empty_value_is_given() {
    let mut probe = Probe::new();
    let get = || call("proxy_get_shared_data", &[Text(b"key"), Out, Word]).given();
    assert_eq!(probe.run(get())[0], Item::Status(NOT_FOUND));
    probe.run(set(b"key", b"", 0));
    assert_eq!(probe.run(get()), given(b""));
}

#[test]
fn another_vm_id_is_another_space() {
    let mut probe = Probe::new();
    probe.embedder.shared.data.set("other", b"key", Bytes::from_static(b"1"), 0).unwrap();
    let report = probe.run(call("proxy_get_shared_data", &[Text(b"key"), Out, Word]));
    assert_eq!(report, status(NOT_FOUND));
}

#[test]
fn a_value_beyond_the_limit_is_refused() {
    let limits = Limits { shared_value_bytes: 40, ..Limits::default() };
    let mut probe = Probe::with(Plugin { limits, ..plugin() });
    assert_eq!(probe.run(set(b"key", &[0; 38], 0)), status(INTERNAL_FAILURE));
    assert_eq!(probe.run(set(b"key", &[0; 37], 0)), status(OK));
}

#[test]
fn wild_pointers_are_traps() {
    Probe::new().fatal(call("proxy_get_shared_data", &[WILD, Number(9), Out, Word]));
    Probe::new().fatal(call("proxy_get_shared_data", &[Text(b"script"), Out, WILD]));
    Probe::new().fatal(call("proxy_set_shared_data", &[WILD, Number(9), Text(b""), Number(0)]));
}

fn set(key: &[u8], value: &[u8], cas: u32) -> Script {
    call("proxy_set_shared_data", &[Text(key), Text(value), Number(cas)])
}
