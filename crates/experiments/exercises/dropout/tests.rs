//! What `dropout` has to do.

use super::*;
use hints::{found, slope, uniform};

#[path = "../hints.rs"]
mod hints;

#[test]
fn the_mean_over_many_masks_is_the_value_itself() {
    for (p, value) in [(0.2, 3.0), (0.3, -2.0), (0.75, 8.0)] {
        // A thousand numbers, evenly from 0 to 1.
        let numbers: Vec<f64> = (0..1000).map(|i| (f64::from(i) + 0.5) / 1000.0).collect();
        let passed = Dropout { p }.train(&vec![value; 1000], &numbers);
        found(format!("the mean of {value} behind dropout of {p}"), [passed.iter().sum::<f64>() / 1000.0])
            .mistake([value * (1.0 - p)], "what is kept has to be scaled up: the factor 1/(1 - p) is missing")
            .mistake([value * p / (1.0 - p)], "this drops with probability 1 - p: keep where the number is p or more")
            .mistake([value * (1.0 - p) / p], "divided by p, the share of the dropped; 1 - p is the share of the kept")
            .mistake([value * (1.0 - p).powi(2)], "multiplied by 1 - p; to make up for the dropped, divide")
            .mistake([value / (1.0 - p)], "nothing is dropped")
            .is([value]);
    }
}

#[test]
fn dropped_is_what_has_a_number_below_p() {
    for seed in 1..4 {
        let mut draw = uniform(seed);
        let numbers: Vec<f64> = (0..12).map(|_| draw()).collect();
        let kept = |keeps: &dyn Fn(f64) -> bool| -> Vec<f64> {
            numbers.iter().map(|number| f64::from(u8::from(keeps(*number)))).collect()
        };
        let passed = Dropout { p: 0.4 }.train(&[1.5; 12], &numbers);
        let ones: Vec<f64> = passed.iter().map(|value| f64::from(u8::from(*value != 0.0))).collect();
        found("which of twelve are kept (1) by dropout of 0.4", ones)
            .mistake(
                kept(&|number| number < 0.4),
                "this drops with probability 1 - p: keep where the number is p or more",
            )
            .mistake(
                kept(&|number| number >= 0.6),
                "this drops with probability 1 - p: keep where the number is p or more",
            )
            .is(kept(&|number| number >= 0.4));
    }
}

#[test]
fn prediction_changes_nothing() {
    for (p, values) in [(0.5, [1.0, -2.0, 4.0]), (0.2, [0.0, 3.0, 9.0])] {
        let times = |factor: f64| values.map(|value| value * factor);
        found(format!("predict({values:?}) with p = {p}"), Dropout { p }.predict(&values))
            .mistake(
                times(1.0 - p),
                "training has scaled already (inverted dropout), so prediction must not scale again",
            )
            .mistake(times(1.0 / (1.0 - p)), "only training scales up, as only training drops")
            .is(values);
    }
}

#[test]
fn the_gradient_goes_through_the_same_mask() {
    let (values, upstream) = ([0.5, -1.0, 2.0, 4.0], [1.0, 3.0, -2.0, 0.5]);
    let numbers = [0.1, 0.8, 0.35, 0.6];
    for p in [0.2, 0.5] {
        let dropout = Dropout { p };
        let cost =
            |values: &[f64]| dropout.train(values, &numbers).iter().zip(upstream).map(|(a, g)| a * g).sum::<f64>();
        let expected: [f64; 4] = std::array::from_fn(|i| {
            let moved = |value: f64| {
                let mut values = values;
                values[i] = value;
                cost(&values)
            };
            slope(moved, values[i])
        });
        found(format!("backward({upstream:?}, {numbers:?}) with p = {p}"), dropout.backward(&upstream, &numbers))
            .mistake(upstream.map(|g| g / (1.0 - p)), "the mask is missing: what was dropped gets no gradient")
            .mistake(upstream, "this is the gradient as it came: mask and factor are missing")
            .mistake(expected.map(|g| g * (1.0 - p)), "the factor of the forward pass is missing: 1/(1 - p) here, too")
            .is(expected);
    }
}
