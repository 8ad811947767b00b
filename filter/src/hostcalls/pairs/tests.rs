use super::{Pairs, Truncated, encode};

type Pair<'a> = (&'a [u8], &'a [u8]);

fn decode(map: &[u8]) -> Result<Vec<Pair<'_>>, Truncated> {
    Pairs::new(map)?.collect()
}

fn samples() -> Vec<Vec<Pair<'static>>> {
    vec![
        vec![],
        vec![(b"", b"")],
        vec![(b":path", b"/"), (b"x", b""), (b"", b"y")],
        vec![(b"name\xff", b"\x80value"), (b"twice", b"1"), (b"twice", b"2"), (b"zero", b"a\0b")],
    ]
}

#[test]
fn what_was_encoded_is_decoded() {
    for pairs in samples() {
        let map = encode(&pairs).unwrap();
        assert_eq!(decode(&map), Ok(pairs));
    }
}

#[test]
fn the_layout_is_the_abi_s() {
    let map = encode(&[(b"ab", b"c")]).unwrap();
    assert_eq!(map, b"\x01\0\0\0\x02\0\0\0\x01\0\0\0ab\0c\0");
}

#[test]
fn no_bytes_and_a_count_of_zero_are_both_an_empty_map() {
    assert_eq!(decode(b""), Ok(vec![]));
    assert_eq!(decode(b"\0\0\0\0"), Ok(vec![]));
}

#[test]
fn a_map_that_is_cut_anywhere_is_refused() {
    for map in samples().iter().map(|pairs| encode(pairs).unwrap()) {
        for end in 1..map.len() {
            assert_eq!(decode(&map[..end]), Err(Truncated), "{end} of {} bytes", map.len());
        }
    }
}

#[test]
fn bytes_behind_the_last_pair_are_ignored() {
    let mut map = encode(&[(b"a", b"b")]).unwrap();
    map.extend_from_slice(b"padding");
    assert_eq!(decode(&map), Ok(vec![(&b"a"[..], &b"b"[..])]));
}

#[test]
fn lengths_beyond_the_buffer_are_refused() {
    for map in [
        &b"\xff\xff\xff\xff"[..],
        b"\xff\xff\xff\xff\0\0\0\0",
        b"\x01\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\0\0",
        b"\x01\0\0\0\0\0\0\0\xff\xff\xff\x7f\0\0",
    ] {
        assert_eq!(decode(map), Err(Truncated));
    }
}

/// Every byte of a sound map in turn takes every value: decoding ends, in pairs that lie inside of the buffer.
#[test]
fn no_changed_byte_leads_outside_of_the_buffer() {
    for original in samples().iter().map(|pairs| encode(pairs).unwrap()) {
        for (index, value) in (0..original.len()).flat_map(|index| (0..=255).map(move |value| (index, value)))
        {
            let mut map = original.clone();
            map[index] = value;
            let total: usize =
                decode(&map).unwrap_or_default().iter().map(|(name, value)| name.len() + value.len()).sum();
            assert!(total <= map.len());
        }
    }
}

#[test]
fn nothing_comes_after_a_truncated_pair() {
    let map = b"\x02\0\0\0\x7f\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    let results: Vec<_> = Pairs::new(map).unwrap().collect();
    assert_eq!(results, [Err(Truncated)]);
}
