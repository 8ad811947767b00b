//! Heads of requests that bring no token.

use super::random::Random;
use super::{RawRequest, pair};

/// Heads without a token that are too much or not what heads are.
pub(super) fn heads() -> Vec<RawRequest> {
    let million = || vec![b'a'; 1 << 20];
    let one = |name: &str, header: &[u8], value: &[u8]| {
        RawRequest::get(name, vec![(header.to_vec(), value.to_vec())], &[401]).beyond_http()
    };
    let targeted = |name: &str, target: Vec<u8>, expected: &'static [u16]| {
        RawRequest { target, ..RawRequest::get(name, vec![], expected) }.beyond_http()
    };
    let numbered = |number: usize| pair(&format!("x-{number}"), number.to_string());
    let all_bytes: Vec<u8> = (1..=255).filter(|byte| !b"\r\n".contains(byte)).collect();
    vec![
        RawRequest::get("10,000 headers", (0..10_000).map(numbered).collect(), &[401]).beyond_http(),
        RawRequest::get("10,000 identity headers", vec![pair("x-consumer-id", "forged"); 10_000], &[401])
            .beyond_http(),
        RawRequest::get("10,000 headers without names", vec![pair("", ""); 10_000], &[401]).beyond_http(),
        one("a token of 1 MB", b"authorization", &[&b"Bearer "[..], &million()].concat()),
        one("an authorization of 1 MB", b"authorization", &million()),
        one("1 MB of spaces in authorization", b"authorization", &vec![b' '; 1 << 20]),
        one("1 MB of commas in authorization", b"authorization", &vec![b','; 1 << 20]),
        one("a cookie of 1 MB", b"cookie", &[&b"session="[..], &million()].concat()),
        one("1 MB of semicolons in a cookie", b"cookie", &vec![b';'; 1 << 20]),
        one("a header of 1 MB", b"x-other", &million()),
        one("a name of 1 MB", &million(), b"1"),
        targeted("a path of 1 MB", [&b"/orders/"[..], &million()].concat(), &[401]),
        targeted(
            "1 MB of segments",
            b"/orders".iter().copied().chain(b"/a".repeat(1 << 19)).collect(),
            &[401],
        ),
        targeted("1 MB of dots in the path", [&b"/orders/"[..], &b"../".repeat(1 << 18)].concat(), &[400]),
        targeted("1 MB of escapes", [&b"/orders/"[..], &b"%2e".repeat(1 << 18)].concat(), &[400]),
        targeted("a query of 1 MB", [&b"/orders?access_token="[..], &million()].concat(), &[401]),
        targeted("1 MB of parameters", [&b"/orders?"[..], &b"a=b&".repeat(1 << 18)].concat(), &[401]),
        targeted("a path that is not UTF-8", b"/orders/\xff\xfe".to_vec(), &[400]),
        targeted("a NUL in the path", b"/orders/\0".to_vec(), &[400]),
        targeted("a path that is no path", b"orders".to_vec(), &[400]),
        targeted("an empty target", b"".to_vec(), &[400]),
        one("a name that is not UTF-8", b"x-\xff\xfe", b"1"),
        one("a name that is half of UTF-8", b"x-\xc3(", b"1"),
        one("a NUL in a name", b"x-\0", b"1"),
        one("an empty name", b"", b"1"),
        one("an empty authorization", b"authorization", b""),
        one("an authorization that is not UTF-8", b"authorization", b"Bearer \xff\xfe.\xc3(.\x80"),
        one("a NUL in authorization", b"authorization", b"Bearer a.b\0.c"),
        one("a cookie that is not UTF-8", b"cookie", b"session=\xff\xfe"),
        one("every byte in a header", b"x-other", &all_bytes),
        // A comma is among them.
        RawRequest {
            expected: &[400],
            ..one("every byte in authorization", b"authorization", &[&b"Bearer "[..], &all_bytes].concat())
        },
        RawRequest { method: vec![b'A'; 1 << 20], ..one("a method of 1 MB", b"x-other", b"1") },
        RawRequest { method: b"G\xffT".to_vec(), ..one("a method that is not UTF-8", b"x-other", b"1") },
    ]
}

/// Heads with random names and values, and no token.
pub(super) fn random_heads(seed: u64) -> Vec<RawRequest> {
    let mut random = Random(seed ^ u64::MAX);
    let mut head = |number: usize| {
        let headers = (0..random.below(20)).map(|_| (random.bytes(40), random.bytes(400))).collect();
        RawRequest::get(format!("seed {seed}, random head {number}"), headers, &[401]).beyond_http()
    };
    (0..RANDOM).map(&mut head).collect()
}

/// How many random heads there are for a seed.
const RANDOM: usize = 50;
