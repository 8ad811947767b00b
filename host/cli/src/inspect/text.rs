//! The report for a person: steps, decision, and what else the token says.

use super::trail::{Outcome, Step};
use super::{Decision, Report, SignatureState, advice, times};
use crate::output::{Paint, aligned};
use claimgate_policy::json::Value;
use claimgate_policy::permit::Grounds;
use claimgate_policy::time::{Fraction, UnixTime};

/// The report in lines.
pub(crate) fn lines(report: &Report, paint: Paint) -> Vec<String> {
    let mut lines = steps(report, paint);
    lines.push(String::new());
    lines.extend(decision(report, paint));
    for (title, rows) in [("Mapping claims", mapping(report)), ("Times", moments(report))] {
        if !rows.is_empty() {
            lines.extend([String::new(), title.to_owned()]);
            lines.extend(aligned(&rows).into_iter().map(|line| format!("  {line}")));
        }
    }
    for (title, value) in [("Header", &report.header), ("Claims", &report.claims)] {
        lines.extend([String::new(), title.to_owned()]);
        lines.extend(indented(value.as_ref()));
    }
    lines
}

fn steps(report: &Report, paint: Paint) -> Vec<String> {
    let rows: Vec<Vec<String>> = report.steps.iter().map(row).collect();
    let lines = aligned(&rows).into_iter().zip(&report.steps);
    lines.map(|(line, step)| painted(&line, step.outcome, paint)).collect()
}

fn row(step: &Step) -> Vec<String> {
    let mark = match step.outcome {
        Outcome::Passed => "ok",
        Outcome::Failed => "NO",
        Outcome::Skipped => "-",
    };
    vec![mark.to_owned(), step.check.name().to_owned(), step.detail.clone()]
}

fn painted(line: &str, outcome: Outcome, paint: Paint) -> String {
    match outcome {
        Outcome::Passed => line.to_owned(),
        Outcome::Failed => paint.bad(line),
        Outcome::Skipped => paint.faint(line),
    }
}

fn decision(report: &Report, paint: Paint) -> Vec<String> {
    match &report.decision {
        Decision::Permitted(Grounds::Authenticated) => vec![paint.good("permitted")],
        Decision::Permitted(grounds) => vec![paint.good(&format!("permitted, {}", grounds.name()))],
        Decision::Overlooked(grounds, denial) => vec![
            format!(
                "permitted, {}; else denied: {} ({}), {denial}",
                grounds.name(),
                denial.name(),
                denial.wire().status.code()
            ),
            format!("needed: {}", advice::needed(denial)),
        ],
        Decision::Denied(denial) => vec![
            paint.bad(&format!("denied: {} ({}), {denial}", denial.name(), denial.wire().status.code())),
            format!("needed: {}", advice::needed(denial)),
        ],
        Decision::Undecided if report.signature == SignatureState::Valid => {
            vec!["undecided: the signature is valid; with --config the rules of a service decide".to_owned()]
        }
        Decision::Undecided => {
            vec!["undecided: decoded offline, nothing of it is proven; give --config or --jwks".to_owned()]
        }
    }
}

fn mapping(report: &Report) -> Vec<Vec<String>> {
    let row = |mapped: &super::Mapped| {
        let names = mapped.names.as_deref().map(|who| format!("names {who}")).unwrap_or_default();
        let used = if mapped.used { "the service's consumer claim" } else { "" };
        let remark =
            [used, &names].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
        vec![mapped.claim.clone(), mapped.value.clone(), remark]
    };
    report.mapped.iter().map(row).collect()
}

fn moments(report: &Report) -> Vec<Vec<String>> {
    let row = |claim: &&str| {
        let value = report.claims.as_ref()?.get(claim)?;
        let time = UnixTime::from_claim(value, Fraction::Down)?;
        Some(vec![(*claim).to_owned(), times::utc(time), times::relative(time, report.now)])
    };
    TIMES.iter().filter_map(row).collect()
}

fn indented(value: Option<&Value>) -> Vec<String> {
    let Some(value) = value else { return vec!["  not readable".to_owned()] };
    let pretty = serde_json::to_string_pretty(value).unwrap_or_default();
    pretty.lines().map(|line| format!("  {}", printable(line))).collect()
}

/// JSON leaves some control characters as they are, and a terminal obeys them.
fn printable(line: &str) -> String {
    let escaped =
        |letter: char| if letter.is_control() { letter.escape_unicode().to_string() } else { letter.into() };
    line.chars().map(escaped).collect()
}

const TIMES: [&str; 4] = ["iat", "nbf", "exp", "auth_time"];
