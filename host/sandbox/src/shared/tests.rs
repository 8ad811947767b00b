use super::{SharedData, SharedDataError};

use bytes::Bytes;

#[test]
fn a_value_is_seen_under_its_vm_id_only() {
    let data = SharedData::default();
    let cas = data.set("vm", b"key", value("1"), 0).unwrap();
    assert_eq!(data.get("vm", b"key"), Some((value("1"), cas)));
    assert_eq!(data.get("other", b"key"), None);
    assert_eq!(data.get("vm", b"other"), None);
}

#[test]
fn zero_writes_without_a_check_and_a_stale_number_does_not() {
    let data = SharedData::default();
    let first = data.set("vm", b"key", value("1"), 0).unwrap();
    let second = data.set("vm", b"key", value("2"), 0).unwrap();
    let refused = data.set("vm", b"key", value("3"), first);
    assert_eq!(refused, Err(SharedDataError::CasMismatch { expected: second, found: first }));
    assert!(data.set("vm", b"key", value("3"), second).is_ok());
}

#[test]
fn a_number_on_an_absent_key_writes() {
    assert!(SharedData::default().set("vm", b"key", value("1"), 77).is_ok());
}

#[test]
fn the_number_is_process_wide_and_skips_zero() {
    let data = SharedData::default();
    let first = data.set("a", b"key", value("1"), 0).unwrap();
    let second = data.set("b", b"key", value("1"), 0).unwrap();
    assert!(second > first);
    data.store.write().unwrap().last_cas = u32::MAX;
    assert_eq!(data.set("a", b"key", value("2"), 0), Ok(1));
}

#[test]
fn removal_obeys_the_number() {
    let data = SharedData::default();
    let cas = data.set("vm", b"key", value("1"), 0).unwrap();
    assert!(data.remove("vm", b"key", cas.wrapping_add(1)).is_err());
    assert_eq!(data.remove("vm", b"key", cas), Ok(true));
    assert_eq!(data.remove("vm", b"key", 0), Ok(false));
}

#[test]
fn a_full_store_refuses_and_takes_again_after_a_removal() {
    let data = SharedData::holding(1 << 20);
    let big = Bytes::from(vec![0; (1 << 20) - 1_000]);
    data.set("vm", b"big", big, 0).unwrap();
    let more = Bytes::from(vec![0; 2_000]);
    assert!(matches!(data.set("vm", b"key", more.clone(), 0), Err(SharedDataError::Full { .. })));
    assert_eq!(data.remove("vm", b"big", 0), Ok(true));
    assert!(data.set("vm", b"key", more, 0).is_ok());
}

fn value(text: &'static str) -> Bytes {
    Bytes::from_static(text.as_bytes())
}
