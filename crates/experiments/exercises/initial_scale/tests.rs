//! What `initial_scale` has to do.

use super::*;
use hints::{found, uniform};

#[path = "../hints.rs"]
mod hints;

const SHAPES: [Shape; 3] =
    [Shape { inputs: 784, outputs: 16 }, Shape { inputs: 16, outputs: 26 }, Shape { inputs: 3, outputs: 200 }];

/// Numbers of mean 0 and variance 1: the sum of twelve uniform ones is as good as normal here.
fn normal(seed: u64) -> impl FnMut() -> f64 {
    let mut draw = uniform(seed);
    move || (0..12).map(|_| draw()).sum::<f64>() - 6.0
}

#[test]
fn xavier_keeps_the_variance_of_a_sum() {
    for shape in SHAPES {
        let (n, outputs) = (shape.inputs as f64, shape.outputs as f64);
        found(format!("n d^2 by Xavier from {n} to {outputs}"), [n * xavier(&shape).powi(2)])
            .mistake([1.0 / n], "this is the variance; the standard deviation is its root")
            .mistake([n / outputs], "this counts the outputs; a unit adds up its inputs")
            .mistake([2.0], "this is He's, for ReLU")
            .mistake(
                [2.0 * n / (n + outputs)],
                "this is Glorot's mean of inputs and outputs; the notes count inputs alone",
            )
            .is([1.0]);
    }
}

#[test]
fn he_makes_up_for_what_relu_takes() {
    for shape in SHAPES {
        let (n, outputs) = (shape.inputs as f64, shape.outputs as f64);
        found(format!("n d^2 by He from {n} to {outputs}"), [n * he(&shape).powi(2)])
            .mistake([1.0], "this is Xavier's: behind ReLU one half of the mean square is gone")
            .mistake([4.0 / n], "this is the variance; the standard deviation is its root")
            .mistake([2.0 * n / outputs], "this counts the outputs; a unit adds up its inputs")
            .is([2.0]);
    }
}

#[test]
fn every_weight_is_drawn_anew_row_by_row() {
    for (shape, deviation) in [(Shape { inputs: 3, outputs: 2 }, 0.5), (Shape { inputs: 2, outputs: 4 }, 3.0)] {
        let mut count = 0.0;
        let drawn = weights(&shape, deviation, &mut || {
            count += 1.0;
            count
        });
        let (rows, columns) = (shape.outputs, shape.inputs);
        found("the rows and columns of the weights", [drawn.len() as f64, drawn.first().map_or(0, Vec::len) as f64])
            .mistake(
                [columns as f64, rows as f64],
                "this is the transpose: a row per output, as long as there are inputs",
            )
            .is([rows as f64, columns as f64]);
        let numbers = |scale: f64| -> Vec<f64> { (1..=rows * columns).map(|i| scale * i as f64).collect() };
        found(format!("the weights of deviation {deviation} where `normal` counts 1, 2, 3, ..."), drawn.concat())
            .mistake(
                vec![deviation; rows * columns],
                "one number for all: units with equal weights stay equal for ever",
            )
            .mistake(numbers(1.0), "the deviation is missing")
            .mistake(numbers(deviation.powi(2)), "the deviation squared: the deviation is a root already")
            .is(numbers(deviation));
    }
}

#[test]
fn a_relu_network_of_ten_layers_stays_alive() {
    let (shape, mut normal) = (Shape { inputs: 100, outputs: 100 }, normal(1));
    let mean_square = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64;
    let mut values: Vec<f64> = (0..100).map(|_| normal()).collect();
    for _ in 0..10 {
        let rows = weights(&shape, he(&shape), &mut normal);
        let sum = |row: &Vec<f64>| row.iter().zip(&values).map(|(weight, value)| weight * value).sum::<f64>();
        values = rows.iter().map(|row| sum(row).max(0.0)).collect();
    }
    let left = mean_square(&values);
    assert!((0.2..5.0).contains(&left), "the mean square began at 1 and is {left:.2e} behind ten layers of ReLU");
}
