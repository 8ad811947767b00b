//! What the figures should be, held against the far ends of their intervals: what is met is met with room for noise.

use crate::envoy::contest::Figure;
use std::fmt;

/// One mark, for one algorithm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Mark {
    /// A token that was seen costs little more than Envoy's own check with a cache and a rule on claims.
    Seen { ours: Figure, native: Figure },
    /// A new token costs less than Envoy's own check without a cache.
    New { ours: Figure, native: Figure },
    /// The gateway carries more requests than Envoy with the same filter.
    Hosts { with_filter: Figure },
}

impl Mark {
    /// The worst that both intervals allow.
    pub(crate) fn found(self) -> f64 {
        match self {
            Self::Seen { ours, native } => ours.difference.high - native.difference.low,
            Self::New { ours, native } => ours.difference.high / native.difference.low,
            Self::Hosts { with_filter } => with_filter.difference.low,
        }
    }

    pub(crate) fn is_met(self) -> bool {
        let found = self.found();
        match self {
            Self::Seen { .. } => found <= SEEN_AT_MOST,
            // Below zero, the native check would cost nothing.
            Self::New { .. } => (0.0..=NEW_AT_MOST).contains(&found),
            Self::Hosts { .. } => found >= HOSTS_AT_LEAST,
        }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = self.found();
        match self {
            Self::Seen { .. } => write!(
                f,
                "a seen token costs at most {SEEN_AT_MOST} us more than jwt_authn with cache + rbac: {found:.1} us"
            ),
            Self::New { .. } => {
                write!(f, "a new token costs at most {NEW_AT_MOST} of jwt_authn without cache: {found:.2}")
            }
            Self::Hosts { .. } => write!(
                f,
                "the gateway does at least {HOSTS_AT_LEAST} times Envoy's requests with the same filter: {found:.2}"
            ),
        }
    }
}

const SEEN_AT_MOST: f64 = 15.0;
const NEW_AT_MOST: f64 = 0.9;
const HOSTS_AT_LEAST: f64 = 1.5;

#[cfg(test)]
mod tests {
    use super::Mark;
    use crate::envoy::contest::Figure;
    use crate::envoy::statistics::Estimate;

    fn figure(low: f64, high: f64) -> Figure {
        let difference = Estimate { low, median: f64::midpoint(low, high), high };
        Figure { difference, measured: difference, compared: difference }
    }

    #[test]
    fn a_mark_is_met_only_if_the_worst_ends_of_both_intervals_meet_it() {
        let native = figure(5.0, 7.0);
        assert!(Mark::Seen { ours: figure(10.0, 20.0), native }.is_met());
        assert!(!Mark::Seen { ours: figure(10.0, 20.1), native }.is_met());

        let native = figure(100.0, 120.0);
        assert!(Mark::New { ours: figure(50.0, 90.0), native }.is_met());
        assert!(!Mark::New { ours: figure(50.0, 90.1), native }.is_met());

        assert!(Mark::Hosts { with_filter: figure(1.5, 1.9) }.is_met());
        assert!(!Mark::Hosts { with_filter: figure(1.49, 1.9) }.is_met());
    }

    #[test]
    fn noise_that_hides_the_native_cost_meets_no_mark() {
        assert!(!Mark::New { ours: figure(50.0, 90.0), native: figure(-1.0, 120.0) }.is_met());
        assert!(!Mark::New { ours: figure(50.0, 90.0), native: figure(0.0, 120.0) }.is_met());
    }
}
