use super::*;

#[test]
fn keeps_a_thing_until_its_time_is_over() {
    let mut store = Store::new(9);
    store.put("a", 1, 10, 0);
    assert_eq!(store.get("a", 9), Some(&1));
    assert_eq!(store.get("a", 10), None);
    store.put("b", 2, 20, 10);
    assert_eq!(store.len(), 1);
}

#[test]
fn the_oldest_goes_when_there_is_no_room() {
    let mut store = Store::new(2);
    for name in ["a", "b", "c"] {
        store.put(name, name, 10, 0);
    }
    assert_eq!(["a", "b", "c"].map(|name| store.get(name, 0).copied()), [None, Some("b"), Some("c")]);
}

#[test]
fn a_thing_that_is_put_again_takes_no_more_room() {
    let mut store = Store::new(2);
    (0..9).for_each(|value| store.put("a", value, 10, 0));
    store.put("b", 9, 10, 0);
    assert_eq!([store.get("a", 0), store.get("b", 0)], [Some(&8), Some(&9)]);
}

#[test]
fn removed_things_leave_room() {
    let mut store = Store::new(2);
    store.put("a", 1, 10, 0);
    store.put("b", 2, 10, 0);
    assert_eq!(store.remove("a"), Some(1));
    store.put("c", 3, 10, 0);
    store.retain(|value| *value != 2);
    assert_eq!(["a", "b", "c"].map(|name| store.get(name, 0).copied()), [None, None, Some(3)]);
}
