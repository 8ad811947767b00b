//! proxy_log and proxy_get_log_level.

use crate::probe::{Arg::*, BAD_ARGUMENT, Item, OK, Probe, WILD, call, plugin, status};

use claimgate_sandbox::{Limits, LogLevel, Plugin};

#[test]
fn a_message_reaches_the_log_with_its_level() {
    let mut probe = Probe::new();
    assert_eq!(probe.run(call("proxy_log", &[Number(3), Text("grün".as_bytes())])), status(OK));
    assert_eq!(probe.embedder.logs.take(), [(LogLevel::Warn, "grün".to_owned())]);
}

#[test]
fn bytes_that_are_not_utf8_do_no_harm() {
    let mut probe = Probe::new();
    probe.run(call("proxy_log", &[Number(2), Text(b"a\xffb")]));
    assert_eq!(probe.embedder.logs.take(), [(LogLevel::Info, "a\u{fffd}b".to_owned())]);
}

#[test]
fn a_level_below_the_wanted_one_is_dropped() {
    let mut probe = Probe::new();
    assert_eq!(probe.run(call("proxy_log", &[Number(0), Text(b"trace")])), status(OK));
    assert_eq!(probe.embedder.logs.take(), []);
}

#[test]
fn a_long_message_is_cut() {
    let limits = Limits { log_message_bytes: 4, ..Limits::default() };
    let mut probe = Probe::with(Plugin { limits, ..plugin() });
    probe.run(call("proxy_log", &[Number(2), Text(b"123456")]));
    assert_eq!(probe.embedder.logs.take(), [(LogLevel::Info, "1234".to_owned())]);
}

#[test]
fn an_unknown_level_is_a_bad_argument() {
    let mut probe = Probe::new();
    assert_eq!(probe.run(call("proxy_log", &[Number(6), Text(b"x")])), status(BAD_ARGUMENT));
}

#[test]
fn a_wild_pointer_is_a_trap_that_names_the_function() {
    let message = Probe::new().fatal(call("proxy_log", &[Number(2), WILD, Number(100)]));
    assert!(message.contains("proxy_log"), "{message}");
    assert!(message.contains("got 100 bytes at 4294967287"), "{message}");
}

#[test]
fn the_level_is_the_lowest_that_is_wanted() {
    let report = Probe::new().run(call("proxy_get_log_level", &[Word]).word());
    assert_eq!(report, [Item::Status(OK), Item::Word(LogLevel::Debug as u64)]);
    Probe::new().fatal(call("proxy_get_log_level", &[WILD]));
}
