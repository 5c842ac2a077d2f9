//! "Answers 1 for 5 and for 600 alike": where an activation tells its inputs apart no more.

use crate::activations::{FUNCTIONS, Formula};
use crate::autodiff::{apply, gradient};
use crate::prelude::*;

pub(super) fn five_and_six_hundred(findings: &mut Findings) -> Result<()> {
    the_table(findings);
    let zoo = |x: Tensor<1>| zoo_mlp::Activation::Sigmoid.forward(x.cast(DType::F32));
    let answers = apply(&[5.0, 600.0], [2], zoo)?;
    let slopes = gradient(&[5.0, 600.0], [2], zoo)?;
    let places = (-10_000..=10_000).map(|step| f64::from(step) / 1000.0);
    let steepest = places.map(|x| sigmoid(x) * sigmoid(-x)).fold(0.0, larger);
    findings
        .claiming("The sigmoid's answers to 5 and 600 differ by 1 / (1 + e^5) alone")
        .is(answers[1] - answers[0], Near(1.0 / (1.0 + 5.0_f64.exp()), 1e-6))
        .claiming("Its slope at 5 is e^5 / (1 + e^5)^2, a 38th of that at 0")
        .is(slopes[0], Near(5.0_f64.exp() / (1.0 + 5.0_f64.exp()).powi(2), 1e-6))
        .claim("and at 600, in single precision, it is 0", slopes[1], Exactly(0.0))
        .claim("The sigmoid's slope is nowhere above 1/4", steepest, Near(0.25, 1e-9));
    Ok(())
}

fn the_table(findings: &mut Findings) {
    let row = |function: &Formula| {
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
