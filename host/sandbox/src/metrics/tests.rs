use super::{CAPACITY, MetricError, MetricValue, Metrics};
use crate::abi::types::MetricKind::{Counter, Gauge, Histogram};

#[test]
fn the_same_kind_and_name_is_the_same_metric() {
    let metrics = Metrics::default();
    metrics.define(Counter, "hits").unwrap().increment(2).unwrap();
    metrics.define(Counter, "hits").unwrap().increment(3).unwrap();
    metrics.define(Gauge, "hits").unwrap().record(9);
    let values: Vec<_> = metrics.snapshot().into_iter().map(|metric| metric.value).collect();
    assert_eq!(values, [MetricValue::Counter(5), MetricValue::Gauge(9)]);
}

#[test]
fn counters_only_grow() {
    let metrics = Metrics::default();
    let counter = metrics.define(Counter, "hits").unwrap();
    assert_eq!(counter.increment(0), Err(MetricError::NotPositive { found: 0 }));
    assert_eq!(counter.increment(-1), Err(MetricError::NotPositive { found: -1 }));
    counter.record(4);
    assert_eq!(counter.value(), Ok(4));
}

#[test]
fn gauges_go_both_ways_and_stop_at_zero() {
    let metrics = Metrics::default();
    let gauge = metrics.define(Gauge, "open").unwrap();
    gauge.increment(3).unwrap();
    gauge.increment(-1).unwrap();
    assert_eq!(gauge.value(), Ok(2));
    gauge.increment(i64::MIN).unwrap();
    assert_eq!(gauge.value(), Ok(0));
}

#[test]
fn histograms_count_cumulatively() {
    let metrics = Metrics::default();
    let histogram = metrics.define(Histogram, "ms").unwrap();
    for value in [1, 2, 5, 9_999_999] {
        histogram.record(value);
    }
    assert_eq!(histogram.increment(1), Err(MetricError::NotForHistograms));
    assert_eq!(histogram.value(), Err(MetricError::NotForHistograms));
    let MetricValue::Histogram { count, sum, buckets } = metrics.snapshot().remove(0).value else {
        panic!("expected a histogram");
    };
    assert_eq!((count, sum), (4, 10_000_007));
    assert_eq!(buckets[..3], [(1, 1), (5, 3), (10, 3)]);
    assert_eq!(buckets.last(), Some(&(3_600_000, 3)));
}

#[test]
fn the_number_of_metrics_is_bounded() {
    let metrics = Metrics::default();
    for index in 0..CAPACITY {
        metrics.define(Counter, &index.to_string()).unwrap();
    }
    assert!(metrics.define(Counter, "0").is_ok());
    assert_eq!(metrics.define(Counter, "one more").err(), Some(MetricError::TooMany { limit: CAPACITY }));
}
