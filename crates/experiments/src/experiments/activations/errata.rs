//! What table 2.1 has wrong: a formula and four ranges, each put to the test as it is printed.

use crate::activations::named;
use crate::autodiff::apply;
use crate::prelude::*;

/// Far enough for every range, near enough that doubles tell a value from the end that it approaches.
const REACH: f64 = 15.0;
/// Odd, so that 0 is left out, where a step has no side.
const STEPS: usize = 2999;

pub(super) fn table(findings: &mut Findings) -> Result<()> {
    let places: Vec<f64> = (0..=STEPS).map(|step| REACH * (2.0 * step as f64 / STEPS as f64 - 1.0)).collect();
    let zoo = |name: &str| {
        let function = named(name).with_context(|| format!("{name} is not in the table"))?;
        apply(&places, [places.len()], function.on_tensor)
    };
    let (elu, step, prelu) = (zoo("ELU")?, zoo("binary step")?, zoo("PReLU")?);
    let inside = step.iter().filter(|value| **value > 0.0 && **value < 1.0).count();
    findings
        .claiming("ELU is max(a x, x): largest difference from the ELU of a = 1, for the slope a that fits best")
        .should_be(
            straight_at_best(&places, &elu),
            AtMost(1e-8),
            "That is PReLU's row. ELU bends: below 0 it is a (e^x - 1), with the slope a at 0, falls ever slower and \
             stays above -a, which no straight line does.",
        )
        .known_as("elu")
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
            prelu.iter().copied().fold(f64::INFINITY, f64::min),
            Above(0.0),
            "Below 0 it is a x, here with a = 0.25, and as far below 0 as one likes: for a > 0 the range is (-∞, ∞). \
             With a = 0 it is ReLU, whose range is [0, ∞).",
        )
        .known_as("prelu_range");
    open_ends(findings);
    Ok(())
}

/// How far `max(a x, x)` stays from these values for the best of a hundred slopes.
fn straight_at_best(places: &[f64], elu: &[f64]) -> f64 {
    let apart = |slope: f64| {
        let gaps = places.iter().zip(elu).map(|(x, value)| ((slope * x).max(*x) - value).abs());
        gaps.fold(0.0, larger)
    };
    (0..=100).map(|percent| apart(f64::from(percent) / 100.0)).fold(f64::INFINITY, f64::min)
}

/// `1 - tanh x = 2 σ(-2 x)` and `1 - σ(x) = σ(-x)`: so written the distance from the end loses no digits, and is seen not to be 0.
fn open_ends(findings: &mut Findings) {
    let distances = [("tanh", "tanh_range", 2.0 * sigmoid(-600.0)), ("sigmoid", "sigmoid_range", sigmoid(-300.0))];
    for (name, id, distance) in distances {
        findings
            .claiming(format!("{name} reaches the end 1 of its closed range: its distance from 1 at x = 300"))
            .should_be(
                distance,
                Exactly(0.0),
                "Only rounding reaches it. The distance shrinks with every step of x and is never 0, so the range is \
                 open; by symmetry at the other end, too.",
            )
            .known_as(id);
    }
}
