//! The flows of `examples/flows` through this project's gateway.

use crate::support::flows::run;

#[test]
fn a_caller_with_an_id_and_a_secret() {
    run("client-credentials", "host");
}

#[test]
fn a_person_with_a_browser() {
    run("authorization-code", "host");
}

#[test]
fn a_token_out_of_a_fragment() {
    run("implicit", "host");
}

#[test]
fn a_name_and_a_password() {
    run("password", "host");
}

#[test]
fn a_token_that_its_provider_alone_knows() {
    run("introspection", "host");
}

#[test]
fn a_provider_that_changes_its_keys() {
    run("rotation", "host");
}
