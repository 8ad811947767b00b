//! The policy without an engine.

use crate::support::file::Place;
use crate::support::native::Native;
use crate::support::table::{Material, Table};
use crate::support::{one_token, run};

#[test]
fn every_case_has_the_expected_answer_natively_cold_and_warm() {
    let table = Table::of(Place::Native, &Material::load());
    run::run("native", &table.groups(Place::Native), Native::new);
}

#[test]
fn one_token_and_two_services_that_differ_in_each_rule_give_the_same_answers_warm_and_cold_natively() {
    one_token::check("native", &one_token::rules(&Material::load()), Native::new);
}
