//! What [Intro] says of the derivative of L1.

use crate::autodiff::{gradient, largest_difference};
use crate::prelude::*;

/// As the notes would have it, and as it is.
pub(super) fn derivative_of_l1(findings: &mut Findings) -> Result<()> {
    let weights: Vec<f64> = (1..=40).map(|tenth| f64::from(tenth) / 10.0).flat_map(|w| [-w, w]).collect();
    let found = gradient(&weights, [weights.len()], |w: Tensor<1>| w.abs())?;
    let signs: Vec<f64> = weights.iter().map(|w| w.signum()).collect();
    findings
        .claiming("The derivative of L1, |w|, is the sign of the weight: largest difference from Burn's autodiff")
        .is(largest_difference(&found, &signs), Exactly(0.0))
        .claim("Descent by it from w = -1 and 1, 5 steps of 0.1: largest |w|", descended(f64::signum), Near(0.5, 1e-12))
        .claiming("The derivative of L1 is 1: largest difference from Burn's autodiff, w from -4 to 4")
        .should_be(
            largest_difference(&found, &vec![1.0; weights.len()]),
            AtMost(1e-8),
            "It is 1 for positive weights alone, and -1 for negative ones: the sign. Descent by a derivative of 1 \
             would drive negative weights away from 0.",
        )
        .known_as("l1_slope")
        .measured_with(format!(" (the same descent by it ends at {})", number(descended(|_| 1.0))));
    Ok(())
}

/// The larger size of the weights that five steps of 0.1 from -1 and from 1 end at, by this derivative.
fn descended(derivative: fn(f64) -> f64) -> f64 {
    let end = |start: f64| (0..5).fold(start, |w, _| w - 0.1 * derivative(w)).abs();
    end(-1.0).max(end(1.0))
}
