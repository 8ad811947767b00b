//! Until when a certificate is valid (RFC 5280 4.1.2.5). Whether it proves anything was decided before.

use super::Check;
use chrono::NaiveDateTime;
use claimgate_idp::der::{INTEGER, Reader, SEQUENCE};

/// A server's own certificate is the first of its chain, in DER.
pub(super) fn judge(host: &str, chain: &[&[u8]], now: i64) -> Check {
    let proven = format!("for {host}, the first of a chain of {}", chain.len());
    match chain.first().and_then(|own| not_after(own)).map(|end| end.saturating_sub(now).div_euclid(DAY)) {
        Some(days) if days < SOON => {
            Check::warning(NAME, format!("{proven}; it expires in {days} days"), "renew it in time")
        }
        Some(days) => Check::good(NAME, format!("{proven}; it expires in {days} days")),
        None => Check::good(NAME, proven),
    }
}

/// Unix seconds; `None` for a certificate of a form that is not read here.
fn not_after(der: &[u8]) -> Option<i64> {
    let mut tbs = Reader(der).element(SEQUENCE)?.element(SEQUENCE)?;
    // The version, which a certificate of version 1 does not have.
    drop(tbs.element(VERSION));
    tbs.element(INTEGER)?; // serial number
    tbs.element(SEQUENCE)?; // algorithm
    tbs.element(SEQUENCE)?; // issuer
    let mut validity = tbs.element(SEQUENCE)?;
    time(&mut validity)?;
    time(&mut validity)
}

/// UTCTime has two digits of the year, those from 50 on of the last century.
fn time(validity: &mut Reader<'_>) -> Option<i64> {
    let text = match validity.element(UTC_TIME) {
        Some(Reader(short)) => {
            let short = std::str::from_utf8(short).ok()?;
            format!("{}{short}", if short >= "50" { "19" } else { "20" })
        }
        None => std::str::from_utf8(validity.element(GENERALIZED_TIME)?.0).ok()?.to_owned(),
    };
    Some(NaiveDateTime::parse_from_str(&text, "%Y%m%d%H%M%SZ").ok()?.and_utc().timestamp())
}

const NAME: &str = "certificate";
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const DAY: i64 = 86_400;
/// Days before its end at which a certificate should have been renewed.
const SOON: i64 = 14;
