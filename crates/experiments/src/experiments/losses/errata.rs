//! What [Part II] says of binary cross-entropy: whom it punishes.

use super::formulas::{BINARY_CROSS_ENTROPY, named};
use crate::autodiff::apply;
use crate::prelude::*;

/// So sure of the wrong class.
const SURE: f64 = 0.99;

/// The zoo's loss of one positive example that is given the probability p.
pub(super) fn whom_it_punishes(findings: &mut Findings) -> Result<()> {
    let loss = named(BINARY_CROSS_ENTROPY)?;
    let of = |p: f64| -> Result<f64> {
        let score = (p / (1.0 - p)).ln();
        Ok(apply(&[score], [1, 1], |z| (loss.on_tensors)(z, &[vec![1.0]]))?[0])
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
