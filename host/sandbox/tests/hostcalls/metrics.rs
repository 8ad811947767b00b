//! The metric functions.

use crate::probe::{
    Arg, Arg::*, BAD_ARGUMENT, INTERNAL_FAILURE, Item, NOT_FOUND, OK, Probe, Script, WILD, call, plugin,
    script, status,
};

use claimgate_sandbox::{Limits, MetricSnapshot, MetricValue, Plugin};

const COUNTER: Arg<'static> = Number(0);
const GAUGE: Arg<'static> = Number(1);
const HISTOGRAM: Arg<'static> = Number(2);
const FIRST: Arg<'static> = Number(1);
const SECOND: Arg<'static> = Number(2);

#[test]
fn a_counter_counts_for_guest_and_embedder() {
    let mut probe = Probe::new();
    let report = probe.run(
        define(script(), COUNTER, b"hits")
            .call("proxy_increment_metric", &[FIRST, Long(2)])
            .call("proxy_record_metric", &[FIRST, Long(3)])
            .call("proxy_get_metric", &[FIRST, Word])
            .word(),
    );
    assert_eq!(report, [vec![Item::Status(OK); 4], vec![Item::Word(5)]].concat());
    let expected = MetricSnapshot { name: "hits".into(), value: MetricValue::Counter(5) };
    assert_eq!(probe.embedder.shared.metrics.snapshot(), [expected]);
}

#[test]
fn a_name_that_is_defined_again_is_the_same_metric() {
    let mut probe = Probe::new();
    let report = probe.run(
        define(define(script(), GAUGE, b"open"), GAUGE, b"open")
            .call("proxy_record_metric", &[FIRST, Long(7)])
            .call("proxy_increment_metric", &[SECOND, Long(-2_i64 as u64)])
            .call("proxy_get_metric", &[FIRST, Word])
            .word(),
    );
    assert_eq!(report, [vec![Item::Status(OK); 5], vec![Item::Word(5)]].concat());
}

#[test]
fn a_counter_that_would_not_grow_is_a_bad_argument() {
    for offset in [0, -1_i64] {
        let report = Probe::new().run(
            define(script(), COUNTER, b"hits").call("proxy_increment_metric", &[FIRST, Long(offset as u64)]),
        );
        assert_eq!(report[1], Item::Status(BAD_ARGUMENT), "{offset}");
    }
}

#[test]
fn a_histogram_can_only_be_recorded() {
    let mut probe = Probe::new();
    let report = probe.run(
        define(script(), HISTOGRAM, b"ms")
            .call("proxy_record_metric", &[FIRST, Long(3)])
            .call("proxy_increment_metric", &[FIRST, Long(3)])
            .call("proxy_get_metric", &[FIRST, Word]),
    );
    let expected: Vec<_> = [OK, OK, BAD_ARGUMENT, BAD_ARGUMENT].map(Item::Status).into();
    assert_eq!(report, expected);
}

#[test]
fn an_unknown_id_is_not_found() {
    for id in [0, 1, u32::MAX] {
        let report = Probe::new().run(
            call("proxy_increment_metric", &[Number(id), Long(1)])
                .call("proxy_record_metric", &[Number(id), Long(1)])
                .call("proxy_get_metric", &[Number(id), Word]),
        );
        assert_eq!(report, vec![Item::Status(NOT_FOUND); 3]);
    }
}

#[test]
fn what_cannot_be_defined_is_a_bad_argument() {
    let long = [b'a'; 257];
    for (kind, name) in [(Number(3), &b"x"[..]), (COUNTER, b""), (COUNTER, b"\xff"), (COUNTER, &long)] {
        assert_eq!(Probe::new().run(define(script(), kind, name)), status(BAD_ARGUMENT), "{kind:?}");
    }
}

#[test]
fn the_number_of_metrics_is_bounded() {
    let limits = Limits { metrics: 1, ..Limits::default() };
    let mut probe = Probe::with(Plugin { limits, ..plugin() });
    let report = probe.run(define(define(script(), COUNTER, b"a"), COUNTER, b"b"));
    assert_eq!(report, [Item::Status(OK), Item::Status(INTERNAL_FAILURE)]);
}

#[test]
fn wild_pointers_are_traps() {
    Probe::new().fatal(call("proxy_define_metric", &[COUNTER, WILD, Number(9), Word]));
    Probe::new().fatal(call("proxy_define_metric", &[COUNTER, Text(b"a"), WILD]));
    Probe::new().fatal(define(script(), COUNTER, b"a").call("proxy_get_metric", &[FIRST, WILD]));
}

fn define(script: Script, kind: Arg<'static>, name: &[u8]) -> Script {
    script.call("proxy_define_metric", &[kind, Text(name), Word])
}
