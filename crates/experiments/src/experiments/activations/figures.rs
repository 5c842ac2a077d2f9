//! The curves of table 2.1, their slopes, and softmax at several sharpnesses.

use crate::activations::{FUNCTIONS, Formula, named};
use crate::prelude::*;

pub(super) fn curves(findings: &mut Findings) {
    let panel = |function: &Formula| {
        Chart::new(Axis::linear("x"), Axis::linear("f, f'"))
            .heading(function.name)
            .line("f(x)", &pieces(function.value, function.kink, 5))
            .dashed("f'(x)", &pieces(function.derivative, function.kink, 5))
    };
    let mut panels: Vec<Chart> = FUNCTIONS.iter().map(panel).collect();
    let softmax = Chart::new(Axis::linear("x_1 (x_2 = 0)"), Axis::linear("f, f'"))
        .heading("softmax of two, first")
        .line("f(x)", &pieces(sigmoid, None, 5))
        .dashed("f'(x)", &pieces(|x| sigmoid(x) * sigmoid(-x), None, 5));
    panels.insert(4, softmax);
    findings.panels(
        "curves",
        "Table 2.1: activations and their derivatives",
        "The activations of table 2.1 (lines) and their derivatives (dashed). Only the bounded ones flatten at both \
         sides: there the derivative goes to 0. Softmax of two scores is the sigmoid of their difference.",
        3,
        panels,
    );
}

/// The graph for x from `-reach` to `reach`, broken where the function or its derivative may jump.
fn pieces(f: impl Fn(f64) -> f64, kink: Option<f64>, reach: i32) -> Vec<(f64, f64)> {
    let grid = (-50 * reach..=50 * reach).map(|step| f64::from(step) / 50.0);
    grid.flat_map(|x| match kink {
        Some(kink) if kink == x => vec![(x, f(x - 1e-9)), (x, f64::NAN), (x, f(x + 1e-9))],
        _ => vec![(x, f(x))],
    })
    .collect()
}

/// Slopes on a logarithmic axis: how fast each gradient goes.
pub(super) fn gradients(findings: &mut Findings) -> Result<()> {
    let slopes = |names: &[&str]| {
        let axes = Chart::new(Axis::linear("x"), Axis::log("f'(x)").range(1e-6..3.0));
        names.iter().try_fold(axes, |chart, name| {
            let function = named(name).with_context(|| format!("the table has no activation {name}"))?;
            anyhow::Ok(chart.line(function.name, &pieces(function.derivative, function.kink, 15)))
        })
    };
    let saturating = slopes(&["sigmoid", "tanh"])?.heading("Flat at both sides");
    let open = slopes(&["softplus", "ELU", "leaky ReLU", "ReLU"])?.heading("Flat below 0 at most");
    findings.panels(
        "saturation",
        "How fast the gradient goes",
        "Derivatives on a logarithmic axis. Sigmoid and tanh lose a factor e, and e squared, with every unit of x on \
         both sides. ELU and softplus do so below 0 only; ReLU's is exactly 0 there (not on a logarithmic axis), \
         leaky ReLU keeps a hundredth.",
        2,
        vec![saturating, open],
    );
    Ok(())
}

pub(super) fn sharper(findings: &mut Findings) {
    let times = |factor: f64| softmax(&[1.0, 2.0, 3.0, 4.0].map(|score| score * factor));
    let axes = Chart::new(Axis::categories("score", &["1", "2", "3", "4"]), Axis::linear("probability"));
    let bars = [0.0, 0.5, 1.0, 2.0, 5.0].into_iter().fold(axes.heading("Scores 1 to 4 times β"), |chart, factor| {
        chart.bars(&format!("β = {factor}"), &times(factor))
    });
    let factors = (0..=250).map(|step| f64::from(step) / 50.0);
    let curve: Vec<(f64, f64)> = factors.map(|factor| (factor, entropy(&times(factor)))).collect();
    let falls = Chart::new(Axis::linear("factor β"), Axis::linear("entropy in nats"))
        .heading("Sharper with β")
        .line("entropy", &curve)
        .rule_y("ln 4: all alike", 4.0_f64.ln());
    findings.panels(
        "softmax",
        "Softmax amplifies",
        "Left: the scores 1, 2, 3, 4 times β under softmax. At β = 1 each is e times as probable as the one before, \
         at β = 5 e^5 = 148 times. Right: the entropy falls from ln 4 toward 0, where the largest score takes all.",
        2,
        vec![bars, falls],
    );
}
