//! Which values each activation takes, and what it answers on average.

use crate::activations::{FUNCTIONS, Formula, RangeEnd, named};
use crate::prelude::*;

/// Beyond this, rounding turns values that are only near an end into the end itself.
const NEAR: f64 = 15.0;
/// As far as the search for infinite ends goes; the leaky ReLU is then at -1e4.
const FAR: f64 = 1e6;
const LARGE: f64 = 1e3;

pub(super) fn found_numerically(findings: &mut Findings) {
    let (mut off, mut short, mut wrong) = (0.0_f64, f64::INFINITY, 0);
    for function in &FUNCTIONS {
        let (wide, near) = (extremes(function, &wide_grid()), extremes(function, &near_grid()));
        for (end, far, near) in [(function.range.low, wide.0, near.0), (function.range.high, wide.1, near.1)] {
            let (limit, is_taken) = match end {
                RangeEnd::Infinite => {
                    short = short.min(far.abs());
                    continue;
                }
                RangeEnd::Open(limit) => (limit, false),
                RangeEnd::Closed(limit) => (limit, true),
            };
            off = larger(off, (far - limit).abs());
            wrong += usize::from((near == limit) != is_taken);
        }
    }
    findings
        .claim("The ends of the values found are those of the stated range: largest difference", off, AtMost(1e-12))
        .claiming("Where the range has no end, values grow beyond 1000: least of them at |x| = 1e6")
        .is(short, AtLeast(LARGE))
        .claiming("Ends stated as taken are, others are not (for |x| up to 15, before rounding hides it): wrong ends")
        .is(wrong as f64, AtMost(0.0));
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

/// The mean answer to standard normal inputs is 0 for what is called zero-centered; of SELU the variance is theirs, too.
pub(super) fn center(findings: &mut Findings) {
    let mean = |function: &Formula| normal_mean(1.0, function.value);
    let variance = |function: &Formula| normal_mean(1.0, |x| (function.value)(x).powi(2)) - mean(function).powi(2);
    // The trapezium rule is exact to rounding for smooth functions and to 1e-6 for those with a kink.
    let wrong = FUNCTIONS.iter().filter(|function| (mean(function).abs() < 1e-5) != function.zero_centered).count();
    let selu = named("SELU").map_or(f64::NAN, variance);
    findings.claim("Zero-centered are those stated to be, no others: wrong ones", wrong as f64, AtMost(0.0)).claim(
        "SELU gives standard normal inputs back with variance 1",
        selu,
        Near(1.0, 1e-5),
    );
}
