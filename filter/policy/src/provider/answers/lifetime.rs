//! For how long an answer is kept (Kong's `cache_ttl` and its kin).

use crate::time::UnixTime;

/// Bounds on how long answers are kept, seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheRules {
    /// What says nothing itself.
    pub ttl: i64,
    /// At least; it is not more than `most`.
    pub least: Option<i64>,
    /// At most.
    pub most: Option<i64>,
    /// Refusals; `None`: not at all.
    pub refusals: Option<i64>,
}

impl CacheRules {
    /// For how many seconds an answer is kept that says `expires_in`, and whose token says `exp`; `None`: not at all.
    /// What the answer says goes before `cache_ttl`, and is never passed: beyond it no bound can reach.
    #[must_use]
    pub fn lifetime(&self, expires_in: Option<i64>, exp: Option<UnixTime>, now: UnixTime) -> Option<i64> {
        let until_exp = exp.map(|exp| exp.seconds().saturating_sub(now.seconds()));
        let own = expires_in.into_iter().chain(until_exp).min();
        let wanted = own.unwrap_or(self.ttl);
        let bounded = wanted.max(self.least.unwrap_or(0)).min(self.most.unwrap_or(i64::MAX));
        let lifetime = bounded.min(own.unwrap_or(i64::MAX));
        (lifetime > 0).then_some(lifetime)
    }

    /// Always as many bytes, and others for other rules: no bound is negative.
    pub(super) fn bytes(rules: Option<&Self>) -> impl Iterator<Item = u8> {
        let bounds = |rules: &Self| [Some(rules.ttl), rules.least, rules.most, rules.refusals];
        rules.map_or([None; 4], bounds).into_iter().flat_map(|bound| bound.unwrap_or(-1).to_be_bytes())
    }
}

#[cfg(test)]
mod tests;
