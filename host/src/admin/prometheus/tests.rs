use claimgate_sandbox::{MetricSnapshot, MetricValue};

use super::{sanitise, text};
use crate::metrics::Stats;

#[test]
fn names_are_made_readable() {
    for (given, expected) in [("a.b-c", "a_b_c"), ("9lives", "_9lives"), ("ä\"}\n", "____"), ("", "")] {
        assert_eq!(sanitise(given), expected);
    }
}

#[test]
fn every_name_has_one_block() {
    let metric = |name: &str| MetricSnapshot { name: name.to_owned(), value: MetricValue::Counter(1) };
    let metrics = [metric("a.b"), metric("a_b"), metric("claimgate_reloads_total")];
    let text = text(&Stats::default().snapshot(), &metrics);
    let mut names: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup_by_key(|line| line.split(' ').next());
    assert_eq!(names.len(), all, "{text}");
}

#[test]
fn histograms_add_up() {
    let buckets = vec![(1, 2), (5, 3)];
    let value = MetricValue::Histogram { count: 4, sum: 19, buckets };
    let metrics = [MetricSnapshot { name: "h".to_owned(), value }];
    let text = text(&Stats::default().snapshot(), &metrics);
    for line in
        ["h_bucket{le=\"1\"} 2", "h_bucket{le=\"5\"} 3", "h_bucket{le=\"+Inf\"} 4", "h_sum 19", "h_count 4"]
    {
        assert!(text.lines().any(|found| found == line), "{line} in {text}");
    }
}
