//! The table itself: what it covers, and what it leaves out.

use crate::support::file::{self, Place};
use crate::support::judge::Expected;
use crate::support::table::{Material, Table};
use claimgate_policy::Denial;
use serde::Deserialize;
use std::collections::BTreeSet;

/// `cases/unreached.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnreachedFile {
    #[serde(rename = "about")]
    _about: String,
    refusals: Vec<UnreachedRefusal>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnreachedRefusal {
    name: String,
    #[serde(rename = "reason")]
    _reason: String,
}

fn table() -> Table {
    Table::load(&Material::load())
}

#[test]
fn every_refusal_has_a_case_or_a_reason_why_it_has_none() {
    let table = table();
    let refused = table.cases.iter().filter_map(|case| match &case.expected {
        Expected::Refused { name, .. } => Some(&**name),
        Expected::Forwarded { .. } => None,
    });
    let reached: BTreeSet<&str> = refused.collect();
    let file: UnreachedFile = file::read("cases/unreached.json");
    let unreached: BTreeSet<&str> = file.refusals.iter().map(|refusal| &*refusal.name).collect();
    assert_eq!(reached.intersection(&unreached).collect::<Vec<_>>(), Vec::<&&str>::new());
    assert_eq!(
        reached.union(&unreached).copied().collect::<BTreeSet<_>>(),
        Denial::NAMES.iter().copied().collect()
    );
}

#[test]
fn every_case_has_a_name_of_its_own() {
    let table = table();
    let names: BTreeSet<&str> = table.cases.iter().map(|case| &*case.id).collect();
    assert_eq!(names.len(), table.cases.len());
}

#[test]
fn every_skip_matches_a_case() {
    let table = table();
    for skip in &table.skips.cases {
        assert!(table.cases.iter().any(|case| skip.matches(case)), "no case is {}", skip.case);
    }
}

#[test]
fn nine_cases_in_ten_run_in_every_place() {
    let table = table();
    for place in [Place::Native, Place::Host, Place::Nginx, Place::Envoy] {
        let skipped = table.cases.iter().filter(|case| table.is_skipped(case, place)).count();
        assert!(
            skipped * 10 <= table.cases.len(),
            "{place:?}: {skipped} of {} are skipped",
            table.cases.len()
        );
    }
}
