//! Polynomials on one wave: no power of their number, and slower with the dimension all the same.

use super::fixed::Curve;
use super::harmonic::{Harmonic, polynomial_terms};
use super::target::{FREQUENCY, MOST_DIMENSIONS, target};
use crate::prelude::*;
use std::f64::consts::TAU;

/// The wave's energy lies about this degree, `|a|^2 / 12`.
///
/// Along one side Legendre's operator gives `sum k (k + 1) (2k + 1) j_k(z)^2 = 2 z^2 / 3` with `z = a_i / 2`, which over all sides sums to
/// `|a|^2 / 6`. As `k (k + 1)` is at least `2 k`, the mean degree is at most half of that, and nearly that where sides are many.
const MEAN_DEGREE: usize = (FREQUENCY * FREQUENCY / 12.0) as usize;
/// Up to this degree no error of a mean over phases is rounding alone, in any dimension.
const MOST: usize = 2 * MEAN_DEGREE;

/// Number of terms and fraction of the variance left, the mean over all phases: nothing in it is drawn, and signs of frequencies do not matter.
fn mean_curve(dimensions: usize) -> Curve {
    let wave = wave(dimensions, 0.0);
    let terms = |degree| polynomial_terms(dimensions, degree) as f64;
    wave.mean_polynomial_fractions(MOST)
        .into_iter()
        .enumerate()
        .map(|(degree, fraction)| (terms(degree), fraction))
        .collect()
}

fn wave(dimensions: usize, phase: f64) -> Harmonic {
    Harmonic { frequencies: vec![FREQUENCY / (dimensions as f64).sqrt(); dimensions], phase }
}

/// The exponent while the degree is at most the mean one.
pub(super) fn early_exponent(dimensions: usize) -> f64 {
    FittedLine::of_logarithms(&mean_curve(dimensions)[..=MEAN_DEGREE]).slope
}

fn late_exponent(dimensions: usize) -> f64 {
    FittedLine::of_logarithms(&mean_curve(dimensions)[MEAN_DEGREE..]).slope
}

pub(super) fn check(settings: &Setup, findings: &mut Findings) {
    let all = 1..=MOST_DIMENSIONS;
    let early: Vec<f64> = all.clone().map(early_exponent).collect();
    let slower = early.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min);
    let steeper = all.clone().map(|dimensions| late_exponent(dimensions) / (-2.0 / dimensions as f64));
    let steps: Vec<f64> =
        mean_curve(MOST_DIMENSIONS).windows(2).map(|pair| FittedLine::of_logarithms(pair).slope).collect();
    let spread = steps[0] - steps[steps.len() - 1];
    let theory = 2.0 / MOST_DIMENSIONS as f64;
    let terms = polynomial_terms(MOST_DIMENSIONS, MEAN_DEGREE);
    let single = single_exponents(settings);
    findings
        .claiming(
            "Polynomials on this wave have one exponent, -2/D, like any fixed basis on the worst function: \
             difference of the exponents of the squared error, mean over all phases, from degree 0 to 1 and from 5 \
             to 6, D = 10; at most as large as -2/D itself",
        )
        .should_be(
            spread,
            AtMost(theory),
            "n^(-2/D) is what a fixed basis can do for the worst function of Barron's class, which is another \
                  one for every n. One analytic wave has the energy of its degrees spread about |a|²/12 much like \
                  Poisson's distribution: below, a degree gains little, above, more than any power of n. So no range \
                  of n has the exponent -2/D, and the slope over a range says where the range was cut.",
        )
        .known_as("polynomial_exponent")
        .measured_with(format!(" ({} and {})", number(steps[0]), number(steps[steps.len() - 1])))
        .claiming("The degrees in such a wave do not grow with D: largest mean degree of its energy, at most |a|²/12")
        .is(all.clone().map(mean_degree).fold(0.0, larger), AtMost(FREQUENCY * FREQUENCY / 12.0))
        .claiming(
            "but the terms of that degree do, so polynomials lose with the dimension: least rise of the exponent up \
             to degree 3, mean over all phases, from one D to the next, 1 to 10",
        )
        .is(slower, Above(0.0))
        .measured_with(format!(
            " (from {} to {} with {terms} terms; of {} random phases alone {} ± {}, 95 %)",
            number(early[0]),
            number(early[early.len() - 1]),
            single.count,
            number(single.value),
            number(single.half_width()),
        ))
        .claiming("and beyond it they fall faster than n^(-2/D): least exponent from degree 3 to 6, over -2/D")
        .is(steeper.fold(f64::INFINITY, f64::min), Above(1.0));
}

fn mean_degree(dimensions: usize) -> f64 {
    // What lies above degree 40 is rounding.
    wave(dimensions, 0.0).energies(40).iter().enumerate().map(|(degree, energy)| degree as f64 * energy).sum()
}

/// In most dimensions, up to the mean degree, of waves of one phase each.
fn single_exponents(settings: &Setup) -> Mean {
    let mut random = Stream::numbered(settings.seed, 300);
    let one = |_| {
        let wave = Harmonic { phase: random.uniform(0.0, TAU), ..target(MOST_DIMENSIONS, settings) };
        FittedLine::of_logarithms(&super::fixed::polynomial_curve(&wave, MEAN_DEGREE)).slope
    };
    Mean::over((0..settings.choose(1000, 200)).map(one))
}
