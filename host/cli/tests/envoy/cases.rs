//! The tables, with a listener for each config.

use crate::bootstrap;
use crate::process::Envoy;
use crate::support::file::Place;
use crate::support::proxied::Proxied;
use crate::support::table::{Material, Setting, Table};
use crate::support::upstream::Upstream;
use crate::support::{one_token, run};
use std::sync::Arc;

/// An Envoy in front of an upstream, with a listener for each of its settings.
struct Fleet<'s> {
    upstream: Arc<Upstream>,
    envoy: Envoy,
    settings: Vec<&'s Setting>,
}

impl<'s> Fleet<'s> {
    fn start(test: &str, settings: impl Iterator<Item = &'s Setting>) -> Self {
        let (upstream, settings) = (Arc::new(Upstream::start()), settings.collect::<Vec<_>>());
        let envoy = Envoy::start(test, &bootstrap::listeners(upstream.address, &settings));
        Self { upstream, envoy, settings }
    }

    fn gate(&self, setting: &Setting) -> Proxied {
        assert_eq!(setting.clock, None, "Envoy's clock cannot be set: skips.json must name the case");
        let number = self.settings.iter().position(|known| *known == setting).unwrap();
        let address = self.envoy.listeners[&number.to_string()];
        Proxied {
            address,
            upstream: Arc::clone(&self.upstream),
            audit: Arc::clone(&self.envoy.audit),
            filter: None,
        }
    }
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn every_case_has_the_expected_answer_in_envoy_cold_and_warm() {
    let table = Table::of(Place::Envoy, &Material::load());
    let groups = table.groups(Place::Envoy);
    let fleet = Fleet::start("cases", groups.keys().copied());
    run::run("envoy", &groups, |setting| fleet.gate(setting));
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn one_token_and_two_services_that_differ_in_each_rule_give_the_same_answers_warm_and_cold_in_envoy() {
    let rules = one_token::rules(&Material::load());
    let fleet = Fleet::start("one-token", rules.iter().map(|rule| &rule.setting));
    one_token::check("envoy", &rules, |setting| fleet.gate(setting));
}
