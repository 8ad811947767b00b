use super::probe;
use crate::host::HostError;
use crate::host::double::Double;
use claimgate_policy::capabilities::Probed;

const SOURCE: &str = "source.address";
const CLAIMGATE: &str = "claimgate.host";

#[test]
fn each_engine_is_known_by_its_answers() {
    let found = || Ok(b"1".to_vec());
    for (source, claimgate, expected) in [
        (Err(HostError::NotFound), Err(HostError::NotFound), Probed::Envoy),
        (Err(HostError::NotFound), Err(HostError::InternalFailure), Probed::Envoy),
        (Err(HostError::NotFound), found(), Probed::Claimgate),
        (Err(HostError::InternalFailure), found(), Probed::Other),
        (Err(HostError::BadArgument), found(), Probed::Other),
        (Err(HostError::Other(12)), found(), Probed::Other),
        (found(), found(), Probed::Other),
    ] {
        let host = Double::new();
        host.has_property(SOURCE, source.clone());
        host.has_property(CLAIMGATE, claimgate.clone());
        assert_eq!(probe(&host), expected, "{SOURCE} {source:?}, {CLAIMGATE} {claimgate:?}");
    }
}

#[test]
fn an_engine_that_calls_the_first_question_a_failure_gets_no_second() {
    let host = Double::new();
    host.has_property(SOURCE, Err(HostError::InternalFailure));
    probe(&host);
    assert_eq!(host.asked(), [SOURCE]);
}
