//! What stands between this machine and the tokens of an issuer: one check after the other, on the way that a filter's
//! calls take.
//!
//! ```text
//! asked        the issuer, out of what a person gives                    (asked.rs)
//! journey      name, connection, certificate, answer                     (journey.rs, certificate.rs)
//! discovery    what the issuer says of itself                            (discovery.rs)
//! keys         which of its keys can be used                             (keys.rs)
//! clock        whether both clocks agree                                 (clock.rs)
//! paste        what to write into a config                               (paste.rs)
//! check        one line of the answer                                    (check.rs)
//! ```
//!
//! All but the journey is without a network: bytes and times in, checks out.

use claimgate_host::egress::{Address, Answer, Outbound};
use std::time::Duration;

mod asked;
mod certificate;
mod check;
mod clock;
mod discovery;
mod journey;
mod keys;
mod paste;

pub(crate) use asked::Asked;
pub(crate) use check::{Check, State};
pub(crate) use paste::Paste;

use discovery::Metadata;
use journey::Journey;

/// All that came of it.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) checks: Vec<Check>,
    /// What to write into a config, once it is known that the issuer's keys can be fetched.
    pub(crate) paste: Option<Paste>,
}

impl Report {
    /// Whether nothing that is needed is missing.
    pub(crate) fn is_good(&self) -> bool {
        self.paste.is_some() && self.checks.iter().all(|check| check.state != State::Bad)
    }
}

/// Checks an issuer. Each check is told as soon as it is made; each step on the network has this bound.
pub(crate) async fn examine(
    asked: &Asked,
    outbound: &Outbound,
    bound: Duration,
    told: &mut dyn FnMut(&Check),
) -> Report {
    let mut journey = Journey::new(outbound, bound, told);
    let paste = travel(asked, &mut journey).await;
    Report { checks: journey.into_checks(), paste }
}

async fn travel(asked: &Asked, journey: &mut Journey<'_>) -> Option<Paste> {
    let answer = answered(journey, "discovery", &asked.address, &asked.discovery_path()).await?;
    let metadata = match Metadata::read(&answer.body) {
        Ok(metadata) => metadata,
        Err(check) => {
            journey.tell(check);
            return None;
        }
    };
    metadata.judge(asked).into_iter().for_each(|check| journey.tell(check));
    journey.tell(clock::judge(&answer.headers, journey::unix_seconds()));
    let (address, path) = metadata.keys_at().map_err(|check| journey.tell(check)).ok()?;
    let answer = answered(journey, "keys", &address, &path).await?;
    let (checks, usable) = keys::judge(&answer.body);
    checks.into_iter().for_each(|check| journey.tell(check));
    usable.then(|| Paste::new(&metadata.issuer, &[&asked.address, &address]))
}

/// An answer with status 200.
async fn answered(
    journey: &mut Journey<'_>,
    name: &'static str,
    address: &Address,
    path: &str,
) -> Option<Answer> {
    let answer = journey.fetch(name, address, path).await?;
    if answer.status == http::StatusCode::OK {
        return Some(answer);
    }
    let found = format!("expected status 200 from {address}{path}, found {}", answer.status.as_u16());
    let advice = match answer.headers.get(http::header::LOCATION).map(|to| to.to_str().unwrap_or_default()) {
        Some(to) => format!("redirects are not followed; this one leads to {}", check::shown(to)),
        None => {
            "check the issuer: discovery is asked for below it (OpenID Connect Discovery 1.0, 4)".to_owned()
        }
    };
    journey.tell(Check::bad(name, found, advice));
    None
}

#[cfg(test)]
mod tests;
