//! proxy_get_current_time_nanoseconds and proxy_set_tick_period_milliseconds.

use std::time::Duration;

use crate::embedder::NOW;
use crate::probe::{Arg::*, Item, OK, Probe, WILD, call, script, status};

use claimgate_sandbox::Effect;

#[test]
fn the_time_is_the_embedders() {
    let report = Probe::new().run(call("proxy_get_current_time_nanoseconds", &[Word]).word());
    assert_eq!(report, [Item::Status(OK), Item::Word(NOW)]);
}

#[test]
fn the_timer_is_an_effect_and_zero_stops_it() {
    let mut probe = Probe::new();
    let set = |period| call("proxy_set_tick_period_milliseconds", &[Number(period)]);
    assert_eq!(probe.run(set(250)), status(OK));
    assert_eq!(probe.effects(), [Effect::TickEvery(Some(Duration::from_millis(250)))]);
    assert_eq!(probe.run(set(0)), status(OK));
    assert_eq!(probe.effects(), [Effect::TickEvery(None)]);
}

#[test]
fn a_trap_takes_back_what_the_guest_asked_for() {
    let mut probe = Probe::new();
    let set = call("proxy_set_tick_period_milliseconds", &[Number(250)]);
    probe.fatal(set.call("proxy_get_current_time_nanoseconds", &[WILD]));
    assert_eq!(probe.effects(), []);
}

#[test]
fn the_time_needs_a_place_in_memory() {
    Probe::new().fatal(call("proxy_get_current_time_nanoseconds", &[WILD]));
}

#[test]
fn a_tick_enters_the_root_context() {
    let mut probe = Probe::new();
    let ask = script().call("proxy_get_header_map_size", &[Number(0), Word]);
    let (result, report) = probe.during(ask, |instance, _| instance.on_tick());
    result.unwrap();
    // There are no request headers in the root context.
    assert_eq!(report, status(2));
}
