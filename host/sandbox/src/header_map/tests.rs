use super::{HeaderMap, Pair};

use bytes::Bytes;

#[test]
fn get_answers_the_first_copy_and_ignores_case() {
    let map = map(&[("cookie", "a=1"), ("cookie", "b=2")]);
    assert_eq!(map.get("Cookie").unwrap(), "a=1");
    assert_eq!(map.get_all("COOKIE").collect::<Vec<_>>(), ["a=1", "b=2"]);
    assert_eq!(map.get("cookies"), None);
}

#[test]
fn set_replaces_every_copy_in_the_place_of_the_first() {
    let mut map = map(&[("a", "1"), ("x-user", "forged"), ("b", "2"), ("X-User", "forged too")]);
    map.set("x-user", "alice");
    assert_eq!(texts(&map), ["a: 1", "x-user: alice", "b: 2"]);
    map.set("new", "3");
    assert_eq!(texts(&map), ["a: 1", "x-user: alice", "b: 2", "new: 3"]);
}

#[test]
fn append_keeps_copies_and_remove_takes_them_all() {
    let mut map = map(&[("a", "1")]);
    map.append("a", "2");
    assert_eq!(texts(&map), ["a: 1", "a: 2"]);
    assert!(map.remove("A"));
    assert!(!map.remove("a"));
    assert!(map.is_empty());
}

#[test]
fn pseudo_headers_stay_in_front() {
    let mut map = map(&[("a", "1"), (":method", "GET"), ("b", "2")]);
    map.append(":path", "/");
    map.set(":authority", "h");
    assert_eq!(texts(&map), [":method: GET", ":path: /", ":authority: h", "a: 1", "b: 2"]);
}

#[test]
fn host_has_one_name() {
    let mut alone = map(&[("a", "1"), ("Host", "h")]);
    alone.fold_host();
    assert_eq!(texts(&alone), [":authority: h", "a: 1"]);

    let mut both = map(&[(":authority", "real"), ("host", "other")]);
    both.fold_host();
    assert_eq!(texts(&both), [":authority: real"]);
}

#[test]
fn byte_size_counts_names_and_values() {
    let map = map(&[("ab", "c"), ("d", "")]);
    assert_eq!((map.byte_size(), map.len()), (4, 2));
}

#[test]
fn debug_shows_no_values() {
    assert_eq!(format!("{:?}", map(&[("authorization", "Bearer secret")])), r#"["authorization"]"#);
}

fn map(pairs: &[(&str, &str)]) -> HeaderMap {
    let bytes = |text: &str| Bytes::copy_from_slice(text.as_bytes());
    pairs.iter().map(|(name, value)| -> Pair { (bytes(name), bytes(value)) }).collect()
}

fn texts(map: &HeaderMap) -> Vec<String> {
    let text = |bytes: &Bytes| String::from_utf8_lossy(bytes).into_owned();
    map.iter().map(|(name, value)| format!("{}: {}", text(name), text(value))).collect()
}
