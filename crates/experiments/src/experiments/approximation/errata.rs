//! What [UniTs] has wrong of the shell in which a Gaussian lies, and of how many parameters a polynomial has.

use super::harmonic::polynomial_terms;
use super::shell::mean_radius;
use crate::prelude::*;

const SIGMA: f64 = 2.0;
const DIMENSIONS: usize = 1000;
const DEGREE: usize = 3;

pub(super) fn check(findings: &mut Findings) {
    density_beside_the_shell(findings);
    terms_by_dimension(findings);
}

/// `ln p(r)` of the distance, but for a constant: `r^(D - 1)` of surface times a Gaussian's density.
fn log_density(r: f64) -> f64 {
    (DIMENSIONS as f64 - 1.0) * r.ln() - r * r / (2.0 * SIGMA * SIGMA)
}

/// Where the density is greatest, `sigma sqrt(D - 1)`.
fn peak() -> f64 {
    SIGMA * (DIMENSIONS as f64 - 1.0).sqrt()
}

/// The density's logarithm at `e = sigma` on both sides, so that odd powers of `e` cancel; what is left is `e^4 / (4 (D - 1))`.
fn density_beside_the_shell(findings: &mut Findings) {
    let fall = log_density(peak()) - (log_density(peak() - SIGMA) + log_density(peak() + SIGMA)) / 2.0;
    findings
        .claiming(
            "p(r) = r^(D-1) exp(-r² / (2 σ²)) is the density of the distance: its mean over the exact one, D = 1000",
        )
        .is(mean_of_density() / mean_radius(DIMENSIONS, SIGMA), Near(1.0, 1e-9))
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

/// The mean distance by the trapezium rule, over ten deviations to either side.
fn mean_of_density() -> f64 {
    let steps = 4000;
    let place = |step: i32| peak() + 10.0 * SIGMA * (2.0 * f64::from(step) / f64::from(steps) - 1.0);
    let weighted = (0..=steps).map(|step| (place(step), (log_density(place(step)) - log_density(peak())).exp()));
    let (mass, moment) = weighted.fold((0.0, 0.0), |(mass, moment), (r, p)| (mass + p, moment + r * p));
    moment / mass
}

/// The terms of degree up to `M` in `D` variables are `(D + M choose M)`.
fn terms_by_dimension(findings: &mut Findings) {
    let terms = |dimensions| polynomial_terms(dimensions, DEGREE) as f64;
    let wrong = (1..=6).flat_map(|dimensions| (0..=5).map(move |degree| (dimensions, degree)));
    let wrong =
        wrong.filter(|&(dimensions, degree)| polynomial_terms(dimensions, degree) != listed(dimensions, degree));
    findings
        .claiming("A polynomial of degree M in D variables has (D + M choose M) terms: wrong, of 36 lists written out")
        .is(wrong.count() as f64, Exactly(0.0))
        .claiming("At degree 3 they grow as the third power of D: exponent from D = 1000 to 2000")
        .is((terms(2000) / terms(1000)).log2(), Near(DEGREE as f64, 0.01))
        .claiming("They grow exponentially with D: growth by the step to D = 101, over that by the step to D = 11")
        .should_be(
            (terms(101) / terms(100)) / (terms(11) / terms(10)),
            Near(1.0, 0.01),
            "Every further dimension multiplies them by less, by about 1 + M/D; exponential growth would multiply them by the \
             same. At a fixed degree M they grow as D^M / M!. What grows exponentially with D is a grid, or a \
             polynomial whose degree in every variable is fixed.",
        )
        .known_as("polynomial_terms");
}

/// The same by listing all exponents: those of the first variable, each with all of the others that the degree still allows.
fn listed(dimensions: usize, degree: usize) -> u64 {
    if dimensions == 0 { 1 } else { (0..=degree).map(|power| listed(dimensions - 1, degree - power)).sum() }
}
