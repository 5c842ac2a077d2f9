//! Error against the number of functions, by dimension.

use super::learned::LearnedErrors;
use super::wave::{Curve, polynomial_curve};
use crate::prelude::*;

pub(super) fn widths(measured: &[LearnedErrors], findings: &mut Findings) {
    findings.panels(
        "width",
        "Error against width in one and in ten dimensions",
        "What is left of the variance of cos(a . x + b), |a| = 6 on the unit cube, with n functions: in every \
         dimension one wave along one direction. In one dimension polynomials win. With the dimension the grid's line \
         flattens to n^(-2/D) and polynomials need ever more terms before they gain. The zoo's perceptron, whose \
         features are learned by gradient descent, leaves a few hundredths of unseen points with eight units in \
         either (dashed: 1/n from one unit on; whiskers: 95 %; polynomials: the mean over phases).",
        2,
        measured.iter().map(panel).collect(),
    );
}

fn panel(one: &LearnedErrors) -> Chart {
    let (means, dimensions) = (one.means(), one.wave.dimensions());
    let learned: Curve = means.iter().map(|(width, mean)| (*width, mean.value)).collect();
    let reference: Curve = learned.iter().map(|(width, _)| (*width, learned[0].1 / width)).collect();
    let whisker = |(width, mean): &(f64, Mean)| (*width, mean.interval().0.max(1e-9), mean.interval().1);
    let shown = |curve: Curve| -> Curve {
        curve.into_iter().filter(|(count, fraction)| *count <= 1e4 && *fraction > 1e-9).collect()
    };
    Chart::new(Axis::log("functions n").range(1.0..1e4), Axis::log("fraction of variance left").range(1e-8..2.0))
        .heading(&format!("D = {dimensions}"))
        .line("grid of cells", &shown(one.wave.grid_curve()))
        .line("polynomials", &shown(polynomial_curve(dimensions, 16)))
        .line("learned ReLU units", &learned)
        .intervals("learned ReLU units", &means.iter().map(whisker).collect::<Vec<_>>())
        .dashed("1/n", &reference)
}
