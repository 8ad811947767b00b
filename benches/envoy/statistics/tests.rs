use super::{Estimate, FEWEST, MOST, outside};

fn numbers(count: u32) -> Vec<f64> {
    (1..=count).map(f64::from).collect()
}

/// Of 1, 2, ... `count`, so that the bounds are ranks.
fn ranks(count: u32) -> (f64, f64, f64) {
    let Estimate { low, median, high } = Estimate::of(numbers(count)).unwrap();
    (low, median, high)
}

#[test]
fn the_interval_has_the_ranks_that_the_sign_test_gives() {
    // The same as in printed tables of the sign test, two-sided at 10 %.
    for (count, rank) in
        [(5, 1), (7, 1), (8, 2), (10, 2), (11, 3), (20, 6), (30, 11), (40, 15), (50, 19), (100, 42)]
    {
        let expected = (f64::from(rank), f64::from(count + 1) / 2.0, f64::from(count + 1 - rank));
        assert_eq!(ranks(count), expected, "{count} samples");
    }
}

#[test]
fn the_order_of_the_samples_does_not_matter() {
    let mut reversed = numbers(30);
    reversed.reverse();
    assert_eq!(Estimate::of(reversed), Estimate::of(numbers(30)));
}

#[test]
fn one_wild_sample_moves_the_interval_by_one_rank_at_most() {
    let mut wild = numbers(30);
    wild[3] = 1e9;
    let Estimate { low, median, high } = Estimate::of(wild).unwrap();
    assert_eq!((low, median, high), (12.0, 16.5, 21.0));
}

#[test]
fn too_few_samples_have_no_interval() {
    assert_eq!(Estimate::of(numbers(4)), None);
    assert_eq!(Estimate::of(Vec::new()), None);
    assert_eq!((outside(FEWEST - 1), outside(FEWEST)), (None, Some(0)));
}

#[test]
fn the_interval_holds_the_true_median_as_often_as_it_says() {
    // Every outcome of `count` coins that say on which side of the true median a sample lies.
    for count in 5..=20_usize {
        let outside = outside(count).unwrap();
        let held = (0..1_u32 << count).filter(|coins| {
            let below = coins.count_ones() as usize;
            below > outside && count - below > outside
        });
        let share = held.count() as f64 / f64::from(1_u32 << count);
        assert!((0.9..1.0).contains(&share), "{count} samples: {share}");
    }
}

#[test]
fn as_many_samples_as_are_allowed_have_an_interval() {
    let most = u32::try_from(MOST).unwrap();
    let (low, median, high) = ranks(most);
    assert_eq!(median, 500.5);
    assert_eq!((low, high), (474.0, 527.0));
}
