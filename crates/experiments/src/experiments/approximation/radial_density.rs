//! Where a Gaussian's mass is densest by distance.
//!
//! In `D` dimensions the points at distance `r` fill a sphere of area proportional to `r^(D-1)`, each with density `e^(-r² / 2σ²)`. Their
//! product, `p(r)`, has `ln p = (D - 1) ln r - r² / 2σ²` and its peak where `(D - 1) / r = r / σ²`: at `r* = σ sqrt(D - 1)`. On a line that is
//! 0; in many dimensions nobody is there, though each single place is denser the nearer it lies to the center.

use super::shell::radii;
use crate::prelude::*;

const SIGMA: f64 = 2.0;
const DIMENSIONS: [usize; 5] = [2, 3, 10, 100, 1000];
/// How much wider than `σ` the part of the shell is in which draws are counted.
const NEAR: f64 = 0.5;

pub(super) fn check(settings: &Setup, findings: &mut Findings) {
    let off_peak = DIMENSIONS.map(|dimensions| (highest(dimensions) / peak(dimensions) - 1.0).abs());
    let counted = counted(100, settings);
    findings
        .claiming("The radial density is highest at σ sqrt(D - 1): largest relative difference, D = 2 to 1000")
        .is(off_peak.into_iter().fold(0.0, larger), AtMost(1e-6))
        .claiming(format!(
            "Draws agree: within {NEAR} σ of the peak, D = 100, the fraction less the density's integral, in standard \
             errors"
        ))
        .is(counted.distance, Within(-5.0..=5.0))
        .measured_with(format!(" ({} counted, {} expected)", number(counted.found), number(counted.expected)))
        .figure("radial_density", "Density by distance from the center", CAPTION, draw());
}

const CAPTION: &str = "The density of a Gaussian's points by their distance from its center, over its highest value. \
                       The peak lies at σ sqrt(D - 1), at 0 only on a line; its width is the same in all dimensions.";

struct Counted {
    found: f64,
    expected: f64,
    /// In standard errors.
    distance: f64,
}

fn counted(dimensions: usize, settings: &Setup) -> Counted {
    let draws = settings.choose(20_000, 2000);
    let (low, high) = (peak(dimensions) - NEAR * SIGMA, peak(dimensions) + NEAR * SIGMA);
    let radii = radii(dimensions, SIGMA, draws, &mut Stream::numbered(settings.seed, 60_000));
    let found = radii.iter().filter(|r| (low..high).contains(r)).count() as f64 / draws as f64;
    let expected = integral(dimensions, low, high) / integral(dimensions, 1e-9, peak(dimensions) + 12.0 * SIGMA);
    let error = (expected * (1.0 - expected) / draws as f64).sqrt();
    Counted { found, expected, distance: (found - expected) / error }
}

/// Of the density relative to its peak, by the midpoint rule.
fn integral(dimensions: usize, low: f64, high: f64) -> f64 {
    let parts = 20_000;
    let width = (high - low) / f64::from(parts);
    (0..parts).map(|part| density(dimensions, low + (f64::from(part) + 0.5) * width) * width).sum()
}

fn peak(dimensions: usize) -> f64 {
    SIGMA * (dimensions as f64 - 1.0).sqrt()
}

/// But for a constant.
fn log_density(dimensions: usize, r: f64) -> f64 {
    (dimensions as f64 - 1.0) * r.ln() - r * r / (2.0 * SIGMA * SIGMA)
}

fn density(dimensions: usize, r: f64) -> f64 {
    (log_density(dimensions, r) - log_density(dimensions, peak(dimensions))).exp()
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

fn draw() -> Chart {
    let curve = |dimensions: usize| {
        let distances = (1..=600).map(|step| f64::from(step) / 15.0);
        distances.map(|r| (r, density(dimensions, r))).collect::<Vec<_>>()
    };
    let chart = Chart::new(Axis::linear("distance r, σ = 2"), Axis::linear("density over its highest"));
    [2, 3, 10, 30, 100, 300].into_iter().fold(chart, |chart, dimensions| {
        chart.line(&format!("D = {dimensions}"), &curve(dimensions)).rule_x("", peak(dimensions))
    })
}
