//! Outputs and losses that belong together (S7), and what becomes of training when they do not; and whom binary cross-entropy punishes.

use super::formulas::{BCE, of_classes};
use crate::autodiff::{apply, gradient};
use crate::prelude::*;
use zoo_recipe::Loss as Zoo;

const RATE: f64 = 0.1;
/// So sure of the wrong class.
const SURE: f64 = 0.99;

/// Squared error has the sigmoid's slope as a factor, which a confidently wrong start makes almost 0.
pub(super) fn sigmoid_with_squared_error(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let z: f64 = settings.choose(-6.0, -4.0);
    // dz/dt = 1 - σ(z) = 1 / (1 + e^z), so the time from z to 0 is the integral of 1 + e^z; and of squared error, as dz/dt =
    // 2 (1 - σ)² σ = 2 e^z / (1 + e^z)³, that of (e^-z + 3 + 3 e^z + e^2z) / 2.
    let fast = (1.0 - z - z.exp()) / RATE;
    let slow = (2.5 + (-z).exp() - 3.0 * z - 3.0 * z.exp() - (2.0 * z).exp() / 2.0) / 2.0 / RATE;
    // Steps of a tenth follow the continuous descent to within half the rate's size.
    let near = |expected: f64| Near(expected, RATE / 2.0 * expected + 1.0);
    findings
        .claiming(format!("From z = {z} (label 1) cross-entropy needs (1 - z - e^z) / 0.1 steps to p = 1/2"))
        .is(steps_to_half(&BCE, z)?, near(fast))
        .claiming("and squared error (5/2 - 3z + e^-z - 3e^z - e^2z/2) / 0.2")
        .is(steps_to_half(&Zoo::MeanSquaredError, z)?, near(slow));
    Ok(())
}

/// Of descent on one logit until the probability of its label is one half.
fn steps_to_half(kind: &Zoo, start: f64) -> Result<f64> {
    let (mut score, mut steps) = (start, 0);
    while score < 0.0 && steps < 20_000 {
        score -= RATE * gradient(&[score], [1, 1], |z: Tensor<2>| of_classes(kind, z, &[vec![1.0]]))?[0];
        steps += 1;
    }
    Ok(f64::from(steps))
}

/// The zoo's loss of one positive example that is given the probability p.
pub(super) fn whom_cross_entropy_punishes(findings: &mut Findings) -> Result<()> {
    let of = |p: f64| -> Result<f64> {
        let score = (p / (1.0 - p)).ln();
        Ok(apply(&[score], [1, 1], |z| of_classes(&BCE, z, &[vec![1.0]]))?[0])
    };
    let (uncertain, wrong) = (of(0.5)?, of(1.0 - SURE)?);
    findings
        .claim("An uncertain answer, p = 1/2, costs ln 2 of binary cross-entropy", uncertain, Near(2.0_f64.ln(), 1e-6))
        .claiming(format!(
            "Binary cross-entropy strongly penalizes uncertain predictions: loss at p = 1/2, over that of an answer \
             that is wrong and {SURE} sure"
        ))
        .should_be(
            uncertain / wrong,
            Above(1.0),
            "What it penalizes strongly is to be sure and wrong: the loss is -ln p, without bound as p goes to 0. An \
             uncertain answer costs ln 2 = 0.69, whichever class is right.",
        )
        .known_as("uncertain");
    Ok(())
}
