//! Every loss and its gradient against error or score.

use super::formulas::{CLASSES, LOSSES, TargetKind, one_hot};
use crate::prelude::*;

pub(super) fn curves(findings: &mut Findings) {
    let panels = [
        pair("Numbers", "error e", TargetKind::Number, 3.0),
        pair("Two classes, label 1", "score z", TargetKind::Binary, 6.0),
        pair("Four classes, the others at 0", "label's score", TargetKind::Classes, 6.0),
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
}

/// All losses of a kind and their derivatives by one number, side by side.
fn pair(heading: &str, axis: &str, kind: TargetKind, reach: f64) -> [Chart; 2] {
    let example = |x: f64| match kind {
        TargetKind::Number => (vec![x], vec![0.0]),
        TargetKind::Binary => (vec![x], vec![1.0]),
        TargetKind::Classes => (vec![x, 0.0, 0.0, 0.0], one_hot(CLASSES, 0)),
    };
    let curve = |f: &dyn Fn(&[f64], &[f64]) -> f64| {
        let grid = (-150..=150).map(|step| reach * f64::from(step) / 150.0);
        let point = |x| {
            let (scores, target) = example(x);
            (x, f(&scores, &target))
        };
        grid.map(point).collect::<Vec<_>>()
    };
    let mut charts = [("loss", heading), ("derivative", "and its derivative")]
        .map(|(name, heading)| Chart::new(Axis::linear(axis), Axis::linear(name)).heading(heading));
    for loss in LOSSES.iter().filter(|loss| loss.kind == kind) {
        let [left, right] = charts;
        let slope = |x: &[f64], t: &[f64]| (loss.gradient)(x, t)[0];
        charts = [left.line(loss.name, &curve(&loss.value)), right.line(loss.name, &curve(&slope))];
    }
    charts
}
