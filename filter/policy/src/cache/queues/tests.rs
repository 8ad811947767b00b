use super::*;
use alloc::vec::Vec;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// A cache for a hundred values of size 1.
fn hundred() -> Queues<u128> {
    Queues::new(100)
}

fn ask(queues: &mut Queues<u128>, key: u128) -> bool {
    let hit = queues.touch(key).is_some();
    if !hit {
        queues.insert(key, key, 1);
    }
    hit
}

fn hits(queues: &mut Queues<u128>, keys: impl Iterator<Item = u128>) -> usize {
    keys.filter(|key| ask(queues, *key)).count()
}

#[test]
fn keeps_everything_while_there_is_room() {
    let mut queues = hundred();
    assert_eq!(hits(&mut queues, 0..100), 0);
    assert_eq!(hits(&mut queues, 0..100), 100);
    assert_eq!((queues.len(), queues.bytes()), (100, 100));
}

#[test]
fn keeps_what_is_used_through_a_flood_of_newcomers() {
    let mut queues = hundred();
    hits(&mut queues, (0..80).chain(0..80));
    hits(&mut queues, 1_000..101_000);
    assert_eq!(hits(&mut queues, 0..80), 80);
}

#[test]
fn takes_in_a_new_set_that_replaces_the_old_one_at_once() {
    let mut queues = hundred();
    for _ in 0..10 {
        hits(&mut queues, 0..90);
    }
    for _ in 0..8 {
        hits(&mut queues, 1_000..1_090);
    }
    let found = hits(&mut queues, 1_000..1_090);
    assert!(found >= 80, "{found} of 90");
}

#[test]
fn does_not_keep_a_burst_for_ever() {
    let mut queues = hundred();
    for _ in 0..1_000 {
        ask(&mut queues, 1);
    }
    for round in 1_u128..8 {
        hits(&mut queues, (0..400).flat_map(|key| [round * 1_000 + key; 2]));
    }
    assert!(!ask(&mut queues, 1));
}

#[test]
fn replaces_a_value_in_its_place() {
    let mut queues = hundred();
    queues.insert(1, 10, 5);
    queues.insert(1, 11, 7);
    assert_eq!((queues.len(), queues.bytes(), queues.touch(1).copied()), (1, 7, Some(11)));
}

#[test]
fn stays_within_its_bytes_whatever_comes() {
    let mut random = StdRng::seed_from_u64(3);
    let mut queues = Queues::new(1_000);
    for _ in 0..50_000 {
        let key = u128::from(random.gen_range(0..400_u32));
        if random.gen_bool(0.5) {
            queues.touch(key);
        } else {
            queues.insert(key, key, random.gen_range(1..60));
        }
        check(&queues);
    }
}

/// What must hold after every operation.
fn check(queues: &Queues<u128>) {
    let held = |proven: bool| {
        let held = queues.places.values().filter_map(|place| match place {
            Place::Held(held) => (held.proven == proven).then_some(held.size),
            Place::Remembered => None,
        });
        let sizes: Vec<usize> = held.collect();
        (sizes.len(), sizes.into_iter().sum::<usize>())
    };
    assert!(queues.bytes() <= queues.capacity);
    assert_eq!(held(false), (queues.probation.keys.len(), queues.probation.bytes));
    assert_eq!(held(true), (queues.proven.keys.len(), queues.proven.bytes));
    assert!(queues.places.len() <= queues.len().saturating_mul(2), "memory is bounded too");
}
