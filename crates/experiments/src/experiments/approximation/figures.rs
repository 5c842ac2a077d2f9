//! Error against the number of functions, by dimension, and exponents beside theory's.

use super::early_exponent;
use super::learned::LearnedErrors;
use super::wave::{Curve, MOST_DIMENSIONS, grid_exponent, polynomial_curve};
use crate::prelude::*;

pub(super) fn widths(measured: &[LearnedErrors], findings: &mut Findings) {
    findings.panels(
        "width",
        "Error against width in one to ten dimensions",
        "What is left of the variance of cos(a . x + b) with n functions. In one dimension polynomials win. With the \
         dimension the grid's line flattens to n^(-2/D) and polynomials need ever more terms before they gain. The \
         zoo's perceptron, whose features are learned by gradient descent, leaves a few hundredths of unseen points \
         with eight units in any dimension (dashed: 1/n from one unit on; whiskers: 95 %; polynomials: the mean over \
         phases).",
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

pub(super) fn exponents(measured: &[LearnedErrors], settings: &Setup, findings: &mut Findings) {
    let by = |exponent: &dyn Fn(usize) -> f64| -> Curve {
        (1..=MOST_DIMENSIONS).map(|dimensions| (dimensions as f64, exponent(dimensions))).collect()
    };
    let theory: Curve = (10..=100).map(|tenths| f64::from(tenths) / 10.0).map(|d| (d, -2.0 / d)).collect();
    let learned = || measured.iter().map(|one| (one.wave.dimensions() as f64, one.exponent()));
    let means: Curve = learned().map(|(dimensions, mean)| (dimensions, mean.value)).collect();
    let whiskers: Vec<_> = learned().map(|(d, mean)| (d, mean.interval().0, mean.interval().1)).collect();
    findings.figure(
        "exponents",
        "Exponents beside theory's",
        "Exponents of the squared error by the number of functions (whiskers: 95 %). The grid lies on -2/D, \
         polynomials up to degree 3 near it; learned units on unseen points do not follow it.",
        Chart::new(Axis::linear("dimensions D"), Axis::linear("exponent of the squared error"))
            .dashed("-2/D: fixed bases", &theory)
            .rule_y("-1: Barron", -1.0)
            .scatter("grid of cells", &by(&|dimensions| grid_exponent(dimensions, settings)))
            .scatter("polynomials to degree 3", &by(&early_exponent))
            .scatter("learned ReLU units", &means)
            .intervals("learned ReLU units", &whiskers),
    );
}
