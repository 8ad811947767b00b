use super::{PairLimits, decode, encode, encode_into};
use crate::header_map::Pair;

use bytes::Bytes;

const LIMITS: PairLimits = PairLimits { bytes: 256, pairs: 4 };

#[test]
fn encodes_as_the_abi_says() {
    let bytes = encode(&[pair("a", "bc"), pair("d", "")]).unwrap();
    let expected =
        [&[2, 0, 0, 0][..], &[1, 0, 0, 0, 2, 0, 0, 0], &[1, 0, 0, 0, 0, 0, 0, 0], b"a\0bc\0d\0\0"].concat();
    assert_eq!(bytes, expected);
}

#[test]
fn decodes_what_it_encoded() {
    let lists: &[&[Pair]] = &[
        &[],
        &[pair("", "")],
        &[pair("cookie", "a=1"), pair("cookie", "b=2")],
        &[(Bytes::from_static(b"x\xff"), Bytes::from_static(b"\0\x01"))],
    ];
    for list in lists {
        assert_eq!(decode(&encode(list).unwrap(), LIMITS).unwrap(), *list);
    }
}

#[test]
fn no_bytes_are_the_empty_list() {
    assert_eq!(decode(b"", LIMITS).unwrap(), []);
}

#[test]
fn every_cut_and_every_surplus_is_malformed() {
    let bytes = encode(&[pair("name", "value"), pair("x", "y")]).unwrap();
    for end in 1..bytes.len() {
        assert_eq!(decode(&bytes[..end], LIMITS), None, "cut at {end}");
    }
    assert_eq!(decode(&[&bytes[..], b"\0"].concat(), LIMITS), None);
}

#[test]
fn a_missing_terminator_is_malformed() {
    let mut bytes = encode(&[pair("a", "b")]).unwrap();
    *bytes.last_mut().unwrap() = b'!';
    assert_eq!(decode(&bytes, LIMITS), None);
}

#[test]
fn lengths_that_lie_are_malformed() {
    assert_eq!(decode(&[255; 4], LIMITS), None);
    assert_eq!(decode(&[1, 0, 0, 0, 255, 255, 255, 255, 1, 0, 0, 0], LIMITS), None);
}

#[test]
fn limits_hold() {
    let five = vec![pair("a", "b"); 5];
    assert_eq!(decode(&encode(&five).unwrap(), LIMITS), None);
    let long = [pair("a", &"b".repeat(300))];
    assert_eq!(decode(&encode(&long).unwrap(), LIMITS), None);
}

#[test]
fn a_target_of_another_size_is_refused() {
    let list = [pair("a", "b")];
    assert_eq!(encode_into(&list, &mut [0; 15]), None);
    assert_eq!(encode_into(&list, &mut [0; 17]), None);
    assert_eq!(encode_into(&list, &mut [0; 16]), Some(()));
}

fn pair(name: &str, value: &str) -> Pair {
    (Bytes::copy_from_slice(name.as_bytes()), Bytes::copy_from_slice(value.as_bytes()))
}
