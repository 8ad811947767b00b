use super::{AT_ONCE, EngineEntropy};
use claimgate_policy::world::Entropy;

#[test]
fn every_byte_of_a_long_request_is_filled() {
    let mut long = vec![0; AT_ONCE * 2 + 1];
    let mut source = EngineEntropy::default();
    source.fill(&mut long);
    assert!(source.sound().is_ok());
    // 32 zero bytes in a row have a chance of 2^-240.
    assert!(long.chunks(32).all(|chunk| chunk.len() < 32 || chunk.iter().any(|byte| *byte != 0)));
}

#[test]
fn two_draws_differ() {
    assert_ne!(EngineEntropy::bytes::<16>(), EngineEntropy::bytes::<16>());
}

#[test]
fn a_source_that_failed_once_is_not_sound() {
    let mut source = EngineEntropy { failed: true };
    source.fill(&mut [0; 8]);
    assert!(source.sound().is_err());
}
