//! Medians, and how sure they are.

/// The median of some samples, and an interval that holds the true one in at least nine cases of ten.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Estimate {
    pub(crate) low: f64,
    pub(crate) median: f64,
    pub(crate) high: f64,
}

impl Estimate {
    /// The interval lies between two of the samples, chosen by their ranks: how many of them lie below the true
    /// median is binomial with probability one half, whatever their distribution is. `None` if there are fewer than
    /// [`FEWEST`] samples.
    pub(crate) fn of(mut samples: Vec<f64>) -> Option<Self> {
        samples.sort_by(f64::total_cmp);
        let outside = outside(samples.len())?;
        let mut inside = samples.iter().skip(outside);
        let (low, high) = (*inside.next()?, *inside.nth_back(outside)?);
        Some(Self { low, median: median(&samples)?, high })
    }
}

/// How many samples on either side are outside of the interval: so many that fewer than a twentieth of all cases
/// have no more than that on one side of the true median.
fn outside(samples: usize) -> Option<usize> {
    let all = u32::try_from(samples).ok()?;
    let mut probability = 0.5_f64.powi(i32::try_from(samples).ok()?);
    let mut cumulated = 0.0;
    for below in 0..all {
        cumulated += probability;
        if cumulated > TAIL {
            return usize::try_from(below.checked_sub(1)?).ok();
        }
        probability *= f64::from(all.saturating_sub(below)) / f64::from(below.saturating_add(1));
    }
    None
}

fn median(sorted: &[f64]) -> Option<f64> {
    let upper = sorted.len() / 2;
    let lower = sorted.len().checked_sub(1)? / 2;
    Some(f64::midpoint(*sorted.get(lower)?, *sorted.get(upper)?))
}

/// Fewer samples give no such interval.
pub(crate) const FEWEST: usize = 5;

/// More make a probability too small for its type.
pub(crate) const MOST: usize = 1_000;

const TAIL: f64 = 0.05;

#[cfg(test)]
mod tests;
