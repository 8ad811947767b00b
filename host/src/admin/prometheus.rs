//! Metrics as Prometheus text, format 0.0.4.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use claimgate_sandbox::{MetricSnapshot, MetricValue};

use crate::metrics::{LATENCY_BOUNDS, Snapshot};

/// The gateway's metrics, then the filters'.
pub(crate) fn text(own: &Snapshot, filters: &[MetricSnapshot]) -> String {
    let mut out = String::with_capacity(4096);
    responses(&mut out, own);
    latency(&mut out, own);
    let numbers = [
        ("claimgate_connections", "gauge", "client connections", count(own.connections)),
        (
            "claimgate_connections_refused_total",
            "counter",
            "connections that were one too many",
            own.refused_connections,
        ),
        ("claimgate_filter_instances_started_total", "counter", "filter instances", own.instances_started),
        (
            "claimgate_filter_instances_lost_total",
            "counter",
            "instances that trapped or ran too long",
            own.instances_lost,
        ),
        ("claimgate_filter_seats_empty", "gauge", "filters without an instance", count(own.empty_seats)),
        ("claimgate_filter_spares", "gauge", "instances that wait to replace a lost one", count(own.spares)),
        ("claimgate_reloads_total", "counter", "configurations that were taken over", own.reloads),
        (
            "claimgate_reloads_refused_total",
            "counter",
            "configurations that were refused",
            own.refused_reloads,
        ),
    ];
    for (name, kind, help, value) in numbers {
        head(&mut out, name, kind, help);
        line(&mut out, format_args!("{name} {value}"));
    }
    let mut seen: BTreeSet<String> = numbers.iter().map(|(name, ..)| (*name).to_owned()).collect();
    seen.extend([RESPONSES.to_owned(), LATENCY.to_owned()]);
    for metric in filters {
        let name = sanitise(&metric.name);
        // Two names may become one; a second block of the same name would make the whole unreadable.
        if !name.is_empty() && seen.insert(name.clone()) {
            filter(&mut out, &name, &metric.value);
        }
    }
    out
}

fn responses(out: &mut String, own: &Snapshot) {
    let name = RESPONSES;
    head(out, name, "counter", "responses to clients by class of status");
    for (class, value) in (1..).zip(own.responses) {
        line(out, format_args!("{name}{{class=\"{class}xx\"}} {value}"));
    }
}

fn latency(out: &mut String, own: &Snapshot) {
    let name = LATENCY;
    head(out, name, "histogram", "from a request's way upstream to the head of its response");
    let mut count = 0_u64;
    for (at, bucket) in own.latency_buckets.iter().enumerate() {
        count = count.saturating_add(*bucket);
        match LATENCY_BOUNDS.get(at) {
            Some(bound) => {
                let seconds = std::time::Duration::from_micros(*bound).as_secs_f64();
                line(out, format_args!("{name}_bucket{{le=\"{seconds}\"}} {count}"));
            }
            None => line(out, format_args!("{name}_bucket{{le=\"+Inf\"}} {count}")),
        }
    }
    line(out, format_args!("{name}_sum {}", own.latency_sum.as_secs_f64()));
    line(out, format_args!("{name}_count {count}"));
}

fn filter(out: &mut String, name: &str, value: &MetricValue) {
    match value {
        MetricValue::Counter(value) => {
            head(out, name, "counter", "of a filter");
            line(out, format_args!("{name} {value}"));
        }
        MetricValue::Gauge(value) => {
            head(out, name, "gauge", "of a filter");
            line(out, format_args!("{name} {value}"));
        }
        MetricValue::Histogram { count, sum, buckets } => {
            head(out, name, "histogram", "of a filter");
            for (bound, below) in buckets {
                line(out, format_args!("{name}_bucket{{le=\"{bound}\"}} {below}"));
            }
            line(out, format_args!("{name}_bucket{{le=\"+Inf\"}} {count}"));
            line(out, format_args!("{name}_sum {sum}"));
            line(out, format_args!("{name}_count {count}"));
        }
    }
}

/// A filter may name its metrics as it likes; Prometheus knows letters, digits and underscores.
fn sanitise(name: &str) -> String {
    let first = name.chars().next().filter(char::is_ascii_digit).map(|_| '_');
    let rest = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' });
    first.into_iter().chain(rest).collect()
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    line(out, format_args!("# HELP {name} {help}\n# TYPE {name} {kind}"));
}

/// Writing to a String does not fail.
fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _written = writeln!(out, "{text}");
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

const LATENCY: &str = "claimgate_upstream_response_seconds";
const RESPONSES: &str = "claimgate_responses_total";

#[cfg(test)]
mod tests;
