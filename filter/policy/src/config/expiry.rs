//! Secrets of the gateway's own clients that run out: who must get another one, and when.

use super::Config;
use super::error::quoted;
use crate::time::UnixTime;
use crate::verified::SourceId;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cell::Cell;
use core::fmt;

/// How long the secret of a client of the gateway's own is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecretExpiry<'a> {
    /// Where the client is known.
    pub source: &'a SourceId,
    /// Its id.
    pub client: &'a str,
    /// Whole days that are left; less than none, where it is too late.
    pub days: i64,
}

/// Says once a day which secrets run out. Not shared between threads.
#[derive(Debug, Default)]
pub struct Reminders {
    next: Cell<Option<UnixTime>>,
}

impl Config {
    /// The secrets of which the config says when they run out; each client of a source once.
    #[must_use]
    pub fn secret_expiries(&self, now: UnixTime) -> Vec<SecretExpiry<'_>> {
        let mut clients = BTreeMap::new();
        for strategy in self.strategies() {
            for (client, days) in strategy.provider.clients.days_left(now) {
                let least = clients.entry((&strategy.source.id, client)).or_insert(days);
                *least = days.min(*least);
            }
        }
        let expiry = |((source, client), days)| SecretExpiry { source, client, days };
        clients.into_iter().map(expiry).collect()
    }

    /// Those that somebody must see to: within 30 days, or too late.
    pub fn expiring_secrets(&self, now: UnixTime) -> impl Iterator<Item = SecretExpiry<'_>> {
        self.secret_expiries(now).into_iter().filter(|expiry| expiry.days < SOON)
    }
}

impl Reminders {
    /// The secrets that somebody must see to, at the first look and then once a day.
    pub fn due<'a>(&self, config: &'a Config, now: UnixTime) -> Vec<SecretExpiry<'a>> {
        if self.next.get().is_some_and(|next| now < next) {
            return Vec::new();
        }
        self.next.set(Some(now.plus(DAY)));
        config.expiring_secrets(now).collect()
    }
}

/// In one line, with what to do.
impl fmt::Display for SecretExpiry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, client, days } = self;
        write!(f, "the secret of client {} at source {source} ", quoted(client))?;
        match days {
            ..0 => f.write_str("has run out")?,
            0 => f.write_str("runs out within a day")?,
            1 => f.write_str("runs out in 1 day")?,
            days => write!(f, "runs out in {days} days")?,
        }
        f.write_str(", as client_secret_expires_at says; get another one, and put it into client_secret")
    }
}

const DAY: i64 = 86_400;
const SOON: i64 = 30;

#[cfg(test)]
mod tests;
