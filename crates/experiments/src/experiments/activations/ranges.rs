//! Which values each activation takes, and what it answers on average.

use super::functions::{Activation, End, FUNCTIONS, SELU_ALPHA, SELU_LAMBDA, selu};
use crate::{Check, Findings, number};

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
                End::Infinite => short = short.min(far.abs()),
                End::Open(limit) => {
                    off = off.max((far - limit).abs());
                    wrong += usize::from(near == limit);
                }
                End::Closed(limit) => {
                    off = off.max((far - limit).abs());
                    wrong += usize::from(near != limit);
                }
            }
        }
        rows.push(vec![function.name.into(), function.range.text.into(), number(wide.0), number(wide.1)]);
    }
    findings
        .claim(
            "The ends of the values found are those of the stated range: largest difference",
            off,
            Check::AtMost(1e-12),
        )
        .claim(
            "Where the range has no end, values grow beyond 1000: least of them at |x| = 1e6",
            short,
            Check::AtLeast(LARGE),
        )
        .claim(
            "Ends stated as taken are, others are not (for |x| up to 15, before rounding hides it): wrong ends",
            wrong as f64,
            Check::AtMost(0.0),
        )
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

fn extremes(function: &Activation, grid: &[f64]) -> (f64, f64) {
    grid.iter()
        .map(|&x| (function.value)(x))
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}

/// The mean answer to standard normal inputs: 0 for what is called zero-centred.
pub(super) fn centre(findings: &mut Findings) {
    let mut wrong = 0;
    let mut rows = Vec::new();
    for function in &FUNCTIONS {
        let mean = normal_mean(function.value);
        let square = normal_mean(|x| (function.value)(x).powi(2));
        // The trapezium rule is exact to rounding for smooth functions and to 1e-6 for those with a kink.
        wrong += usize::from((mean.abs() < 1e-5) != function.zero_centred);
        rows.push(vec![function.name.into(), number(mean), number((square - mean * mean).sqrt())]);
    }
    let rounded = |x| selu(x, 1.05, 1.67);
    let exact = |x| selu(x, SELU_LAMBDA, SELU_ALPHA);
    let relu = normal_mean(|x| x.max(0.0));
    findings
        .claim("Zero-centred are those stated to be, no others: wrong ones", wrong as f64, Check::AtMost(0.0))
        .claim(
            "ReLU's mean answer to standard normal inputs is 1 / sqrt(2π)",
            relu,
            Check::Near { expected: 0.398_942_28, tolerance: 1e-5 },
        )
        .claim(
            "SELU gives standard normal inputs back with variance 1",
            normal_mean(|x| exact(x).powi(2)) - normal_mean(exact).powi(2),
            Check::Near { expected: 1.0, tolerance: 1e-5 },
        )
        .source_says(
            "SELU with the table's λ = 1.05 and α = 1.67 gives them back with variance 1",
            normal_mean(|x| rounded(x).powi(2)) - normal_mean(rounded).powi(2),
            Check::Near { expected: 1.0, tolerance: 1e-5 },
            "The table rounds λ = 1.0507 and α = 1.6733; the variance then shrinks by three tenths of a percent a layer, which nobody would see.",
        )
        .table(
            "Answers to standard normal inputs",
            &["activation", "mean", "standard deviation"],
            rows,
        );
}

/// The mean of `f(x)` for standard normal `x`, by the trapezium rule.
fn normal_mean(f: impl Fn(f64) -> f64) -> f64 {
    let (steps, reach) = (20_000, 10.0);
    let width = 2.0 * reach / f64::from(steps);
    let term = |step: i32| {
        // At a jump the rule wants the middle of both sides, and 0 lies on the grid.
        let x = -reach + width * f64::from(step);
        let value = if step * 2 == steps { (f(-1e-12) + f(1e-12)) / 2.0 } else { f(x) };
        value * (-x * x / 2.0).exp()
    };
    (0..=steps).map(term).sum::<f64>() * width / std::f64::consts::TAU.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_the_normal_distribution_come_out() {
        assert!((normal_mean(|_| 1.0) - 1.0).abs() < 1e-12);
        assert!((normal_mean(|x| x * x) - 1.0).abs() < 1e-12);
        assert!((normal_mean(|x| f64::from(u8::from(x >= 0.0))) - 0.5).abs() < 1e-12);
    }
}
