//! What table 2.1 has wrong: a formula and four ranges, each put to the test as it is printed.

use crate::activations::{Formula, PRELU_SLOPE, named};
use crate::autodiff::{apply, largest_difference};
use crate::prelude::*;
use burn::tensor::activation;

/// Far enough for every range, near enough that doubles tell a value from the end that it approaches.
const REACH: f64 = 15.0;
/// Odd, so that 0 is left out, where a step has no side.
const STEPS: usize = 2999;

pub(super) fn table(findings: &mut Findings) -> Result<()> {
    elu(findings)?;
    step_and_prelu(findings)?;
    open_ends(findings)
}

fn places() -> Vec<f64> {
    (0..=STEPS).map(|step| REACH * (2.0 * step as f64 / STEPS as f64 - 1.0)).collect()
}

/// The ELU of a parameter a: `x` above 0, `a (e^x - 1)` below.
fn exponential_linear(a: f64, x: f64) -> f64 {
    if x > 0.0 { x } else { a * x.exp_m1() }
}

fn elu(findings: &mut Findings) -> Result<()> {
    let places = places();
    let (mut apart, mut above_end) = (0.0, f64::INFINITY);
    for a in [0.5, 1.0, 2.0] {
        let found = apply(&places, [places.len()], |x: Tensor<1>| activation::elu(x, a))?;
        let wanted: Vec<f64> = places.iter().map(|x| exponential_linear(a, *x)).collect();
        apart = larger(apart, largest_difference(&found, &wanted));
        above_end = found.iter().map(|value| value + a).fold(above_end, f64::min);
    }
    findings
        .claiming("ELU is x above 0 and a (e^x - 1) below: largest difference from Burn's, a = 0.5, 1 and 2")
        .is(apart, AtMost(1e-8))
        .claiming("so it stays above -a: least distance for |x| up to 15, where it is half of e^-15")
        .is(above_end, Near(0.5 * (-REACH).exp(), 1e-12))
        .claiming("ELU is max(a x, x): largest difference from the ELU of a = 1, for the slope a that fits best")
        .should_be(
            straight_at_best(&places)?,
            AtMost(1e-8),
            "That is PReLU's row. ELU bends: below 0 it is a (e^x - 1), with the slope a at 0, falls ever slower and \
             stays above -a, which no straight line does.",
        )
        .known_as("elu");
    Ok(())
}

/// How far `max(a x, x)` stays from the zoo's ELU, whose parameter is 1, for the best of a hundred slopes.
fn straight_at_best(places: &[f64]) -> Result<f64> {
    let zoo = zoo_values(row_named("ELU")?, places)?;
    let apart = |slope: f64| {
        let gaps = places.iter().zip(&zoo).map(|(x, value)| ((slope * x).max(*x) - value).abs());
        gaps.fold(0.0, larger)
    };
    Ok((0..=100).map(|percent| apart(f64::from(percent) / 100.0)).fold(f64::INFINITY, f64::min))
}

fn step_and_prelu(findings: &mut Findings) -> Result<()> {
    let places = places();
    let (steps, prelu) = (zoo_values(row_named("binary step")?, &places)?, zoo_values(row_named("PReLU")?, &places)?);
    let inside = steps.iter().filter(|value| **value > 0.0 && **value < 1.0).count();
    let least = prelu.iter().copied().fold(f64::INFINITY, f64::min);
    findings
        .claiming("The binary step's values lie in (0, 1): values that do")
        .should_be(
            inside as f64,
            Exactly(places.len() as f64),
            "It takes two values, 0 and 1, both of them ends that the printed interval leaves out, and nothing \
             between them: the range is {0, 1}.",
        )
        .known_as("step_range")
        .claiming("PReLU's values lie in (0, ∞): the least of them for |x| up to 15")
        .should_be(
            least,
            Above(0.0),
            "Below 0 it is a x, here with a = 0.25, and as far below 0 as one likes: for a > 0 the range is (-∞, ∞). \
             With a = 0 it is ReLU, whose range is [0, ∞).",
        )
        .known_as("prelu_range")
        .claim("It is a x there: PReLU's value at -15", least, Near(-REACH * PRELU_SLOPE, 1e-9));
    Ok(())
}

/// Where 1 less the value is computed by a formula that loses no digits, it is seen never to be 0.
fn open_ends(findings: &mut Findings) -> Result<()> {
    // 1 - tanh x = 2 / (e^2x + 1), and 1 - sigma(x) = 1 / (e^x + 1); doubles hold both up to x = 300.
    let below_tanh = |x: f64| 2.0 / ((2.0 * x).exp() + 1.0);
    let below_sigmoid = |x: f64| 1.0 / (x.exp() + 1.0);
    let gaps = [("tanh", "tanh_range", below_tanh as fn(f64) -> f64), ("sigmoid", "sigmoid_range", below_sigmoid)];
    for (name, id, gap) in gaps {
        let places: Vec<f64> = places().into_iter().filter(|x| (0.0..=10.0).contains(x)).collect();
        let found = zoo_values(row_named(name)?, &places)?;
        let off = places.iter().zip(found).map(|(x, value)| ((1.0 - value) / gap(*x) - 1.0).abs());
        findings
            .claiming(format!("{name} is below 1 by a formula that loses no digits: largest relative difference"))
            .is(off.fold(0.0, larger), AtMost(1e-6))
            .claiming(format!("{name} reaches the end 1 of its closed range: its distance from 1 at x = 300"))
            .should_be(
                gap(300.0),
                Exactly(0.0),
                "Only rounding reaches it. The distance shrinks with every step of x and is never 0, so the range is \
                 open; by symmetry at the other end, too.",
            )
            .known_as(id);
    }
    Ok(())
}

fn row_named(name: &str) -> Result<&'static Formula> {
    named(name).with_context(|| format!("{name} is not in the table"))
}

fn zoo_values(function: &Formula, places: &[f64]) -> Result<Vec<f64>> {
    apply(places, [places.len()], function.on_tensor)
}
