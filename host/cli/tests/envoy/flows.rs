//! The flows of `examples/flows` through Envoy.

use crate::support::flows::run;

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn a_caller_with_an_id_and_a_secret() {
    run("client-credentials", "envoy");
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn a_person_with_a_browser() {
    run("authorization-code", "envoy");
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn a_token_out_of_a_fragment() {
    run("implicit", "envoy");
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn a_name_and_a_password() {
    run("password", "envoy");
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn a_token_that_its_provider_alone_knows() {
    run("introspection", "envoy");
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn a_provider_that_changes_its_keys() {
    run("rotation", "envoy");
}
