//! Every key of a set is either prepared or named in a warning.
#![no_main]
use claimgate_policy::json::{Limits, Value};
use claimgate_policy::keys::KeySet;

libfuzzer_sys::fuzz_target!(|document: &[u8]| {
    if let Ok((keys, warnings)) = KeySet::from_jwks(document) {
        let value = Value::parse(document, &Limits::CONFIG).expect("a set that was read is JSON");
        let entries = value.get("keys").and_then(Value::as_array).map_or(0, <[Value]>::len);
        assert_eq!(keys.len() + warnings.len(), entries);
    }
});
