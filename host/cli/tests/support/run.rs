//! Sends cases through a gate, each twice: the second time the gate knows the token.

use crate::support::judge::{complaints, same_headers};
use crate::support::native::Native;
use crate::support::observed::Observed;
use crate::support::table::{Case, Request, Setting};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Something that lets requests through or refuses them.
pub(crate) trait Gate {
    /// What becomes of a request.
    fn answer(&mut self, request: &Request) -> Observed;
}

/// Runs the groups, a new gate for each, and fails with every complaint about every case. `place` names the place
/// in complaints.
pub(crate) fn run<G: Gate>(
    place: &str,
    groups: &BTreeMap<&Setting, Vec<&Case>>,
    mut open: impl FnMut(&Setting) -> G,
) {
    let mut report = String::new();
    for (setting, cases) in groups {
        let (mut gate, mut reference) = (open(setting), Native::new(setting));
        for case in cases {
            for complaint in judged(case, &mut gate, &mut reference) {
                writeln!(report, "{place}, {}: {complaint}", case.id).unwrap();
            }
        }
    }
    let cases: usize = groups.values().map(Vec::len).sum();
    println!("{place}: {cases} cases with {} configs", groups.len());
    assert!(report.is_empty(), "{} complaints\n{report}", report.lines().count());
}

fn judged(case: &Case, gate: &mut impl Gate, reference: &mut Native) -> Vec<String> {
    let [cold, warm] = [(); 2].map(|()| gate.answer(&case.request));
    let mut complaints = complaints(&case.expected, &cold);
    let silent = case.warnings.iter().filter(|text| !reference.warns_of(text));
    complaints.extend(silent.map(|text| format!("expected a warning with {text:?}, found none")));
    same_headers(&mut complaints, "client", &case.client, &cold.client);
    let cold = cold.comparable();
    complaints.extend(disagreement("the second time", &cold, &warm.comparable()));
    complaints.extend(disagreement("natively", &cold, &reference.answer(&case.request).comparable()));
    complaints
}

fn disagreement(when: &str, first: &Observed, other: &Observed) -> Option<String> {
    (first != other).then(|| format!("first {first:?}, {when} {other:?}"))
}
