//! Every loss and its gradient against error, score or probability.

use super::formulas::{LossFormula, divergence, named};
use crate::prelude::*;

type LossCurve = Vec<(f64, f64)>;

pub(super) fn curves(findings: &mut Findings) -> Result<()> {
    let mut panels = Vec::new();
    panels.extend(pair(
        "Numbers",
        "error e",
        &["MSE", "quadratic cost", "MAE", "Huber, δ = 1"],
        |e| vec![e],
        &[0.0],
        3.0,
    )?);
    let binary = [
        "binary cross-entropy of a sigmoid (zoo)",
        "squared error of a sigmoid (zoo)",
        "binary hinge, one against the rest",
    ];
    panels.extend(pair("Two classes, label 1", "score z", &binary, |z| vec![z], &[1.0], 6.0)?);
    let classes =
        ["categorical cross-entropy of softmax (zoo)", "squared error of softmax (zoo)", "multi-class hinge (zoo)"];
    let scores = |z: f64| vec![z, 0.0, 0.0, 0.0];
    panels.extend(pair(
        "Four classes, the others at 0",
        "label's score",
        &classes,
        scores,
        &[1.0, 0.0, 0.0, 0.0],
        6.0,
    )?);
    panels.extend(divergences());
    findings.panels(
        "losses",
        "Losses and their gradients",
        "Losses left, derivatives right. Squared error's pull grows with the error, that of MAE and (beyond δ) Huber \
         does not. Of scores, cross-entropy and hinge pull at full strength when wrong; squared errors of squashed \
         outputs pull hardest in the middle and not when badly wrong. KL(p || q) grows without bound as q leaves out \
         what p has; KL(q || p) stays finite, as p leaves out nothing.",
        2,
        panels,
    );
    Ok(())
}

/// A loss and its derivative by one number, side by side.
fn pair(
    heading: &str,
    axis: &str,
    names: &[&str],
    at: impl Fn(f64) -> Vec<f64>,
    target: &[f64],
    reach: f64,
) -> Result<[Chart; 2]> {
    let grid: Vec<f64> = (-150..=150).map(|step| reach * f64::from(step) / 150.0).collect();
    let value = |loss: &LossFormula| grid.iter().map(|&x| (x, (loss.value)(&at(x), target))).collect::<LossCurve>();
    let slope = |loss: &LossFormula| broken(grid.iter().map(|&x| (x, (loss.gradient)(&at(x), target)[0])).collect());
    let row = |name: &&str| named(name).with_context(|| format!("the table has no loss {name}"));
    let losses: Vec<&LossFormula> = names.iter().map(row).collect::<Result<_>>()?;
    let chart = |name: &str| Chart::new(Axis::linear(axis), Axis::linear(name));
    Ok([
        losses.iter().fold(chart("loss").heading(heading), |chart, loss| chart.line(label(loss), &value(loss))),
        losses.iter().fold(chart("derivative").heading("and its derivative"), |chart, loss| {
            chart.line(label(loss), &slope(loss))
        }),
    ])
}

/// What stands in the legend: without the remark where the loss comes from.
fn label(loss: &LossFormula) -> &'static str {
    loss.name.trim_end_matches(" (zoo)")
}

/// The curve with a gap where it jumps by half a unit within one step.
fn broken(curve: LossCurve) -> LossCurve {
    let mut with_gaps = LossCurve::new();
    for (x, y) in curve {
        if with_gaps.last().is_some_and(|&(_, last)| (y - last).abs() > 0.5) {
            with_gaps.push((x, f64::NAN));
        }
        with_gaps.push((x, y));
    }
    with_gaps
}

/// Both directions between a coin of 0.3 and a coin of `q`, and their derivatives `(q - p) / (q (1 - q))` and
/// `ln(q / p) - ln((1 - q) / (1 - p))`.
fn divergences() -> [Chart; 2] {
    let p: f64 = 0.3;
    let grid: Vec<f64> = (1..400).map(|step| f64::from(step) / 400.0).collect();
    let curve = |f: &dyn Fn(f64) -> f64| grid.iter().map(|&q| (q, f(q))).collect::<LossCurve>();
    let coin = |q: f64| [q, 1.0 - q];
    let (forward, reverse) = ("KL(p || q)", "KL(q || p)");
    let axis = || Axis::linear("q of the model");
    [
        Chart::new(axis(), Axis::linear("divergence in nats").range(0.0..2.0))
            .heading("Coins, p = 0.3")
            .line(forward, &curve(&|q| divergence(&coin(p), &coin(q))))
            .line(reverse, &curve(&|q| divergence(&coin(q), &coin(p)))),
        Chart::new(axis(), Axis::linear("derivative").range(-8.0..8.0))
            .heading("and their derivatives by q")
            .line(forward, &curve(&|q| (q - p) / (q * (1.0 - q))))
            .line(reverse, &curve(&|q| (q / p).ln() - ((1.0 - q) / (1.0 - p)).ln())),
    ]
}
