//! One token, and two services that differ in one rule (`testdata/one-token.json`).

use crate::support::document;
use crate::support::file::{self, Engine, OneTokenFile, RequestFile, RuleFile};
use crate::support::judge::{Expected, complaints};
use crate::support::run::Gate;
use crate::support::table::{Material, Request, Setting};
use crate::support::token;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A rule in which the two services differ.
pub(crate) struct Rule {
    name: String,
    pub(crate) setting: Setting,
    /// In each order of visits the gate sees a token for the first time.
    orders: [[Visit; 4]; 2],
}

/// A request to one of the services, and what is to become of it.
struct Visit {
    request: Request,
    expected: Expected,
}

/// Every rule of the file.
pub(crate) fn rules(material: &Material) -> Vec<Rule> {
    let file: OneTokenFile = file::read("one-token.json");
    file.rules.iter().map(|rule| Rule::new(material, &file, rule)).collect()
}

/// Visits the services in both orders, and fails with every answer that is not as expected.
pub(crate) fn check<G: Gate>(place: &str, rules: &[Rule], mut open: impl FnMut(&Setting) -> G) {
    let mut report = String::new();
    for rule in rules {
        let mut gate = open(&rule.setting);
        for (number, visit) in rule.orders.iter().flatten().enumerate() {
            for complaint in complaints(&visit.expected, &gate.answer(&visit.request)) {
                writeln!(report, "{place}, {}, visit {number}: {complaint}", rule.name).unwrap();
            }
        }
    }
    assert!(report.is_empty(), "{} complaints\n{report}", report.lines().count());
}

impl Rule {
    fn new(material: &Material, file: &OneTokenFile, rule: &RuleFile) -> Self {
        let order = |id, services| visits(material, &file.shape, rule, id, services);
        let orders = [
            order("one", ["first", "second", "first", "second"]),
            order("two", ["second", "first", "second", "first"]),
        ];
        Self { name: rule.rule.clone(), setting: setting(material, file, rule), orders }
    }
}

/// Visits to these services with one token, which `id` tells from any other.
fn visits(material: &Material, shape: &str, rule: &RuleFile, id: &str, services: [&str; 4]) -> [Visit; 4] {
    let mut changes = rule.token.clone();
    changes.claims["jti"] = id.into();
    let token = token::mint(material.shape(shape), &changes, &material.scope());
    services.map(|service| Visit {
        request: Request::new(&RequestFile::default(), service, &token),
        expected: match service {
            "first" => Expected::Forwarded { grounds: "permitted".to_owned(), upstream: BTreeMap::new() },
            _ => material.refusal(&rule.expect, None),
        },
    })
}

fn setting(material: &Material, file: &OneTokenFile, rule: &RuleFile) -> Setting {
    let mut document = file.document.clone();
    document::change(&mut document, "first", &rule.first);
    document::change(&mut document, "second", &rule.second);
    Setting { document: material.scope().resolve(&document).to_string(), clock: None, engine: Engine::Any }
}
