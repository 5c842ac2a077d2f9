//! Which values each activation takes, and what it answers on average.

use crate::activations::{FUNCTIONS, Formula, RangeEnd, SELU_ALPHA, SELU_LAMBDA, selu};
use crate::prelude::*;

/// Beyond this, rounding turns values that are only near an end into the end itself.
const NEAR: f64 = 15.0;
/// As far as the search for infinite ends goes; the leaky ReLU is then at -1e4.
const FAR: f64 = 1e6;
const LARGE: f64 = 1e3;

pub(super) fn found_numerically(findings: &mut Findings) {
    let (mut off, mut short, mut wrong) = (0.0_f64, f64::INFINITY, 0);
    let mut rows = Vec::new();
    for function in &FUNCTIONS {
        let (wide, near) = (extremes(function, &wide_grid()), extremes(function, &near_grid()));
        for (end, far, near) in [(function.range.low, wide.0, near.0), (function.range.high, wide.1, near.1)] {
            match end {
                RangeEnd::Infinite => short = short.min(far.abs()),
                RangeEnd::Open(limit) => {
                    off = larger(off, (far - limit).abs());
                    wrong += usize::from(near == limit);
                }
                RangeEnd::Closed(limit) => {
                    off = larger(off, (far - limit).abs());
                    wrong += usize::from(near != limit);
                }
            }
        }
        rows.push(row![function.name, function.range.text, wide.0, wide.1]);
    }
    findings
        .claim("The ends of the values found are those of the stated range: largest difference", off, AtMost(1e-12))
        .claiming("Where the range has no end, values grow beyond 1000: least of them at |x| = 1e6")
        .is(short, AtLeast(LARGE))
        .claiming("Ends stated as taken are, others are not (for |x| up to 15, before rounding hides it): wrong ends")
        .is(wrong as f64, AtMost(0.0))
        .table("Values found for |x| up to 1e6", &["activation", "range", "least", "largest"], rows);
}

/// From 0 outwards both ways, evenly near it and then by constant factors.
fn wide_grid() -> Vec<f64> {
    let factors = 2000;
    let far = (0..=factors).map(|step| FAR.powf(f64::from(step) / f64::from(factors)));
    near_grid().into_iter().chain(far.flat_map(|x| [-x, x])).collect()
}

fn near_grid() -> Vec<f64> {
    (-1500..=1500).map(|step| NEAR * f64::from(step) / 1500.0).collect()
}

fn extremes(function: &Formula, grid: &[f64]) -> (f64, f64) {
    grid.iter()
        .map(|&x| (function.value)(x))
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}

/// The mean answer to standard normal inputs: 0 for what is called zero-centered.
pub(super) fn center(findings: &mut Findings) {
    let mut wrong = 0;
    let mut rows = Vec::new();
    for function in &FUNCTIONS {
        let mean = normal_mean(1.0, function.value);
        let square = normal_mean(1.0, |x| (function.value)(x).powi(2));
        // The trapezium rule is exact to rounding for smooth functions and to 1e-6 for those with a kink.
        wrong += usize::from((mean.abs() < 1e-5) != function.zero_centered);
        rows.push(row![function.name, mean, (square - mean * mean).sqrt()]);
    }
    let relu = normal_mean(1.0, |x| x.max(0.0));
    findings
        .claim("Zero-centered are those stated to be, no others: wrong ones", wrong as f64, AtMost(0.0))
        .claim("ReLU's mean answer to standard normal inputs is 1 / sqrt(2π)", relu, Near(0.398_942_28, 1e-5))
        .table("Answers to standard normal inputs", &["activation", "mean", "standard deviation"], rows);
}

/// SELU's two constants make a fixed point: what comes in standard normal goes out with mean 0 and variance 1. The table's rounded ones
/// have another, a little lower.
pub(super) fn self_normalizing(findings: &mut Findings) {
    let exact = |square| variance_after(square, SELU_LAMBDA, SELU_ALPHA);
    let rounded = |square| variance_after(square, 1.05, 1.67);
    // A lower variance is drawn toward the fixed point by the map's slope at 1, 0.783 (Klambauer et al. (2017) have 0.7826), so the
    // losses of all layers sum to the first one's over 1 less that. The map's curvature adds some percent of 1 - 0.986.
    let slope = (exact(1.0 + 1e-4) - exact(1.0 - 1e-4)) / 2e-4;
    let after_many = (0..200).fold(1.0, |square, _| rounded(square));
    findings
        .claim("SELU gives standard normal inputs back with variance 1", exact(1.0), Near(1.0, 1e-5))
        .claiming("The map of variances has the slope 0.7826 at 1, so that 1 draws in what is near it")
        .is(slope, Near(0.7826, 5e-4))
        .claiming("With the table's λ = 1.05 and α = 1.67 the variance settles below 1, after 200 layers")
        .is(after_many, Near(1.0 - (1.0 - rounded(1.0)) / (1.0 - 0.7826), 1e-3))
        .note(format!(
            "The table rounds SELU's λ = 1.0507 and α = 1.6733. With its constants standard normal values have \
             variance {:.4} after a layer, {:.4} after two, {:.4} after three, and {:.3} for good: nobody would see \
             it.",
            rounded(1.0),
            rounded(rounded(1.0)),
            rounded(rounded(rounded(1.0))),
            after_many
        ));
}

/// The variance of SELU's answers to normal values of mean 0 and this variance.
fn variance_after(square: f64, lambda: f64, alpha: f64) -> f64 {
    let answer = |x| selu(x, lambda, alpha);
    normal_mean(square, |x| answer(x).powi(2)) - normal_mean(square, answer).powi(2)
}
