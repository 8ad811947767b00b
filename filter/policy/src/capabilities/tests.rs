use super::{Capabilities, EngineChoice, EngineMismatch, Probed};

#[test]
fn an_unknown_engine_gets_the_strictest_rules() {
    assert_eq!(Capabilities::settle(EngineChoice::Auto, Probed::Other), Ok(Capabilities::NGINX));
}

#[test]
fn a_config_that_names_another_engine_is_refused() {
    for (configured, probed) in [
        (EngineChoice::Envoy, Probed::Other),
        (EngineChoice::Envoy, Probed::Claimgate),
        (EngineChoice::Claimgate, Probed::Envoy),
        (EngineChoice::Nginx, Probed::Envoy),
    ] {
        assert_eq!(Capabilities::settle(configured, probed), Err(EngineMismatch { configured, probed }));
    }
}

#[test]
fn a_config_that_names_the_engine_at_hand_is_accepted() {
    for (configured, probed) in [
        (EngineChoice::Envoy, Probed::Envoy),
        (EngineChoice::Claimgate, Probed::Claimgate),
        (EngineChoice::Nginx, Probed::Other),
        (EngineChoice::Auto, Probed::Envoy),
    ] {
        assert_eq!(Capabilities::settle(configured, probed), Ok(Capabilities::of(probed)));
    }
}
