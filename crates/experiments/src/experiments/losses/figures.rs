//! Every loss and its gradient against error or score.

use super::formulas::{
    BINARY_CROSS_ENTROPY, CROSS_ENTROPY, LossFormula, MULTI_CLASS, ONE_AGAINST_REST, SQUARED_ERROR, named,
};
use crate::prelude::*;

pub(super) fn curves(findings: &mut Findings) -> Result<()> {
    let numbers = ["MSE", "quadratic cost", "MAE", "Huber, δ = 1"];
    let binary = [BINARY_CROSS_ENTROPY, SQUARED_ERROR, ONE_AGAINST_REST];
    let classes = [CROSS_ENTROPY, MULTI_CLASS];
    let four = |z: f64| vec![z, 0.0, 0.0, 0.0];
    let panels = [
        pair(["Numbers", "error e"], &numbers, |e| vec![e], &[0.0], 3.0)?,
        pair(["Two classes, label 1", "score z"], &binary, |z| vec![z], &[1.0], 6.0)?,
        pair(["Four classes, the others at 0", "label's score"], &classes, four, &[1.0, 0.0, 0.0, 0.0], 6.0)?,
    ];
    findings.panels(
        "losses",
        "Losses and their gradients",
        "Losses left, derivatives right. Squared error's pull grows with the error, that of MAE and (beyond δ) Huber \
         does not. Of scores, cross-entropy and hinge pull at full strength when wrong; the squared error of a \
         sigmoid pulls hardest in the middle and not when badly wrong.",
        2,
        panels.concat(),
    );
    Ok(())
}

/// Losses and their derivatives by one number, side by side.
fn pair(
    [heading, axis]: [&str; 2],
    names: &[&str],
    at: impl Fn(f64) -> Vec<f64>,
    target: &[f64],
    reach: f64,
) -> Result<[Chart; 2]> {
    let grid: Vec<f64> = (-150..=150).map(|step| reach * f64::from(step) / 150.0).collect();
    let losses: Vec<&LossFormula> = names.iter().map(|name| named(name)).collect::<Result<_>>()?;
    let chart = |name: &str| Chart::new(Axis::linear(axis), Axis::linear(name));
    let mut charts = [chart("loss").heading(heading), chart("derivative").heading("and its derivative")];
    for loss in losses {
        // Without the remark where the loss comes from.
        let label = loss.name.trim_end_matches(" (zoo)");
        let value: Vec<_> = grid.iter().map(|x| (*x, (loss.value)(&at(*x), target))).collect();
        let slope = grid.iter().map(|x| (*x, (loss.gradient)(&at(*x), target)[0])).collect();
        let [left, right] = charts;
        charts = [left.line(label, &value), right.line(label, &broken(slope))];
    }
    Ok(charts)
}

/// The curve with a gap where it jumps by half a unit within one step.
fn broken(curve: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let mut with_gaps: Vec<(f64, f64)> = Vec::new();
    for (x, y) in curve {
        if with_gaps.last().is_some_and(|&(_, last)| (y - last).abs() > 0.5) {
            with_gaps.push((x, f64::NAN));
        }
        with_gaps.push((x, y));
    }
    with_gaps
}
