//! Where the mass of a Gaussian lies: near the shell of radius `sigma sqrt(D)`.
//!
//! In `D` dimensions the points at distance `r` fill a sphere of area proportional to `r^(D-1)`, each with density `e^(-r² / 2σ²)`. Their
//! product, `p(r)`, has `ln p = (D - 1) ln r - r² / 2σ²` and its peak where `(D - 1) / r = r / σ²`: at `r* = σ sqrt(D - 1)`. On a line that is
//! 0; in many dimensions nobody is there, though each single place is denser the nearer it lies to the center.

use crate::prelude::*;

const SIGMA: f64 = 2.0;

/// `ln p(r)`, but for a constant.
fn log_density(dimensions: usize, r: f64) -> f64 {
    (dimensions as f64 - 1.0) * r.ln() - r * r / (2.0 * SIGMA * SIGMA)
}

fn peak(dimensions: usize) -> f64 {
    SIGMA * (dimensions as f64 - 1.0).sqrt()
}

/// Relative to the peak.
fn density(dimensions: usize, r: f64) -> f64 {
    let highest = if dimensions == 1 { 0.0 } else { log_density(dimensions, peak(dimensions)) };
    (log_density(dimensions, r) - highest).exp()
}

/// The mean of the distance and its deviation, by the midpoint rule.
fn moments(dimensions: usize) -> (f64, f64) {
    let (steps, end) = (50_000, peak(dimensions) + 12.0 * SIGMA);
    let [mass, first, second] = (0..steps).fold([0.0; 3], |[mass, first, second], step| {
        let r = (f64::from(step) + 0.5) / f64::from(steps) * end;
        let p = density(dimensions, r);
        [mass + p, first + r * p, second + r * r * p]
    });
    let mean = first / mass;
    (mean, (second / mass - mean * mean).sqrt())
}

pub(super) fn check(settings: &Setup, findings: &mut Findings) {
    let dimensions = [1, 2, 3, 5, 10, 30, 100, 200, 500, 1000];
    let off = dimensions.map(|dimensions| sampled_off(dimensions, settings)).into_iter().fold(0.0, larger);
    let ((mean, deviation), root) = (moments(1000), SIGMA * 1000.0_f64.sqrt());
    // At e = sigma on both sides, so that odd powers of `e` cancel; what is left is `e^4 / (4 (D - 1))`.
    let at = |r: f64| log_density(1000, r);
    let fall = at(peak(1000)) - (at(peak(1000) - SIGMA) + at(peak(1000) + SIGMA)) / 2.0;
    findings
        .claiming("Distances sampled from a Gaussian's center have the exact mean: largest error in standard errors")
        .is(off, AtMost(5.0))
        .claiming("The mean is σ sqrt(D) but for a fraction of 1/(4D): D times that fraction, D = 1000")
        .is(1000.0 * (1.0 - mean / root), Near(0.25, 1e-3))
        .claiming("The shell is σ / sqrt(2) thick in any high dimension: deviation over that, D = 1000")
        .is(deviation / (SIGMA / 2.0_f64.sqrt()), Near(1.0, 1e-3))
        .claiming("Beside the shell it is p(r*) exp(-e² / σ²): fall of ln p at e = σ, D = 1000")
        .is(fall, Near(1.0, 1e-3))
        .claiming("Beside the shell it is p(r*) exp(-3 e² / (2 σ²)): fall of ln p at e = σ, D = 1000")
        .should_be(
            fall,
            Near(1.5, 1e-3),
            "The second derivative of ln p is -(D - 1)/r² - 1/σ², at r* = σ sqrt(D - 1) twice -1/σ². Half of that \
             times e² is -e²/σ², and the shell's deviation is σ/sqrt(2).",
        )
        .known_as("shell_density");
    figure(findings);
}

/// How far the mean distance of points drawn from a Gaussian is from the density's, in standard errors.
fn sampled_off(dimensions: usize, settings: &Setup) -> f64 {
    let count = settings.choose(4000, 400);
    let mut random = Stream::numbered(settings.seed, 50_000 + dimensions as u64);
    let mut radius = || (0..dimensions).map(|_| random.normal().powi(2)).sum::<f64>().sqrt() * SIGMA;
    let found = Mean::over((0..count).map(|_| radius()));
    let (mean, deviation) = moments(dimensions);
    (found.value - mean).abs() / deviation * f64::from(count).sqrt()
}

fn figure(findings: &mut Findings) {
    let curve = |dimensions: usize| {
        let distances = (1..=600).map(|step| f64::from(step) / 15.0);
        distances.map(|r| (r, density(dimensions, r))).collect::<Vec<_>>()
    };
    let chart = Chart::new(Axis::linear("distance r, σ = 2"), Axis::linear("density over its highest"));
    findings.figure(
        "radial_density",
        "Density by distance from the center",
        "The density of a Gaussian's points by their distance from its center, over its highest value. The peak lies \
         at σ sqrt(D - 1), at 0 only on a line; its width is the same in all dimensions, so relative to the distance \
         the shell gets ever thinner.",
        [2, 3, 10, 30, 100, 300].into_iter().fold(chart, |chart, dimensions| {
            chart.line(&format!("D = {dimensions}"), &curve(dimensions)).rule_x("", peak(dimensions))
        }),
    );
}
