//! A sealed bucket that opens is the one that its records seal to: a record has one spelling.
#![no_main]
use claimgate_policy::registry::{MacKey, open, seal};
use hmac::{Hmac, Mac};

libfuzzer_sys::fuzz_target!(|content: &[u8]| {
    let key = MacKey::new(&[7; 32]);
    let empty = seal(&[], &key).expect("an empty bucket");
    assert_eq!(sealed(&empty[..empty.len() - 16]), empty, "this target seals as the codec does");
    if let Ok(records) = open(&sealed(content), &key) {
        assert_eq!(seal(&records, &key), Ok(sealed(content)));
    }
});

/// Random bytes never have the right MAC, so it is put behind them here.
fn sealed(content: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&[7; 32]).expect("any length is a key");
    mac.update(b"claimgate registry bucket\0");
    mac.update(content);
    [content, &mac.finalize().into_bytes()[..16]].concat()
}
