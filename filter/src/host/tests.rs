use super::HostError;

#[test]
fn only_status_zero_is_success() {
    assert_eq!(HostError::check(0), Ok(()));
    for status in (i32::MIN..=-1).step_by(1 << 24).chain(1..=64).chain([i32::MAX]) {
        assert!(HostError::check(status).is_err(), "status {status}");
    }
}

#[test]
fn an_unlisted_status_keeps_its_number() {
    assert_eq!(HostError::check(12), Err(HostError::Other(12)));
    assert_eq!(HostError::Other(12).to_string(), "status 12");
}
