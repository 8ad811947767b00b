use super::{MacKey, MacKeyError, TAG_LEN};
use crate::shared::ValueError;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::format;
use std::string::String;
use std::vec::Vec;

const PLACE: &str = "claimgate/v1/shop/AAAA";

#[test]
fn what_was_sealed_opens_as_it_was() {
    for content in [Vec::new(), Vec::from(*b"content"), Vec::from([0; 1000])] {
        let sealed = key(1).seal(PLACE, content.clone());
        assert_eq!(key(1).open(PLACE, &sealed), Ok(&*content));
    }
}

#[test]
fn another_key_does_not_open() {
    let sealed = key(1).seal(PLACE, Vec::from(*b"content"));
    assert_eq!(key(2).open(PLACE, &sealed), Err(ValueError::Mac));
}

#[test]
fn a_value_means_nothing_in_another_place() {
    let sealed = key(1).seal(PLACE, Vec::from(*b"content"));
    for other in ["claimgate/v1/shop/AAAB", "claimgate/v1/shop/AAA", "claimgate/v1/shop/AAAAA", ""] {
        assert_eq!(key(1).open(other, &sealed), Err(ValueError::Mac), "{other}");
    }
}

#[test]
fn one_changed_bit_anywhere_does_not_open() {
    let sealed = key(1).seal(PLACE, Vec::from(*b"content"));
    for place in 0..sealed.len() {
        for bit in 0..8 {
            let mut changed = sealed.clone();
            changed[place] ^= 1 << bit;
            assert_eq!(key(1).open(PLACE, &changed), Err(ValueError::Mac), "bit {bit} of byte {place}");
        }
    }
}

#[test]
fn a_value_that_ends_early_does_not_open() {
    let sealed = key(1).seal(PLACE, Vec::from(*b"content"));
    for end in 0..sealed.len() {
        let expected = if end < TAG_LEN { ValueError::Truncated } else { ValueError::Mac };
        assert_eq!(key(1).open(PLACE, &sealed[..end]), Err(expected), "{end}");
    }
}

#[test]
fn a_key_is_32_bytes_that_differ_as_base64url_without_padding() {
    let mut bytes = [7; 32];
    bytes[0] = 0xfb;
    let text = URL_SAFE_NO_PAD.encode(bytes);
    assert!(text.starts_with("-w"), "the alphabet of URLs: {text}");
    let parsed = MacKey::parse(&text).unwrap();
    let sealed = parsed.seal(PLACE, Vec::from(*b"content"));
    assert_eq!(MacKey::new(&bytes).open(PLACE, &sealed), Ok(&b"content"[..]));
    let wrong = [
        String::new(),
        "secret".into(),
        format!("{text}="),
        text.replace('-', "+"),
        URL_SAFE_NO_PAD.encode(&bytes[..31]),
        URL_SAFE_NO_PAD.encode([bytes, bytes].concat()),
    ];
    for wrong in wrong {
        assert_eq!(MacKey::parse(&wrong).unwrap_err(), MacKeyError::Form, "{wrong}");
    }
    assert_eq!(MacKey::parse(&URL_SAFE_NO_PAD.encode([7; 32])).unwrap_err(), MacKeyError::Weak);
}

#[test]
fn a_key_does_not_show_itself() {
    assert_eq!(format!("{:?}", key(7)), "MacKey");
}

fn key(byte: u8) -> MacKey {
    MacKey::new(&[byte; 32])
}
