//! "Answers 1 for 5 and for 600 alike": where an activation tells its inputs apart no more.

use crate::activations::FUNCTIONS;
use crate::autodiff::{apply, gradient};
use crate::prelude::*;
use std::f64::consts::LN_2;

pub(super) fn five_and_six_hundred(findings: &mut Findings) -> Result<()> {
    the_table(findings);
    let zoo = |x: Tensor<1>| zoo_mlp::Activation::Sigmoid.forward(x.cast(DType::F32));
    let answers = apply(&[5.0, 600.0], [2], zoo)?;
    let slopes = gradient(&[5.0, 600.0], [2], zoo)?;
    findings
        .claiming("The sigmoid's answers to 5 and 600 differ by 1 / (1 + e^5) alone")
        .is(answers[1] - answers[0], Near(1.0 / (1.0 + 5.0_f64.exp()), 1e-6))
        .claiming("Its slope at 5 is e^5 / (1 + e^5)^2, a 38th of that at 0")
        .is(slopes[0], Near(5.0_f64.exp() / (1.0 + 5.0_f64.exp()).powi(2), 1e-6))
        .claim("and at 600, in single precision, it is 0", slopes[1], Exactly(0.0))
        .claim("The sigmoid's slope is nowhere above 1/4", steepest(|x| sigmoid(x) * sigmoid(-x)), quarter())
        // In 1 / (1 + e^-x) the denominator rounds to 1 as soon as e^-x is at most 2^-24, half the step above 1. The grid has
        // hundredths, and the exponential may be off in its last bit.
        .claiming("Above this x the gradient is exactly 0 in single precision, as f(x) rounds to 1")
        .is(first_without_gradient(zoo)?, Near(24.0 * LN_2, 0.02))
        // f(x) is e^x there and 1 - f(x) is 1, and e^-80 = 2e-35 is a normal number of single precision, whose least is 1e-38.
        .claiming("Below 0 it goes much later: gradients of exactly 0 down to -80")
        .is(without_gradient_down_to(-80.0, zoo)?, AtMost(0.0));
    Ok(())
}

fn quarter() -> Check {
    Near(0.25, 1e-9)
}

fn steepest(slope: impl Fn(f64) -> f64) -> f64 {
    (-10_000..=10_000).map(|step| slope(f64::from(step) / 1000.0)).fold(0.0, larger)
}

/// The first place on a grid of hundredths whose gradient is 0.
fn first_without_gradient(f: impl Fn(Tensor<1>) -> Tensor<1>) -> Result<f64> {
    let places: Vec<f64> = (0..4000).map(|step| f64::from(step) / 100.0).collect();
    let slopes = gradient(&places, [places.len()], f)?;
    Ok(places.iter().zip(slopes).find(|(_, slope)| *slope == 0.0).map_or(f64::INFINITY, |(&place, _)| place))
}

/// How many of the places -1, -2, .. have a gradient of 0.
fn without_gradient_down_to(lowest: f64, f: impl Fn(Tensor<1>) -> Tensor<1>) -> Result<f64> {
    let places: Vec<f64> = (1..).map(|step| -f64::from(step)).take_while(|&place| place >= lowest).collect();
    Ok(gradient(&places, [places.len()], f)?.iter().filter(|slope| **slope == 0.0).count() as f64)
}

fn the_table(findings: &mut Findings) {
    let row = |function: &crate::activations::Formula| {
        let (value, slope) = (function.value, function.derivative);
        let cells = [value(5.0), value(600.0), slope(-600.0), slope(-5.0), slope(5.0), slope(600.0)];
        named_row(function.name, cells)
    };
    findings.table(
        "What becomes of 5 and 600",
        &["activation", "f(5)", "f(600)", "f'(-600)", "f'(-5)", "f'(5)", "f'(600)"],
        FUNCTIONS.iter().map(row).collect(),
    );
}
