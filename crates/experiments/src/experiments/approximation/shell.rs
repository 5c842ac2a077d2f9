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
    sampled(settings, findings);
    let ((mean, deviation), root) = (moments(1000), SIGMA * 1000.0_f64.sqrt());
    let off_peak = [2, 3, 10, 100, 1000].map(|dimensions| (highest(dimensions) / peak(dimensions) - 1.0).abs());
    findings
        .claiming("The mean is σ sqrt(D) but for a fraction of 1/(4D): D times that fraction, D = 1000")
        .is(1000.0 * (1.0 - mean / root), Near(0.25, 1e-3))
        .claiming("The shell is σ / sqrt(2) thick in any high dimension: deviation over that, D = 1000")
        .is(deviation / (SIGMA / 2.0_f64.sqrt()), Near(1.0, 1e-3))
        .claiming("The radial density is highest at σ sqrt(D - 1): largest relative difference, D = 2 to 1000")
        .is(off_peak.into_iter().fold(0.0, larger), AtMost(1e-6));
    beside_the_shell(findings);
    figure(findings);
}

/// Distances of points drawn from a Gaussian, against the density's mean and deviation.
fn sampled(settings: &Setup, findings: &mut Findings) {
    let count = settings.choose(4000, 400);
    let (mut mean_off, mut deviation_off) = (0.0_f64, 0.0_f64);
    for dimensions in [1, 2, 3, 5, 10, 30, 100, 200, 500, 1000] {
        let mut random = Stream::numbered(settings.seed, 50_000 + dimensions as u64);
        let mut radius = || (0..dimensions).map(|_| random.normal().powi(2)).sum::<f64>().sqrt() * SIGMA;
        let found = Mean::over((0..count).map(|_| radius()));
        let (root, (mean, deviation)) = (f64::from(count).sqrt(), moments(dimensions));
        mean_off = larger(mean_off, (found.value - mean).abs() / deviation * root);
        deviation_off = larger(deviation_off, (found.error * root / deviation - 1.0).abs() * root);
    }
    findings
        .claiming("Distances sampled from a Gaussian's center have the exact mean: largest error in standard errors")
        .is(mean_off, AtMost(5.0))
        // The standard error of a deviation is at most 0.85 of it over the root of the count (half-normal, D = 1).
        .claiming("and the exact deviation: largest relative difference times the root of the number of draws")
        .is(deviation_off, AtMost(5.0));
}

/// Where the density is highest, by thirds of an interval: it has one peak.
fn highest(dimensions: usize) -> f64 {
    let (mut low, mut high) = (1e-9, 2.0 * SIGMA * (dimensions as f64).sqrt());
    for _ in 0..100 {
        let third = (high - low) / 3.0;
        let [left, right] = [low + third, high - third].map(|r| log_density(dimensions, r));
        if left < right { low += third } else { high -= third }
    }
    (low + high) / 2.0
}

/// The density's logarithm at `e = sigma` on both sides, so that odd powers of `e` cancel; what is left is `e^4 / (4 (D - 1))`.
fn beside_the_shell(findings: &mut Findings) {
    let at = |r: f64| log_density(1000, r);
    let fall = at(peak(1000)) - (at(peak(1000) - SIGMA) + at(peak(1000) + SIGMA)) / 2.0;
    findings
        .claiming("Beside the shell it is p(r*) exp(-e² / σ²): fall of ln p at e = σ, D = 1000")
        .is(fall, Near(1.0, 1e-3))
        .claiming("Beside the shell it is p(r*) exp(-3 e² / (2 σ²)): fall of ln p at e = σ, D = 1000")
        .should_be(
            fall,
            Near(1.5, 1e-3),
            "The second derivative of ln p is -(D - 1)/r² - 1/σ², at r* = σ sqrt(D - 1) twice -1/σ². Half of that \
             times e² is -e²/σ², and the shell's deviation is σ/sqrt(2), as sampled distances have it.",
        )
        .known_as("shell_density");
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
