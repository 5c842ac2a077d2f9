//! What `backprop` has to do.

use super::*;
use hints::{found, slope, uniform};

#[path = "../hints.rs"]
mod hints;

/// The thesis's network 3-2-3-2, its weights drawn from -1 to 1.
fn network(seed: u64) -> Vec<Layer> {
    let mut draw = uniform(seed);
    let mut row = |count: usize| -> Vec<f64> { (0..count).map(|_| 2.0 * draw() - 1.0).collect() };
    let shapes = [(3, 2), (2, 3), (3, 2)];
    let mut layer = |(inputs, units): (usize, usize)| Layer {
        weights: (0..units).map(|_| row(inputs)).collect(),
        biases: row(units),
    };
    shapes.map(&mut layer).into()
}

fn answers(z: &[f64]) -> Vec<f64> {
    z.iter().copied().map(sigmoid).collect()
}

fn cost(a: &[f64], y: &[f64]) -> f64 {
    a.iter().zip(y).map(|(a, y)| (y - a).powi(2) / 2.0).sum()
}

/// `numbers` with the one at `place` changed.
fn with(numbers: &[f64], place: usize, number: f64) -> Vec<f64> {
    numbers.iter().enumerate().map(|(i, old)| if i == place { number } else { *old }).collect()
}

fn each<const N: usize>(z: [f64; N], value: impl Fn(usize, f64) -> f64) -> Vec<f64> {
    z.iter().enumerate().map(|(i, z)| value(i, *z)).collect()
}

#[test]
fn the_last_delta_is_how_the_cost_follows_z() {
    for (z, y) in [([0.3, -1.2], [1.0, 0.0]), ([2.0, 0.6], [0.0, 1.0])] {
        let expected = each(z, |i, at| slope(|moved| cost(&answers(&with(&z, i, moved)), &y), at));
        let error = |i: usize| sigmoid(z[i]) - y[i];
        found(format!("last_delta({z:?}, {y:?})"), last_delta(&z, &y))
            .mistake(each(z, |i, _| error(i)), "this is a_L - y, and the factor sigma'(z_L) is missing")
            .mistake(
                each(z, |i, z| -derivative(z) * error(i)),
                "the sign: C grows where a_L is above y, so it is a_L - y",
            )
            .mistake(each(z, |i, z| derivative(sigmoid(z)) * error(i)), "sigma' was taken at a instead of z")
            .mistake(each(z, |i, z| 2.0 * derivative(z) * error(i)), "twice too much: the cost here is 1/2 ||y - a||^2")
            .is(expected);
    }
}

#[test]
fn a_delta_is_how_the_next_layer_follows_z() {
    let next = [vec![0.5, -1.0, 2.0], vec![1.5, 0.25, -0.75]];
    for (z, next_delta) in [([0.3, -1.2, 0.8], [0.2, -0.1]), ([1.0, 0.1, -0.4], [-1.0, 3.0])] {
        // What the deltas behind make of this layer's answers: a number whose slopes in z are the deltas here.
        let pulled = |z: &[f64]| {
            let a = answers(z);
            let sums = next.iter().map(|row| row.iter().zip(&a).map(|(weight, a)| weight * a).sum::<f64>());
            sums.zip(next_delta).map(|(sum, delta)| sum * delta).sum::<f64>()
        };
        let expected = each(z, |k, at| slope(|moved| pulled(&with(&z, k, moved)), at));
        let back = |k: usize| expected[k] / derivative(z[k]);
        let ahead = |k: usize| if k < 2 { next[k][0] * next_delta[0] + next[k][1] * next_delta[1] } else { 0.0 };
        found(format!("delta({z:?}, weights, {next_delta:?})"), delta(&z, &next, &next_delta))
            .mistake(each(z, |k, _| back(k)), "this is W^T delta, and the factor sigma'(z_l) is missing")
            .mistake(each(z, |k, z| derivative(sigmoid(z)) * back(k)), "sigma' was taken at a instead of z")
            .mistake(
                each(z, |k, z| derivative(z) * ahead(k)),
                "this is W instead of its transpose: unit k gathers column k, the weights that lead away from it",
            )
            .is(expected);
    }
}

#[test]
fn the_gradient_of_a_weight_is_delta_behind_it_times_a_before_it() {
    for (delta, before) in [(vec![0.5, -1.0], vec![1.0, 2.0, 3.0]), (vec![3.0, 0.25, 1.0], vec![-4.0, 0.5])] {
        let gradient = weights_gradient(&delta, &before);
        let shape = [gradient.len() as f64, gradient.first().map_or(0, Vec::len) as f64];
        found("the rows and columns of weights_gradient", shape)
            .mistake([before.len() as f64, delta.len() as f64], "this is the transpose: a row per unit, as W has")
            .is([delta.len() as f64, before.len() as f64]);
        for (j, row) in gradient.iter().enumerate() {
            let sum: f64 = before.iter().sum();
            found(
                format!("the sum over row {j} of weights_gradient({delta:?}, {before:?})"),
                [row.iter().sum::<f64>()],
            )
            .is([delta[j] * sum]);
        }
    }
}

#[test]
fn the_whole_gradient_is_how_the_cost_follows_every_weight() {
    let (x, y) = ([0.1, 0.9, 0.4], [1.0, 0.0]);
    for seed in 1..=3 {
        let gradient = backward(&network(seed), &x, &y);
        for (l, layer) in network(seed).iter().enumerate() {
            for (j, row) in layer.weights.iter().enumerate() {
                for (k, weight) in row.iter().enumerate() {
                    let moved = |weight: f64| {
                        let mut layers = network(seed);
                        layers[l].weights[j][k] = weight;
                        let z = forward(&layers, &x);
                        cost(&answers(&z[2]), &y)
                    };
                    // Times a thousand: far from the last layer the slopes are small.
                    let call = format!("1000 dC/dW_{j}{k} of layer {}", l + 1);
                    found(call, [1e3 * gradient[l].weights[j][k]]).is([1e3 * slope(moved, *weight)]);
                }
            }
        }
    }
}
