//! Units of ReLU that no example makes active: counted while a network is trained, and mended.

use super::settings::{LARGE_RATE, SMALL_RATE};
use crate::initializers::HE;
use crate::prelude::*;
use crate::rings::Rings;
use burn::optim::GradientsParams;
use trainer::optimizer::optimizer;
use zoo_mlp::{Activation, Mlp, MlpConfig};
use zoo_recipe::WeightDecay;

/// A way to build the hidden layers: its name, its activation, and whether it has batch norm.
type HiddenKind = (&'static str, Activation, bool);

const KINDS: [HiddenKind; 3] = [
    ("ReLU", Activation::Relu, false),
    ("leaky ReLU", Activation::LeakyRelu, false),
    ("ReLU with batch norm", Activation::Relu, true),
];

/// What is read off a network on all examples: fractions of its hidden units, and the loss.
struct Reading {
    /// No example makes them positive.
    inactive: f64,
    /// Their incoming weights have a gradient of exactly zero.
    without_gradient: f64,
    /// Inactive, and yet with a gradient.
    reachable: f64,
    loss: f64,
}

/// Steps at the too large rate.
const LARGE_STEPS: usize = 50;
/// Steps between two readings.
const EVERY: usize = 5;

/// Steps at both rates.
fn all_steps(settings: &Setup) -> usize {
    settings.choose(250, 150)
}

/// Training at a too large rate and then at a sensible one, of every kind on the same data.
pub(super) fn in_training(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let runs = settings.choose(12, 4);
    let mut all = Vec::new();
    let bar = settings.progress("dying units", KINDS.len());
    for kind in KINDS {
        all.push((0..runs).map(|run| readings(kind, run, settings)).collect::<Result<Vec<_>>>()?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    figure(&all, settings, findings);
    let [relu, leaky, normalized] = all.as_slice() else { bail!("three kinds of network are compared") };
    judge([relu, leaky, normalized], settings, findings);
    Ok(())
}

fn readings((_, activation, batch_norm): HiddenKind, run: u64, settings: &Setup) -> Result<Vec<Reading>> {
    let rings = Rings::draw(&mut Stream::numbered(settings.seed, 7_100 + run));
    let config = MlpConfig { hidden: vec![32; 4], activation, batch_norm, weights: HE, ..MlpConfig::default() };
    let mut network = config.init(2, 2, &training_device());
    let mut adam = optimizer(&ADAM, &WeightDecay::None, &Device::flex());
    let mut all = Vec::new();
    for step in 0..=all_steps(settings) {
        let loss = rings.loss(&network);
        let gradients = GradientsParams::from_grads(loss.backward(), &network);
        if step % EVERY == 0 {
            let inactive = inactive(&network, activation, &rings.x)?;
            let silent = silent(&network, &gradients)?;
            let reachable: Vec<bool> =
                inactive.iter().zip(&silent).map(|(inactive, silent)| *inactive && !silent).collect();
            let [inactive, without_gradient, reachable] = [&inactive, &silent, &reachable].map(|hits| fraction(hits));
            all.push(Reading { inactive, without_gradient, reachable, loss: scalar(loss.inner())? });
        }
        let rate = settings.number(if step < LARGE_STEPS { LARGE_RATE } else { SMALL_RATE });
        network = adam.step(rate, network, gradients);
    }
    Ok(all)
}

/// For every hidden unit whether no example makes it positive.
fn inactive(network: &Mlp, activation: Activation, x: &Tensor<2>) -> Result<Vec<bool>> {
    let mut x = x.clone();
    let mut inactive = Vec::new();
    for layer in &network.hidden {
        let z = layer.linear.forward(x);
        let z = layer.norm.as_ref().map_or(z.clone(), |norm| norm.forward(z)); // [examples, width]
        inactive.extend(values(z.clone().inner().max_dim(0))?.into_iter().map(|largest| largest <= 0.0));
        x = activation.forward(z);
    }
    Ok(inactive)
}

/// For every hidden unit whether all its incoming weights have a gradient of exactly zero.
fn silent(network: &Mlp, gradients: &GradientsParams) -> Result<Vec<bool>> {
    let mut silent = Vec::new();
    for layer in &network.hidden {
        let gradient = gradients.get::<2>(layer.linear.weight.id).context("a layer has no gradient")?; // [inputs, width]
        silent.extend(values(gradient.abs().max_dim(0))?.into_iter().map(|largest| largest == 0.0));
    }
    Ok(silent)
}

fn fraction(hits: &[bool]) -> f64 {
    hits.iter().filter(|hit| **hit).count() as f64 / hits.len() as f64
}

fn judge([relu, leaky, normalized]: [&[Vec<Reading>]; 3], settings: &Setup, findings: &mut Findings) {
    let most_reachable = |runs: &[Vec<Reading>]| runs.iter().flatten().map(|one| one.reachable).fold(0.0, larger);
    let (died, died_errors) = apart(&at(relu, LARGE_STEPS, |one| one.inactive), &at(relu, 0, |one| one.inactive));
    let silent = |runs, step| at(runs, step, |one| one.without_gradient);
    let (mended, mended_errors) = apart(&silent(relu, LARGE_STEPS), &silent(normalized, LARGE_STEPS));
    findings
        .claiming("A ReLU unit inactive on every example has a gradient of 0: fraction of units for which not")
        .is(most_reachable(relu), AtMost(0.0))
        // The large rate leaves two in five inactive; of ReLU's none would have a gradient.
        .claiming("An inactive unit of leaky ReLU has one: largest fraction of such units")
        .is(most_reachable(leaky), AtLeast(0.25))
        .claiming("A too large rate kills ReLU units: rise of the inactive fraction, in standard errors")
        .is(died_errors, AtLeast(3.0))
        .measured_with(format!(" (rise {}, {} runs)", number(died.value), relu.len()))
        .claiming("Leaky ReLU loses none: mean fraction without gradient at the end")
        .is(Mean::of(&silent(leaky, all_steps(settings))).value, AtMost(0.0))
        .claiming("Batch norm loses fewer than ReLU alone: difference of the fractions, in standard errors")
        .is(mended_errors, AtLeast(3.0))
        .measured_with(format!(" (difference {})", number(mended.value)));
}

/// A part of every run's reading at a step.
fn at(runs: &[Vec<Reading>], step: usize, part: fn(&Reading) -> f64) -> Vec<f64> {
    runs.iter().map(|run| part(&run[step / EVERY])).collect()
}

/// The mean difference of runs from the same data, and how many of its standard errors it is.
fn apart(left: &[f64], right: &[f64]) -> (Mean, f64) {
    let difference = Mean::over(left.iter().zip(right).map(|(left, right)| left - right));
    (difference, difference.value / difference.error)
}

type PartOfReading = fn(&Reading) -> f64;

fn figure(all: &[Vec<Vec<Reading>>], settings: &Setup, findings: &mut Findings) {
    let fractions = || Axis::linear("fraction of hidden units").range(-0.03..1.0);
    let parts: [(&str, Axis, PartOfReading); 3] = [
        ("inactive on every example", fractions(), |one| one.inactive),
        ("without any gradient", fractions(), |one| one.without_gradient),
        ("loss", Axis::log("mean loss"), |one| one.loss),
    ];
    let charts = parts.map(|(heading, axis, part)| {
        let chart = Chart::new(Axis::linear("step"), axis).heading(heading);
        let lines = KINDS.iter().zip(all).fold(chart, |chart, ((name, ..), runs)| {
            let steps = (0..=all_steps(settings)).step_by(EVERY);
            let means: Vec<_> = steps.map(|step| (step as f64, Mean::of(&at(runs, step, part)).value)).collect();
            chart.line(name, &means)
        });
        lines.rule_x("", LARGE_STEPS as f64)
    });
    let [large, small] = [LARGE_RATE, SMALL_RATE].map(|rate| settings.number(rate));
    let caption = format!(
        "Four hidden layers of 32 units trained with Adam at a rate of {large}, left of the dashed line, and {small}, \
         right of it; means of several runs. Units without gradient have nothing to return by; a live unit has none \
         either when everything after it is dead, so more can be without one than are inactive. Leaky ReLU's inactive \
         units keep a gradient."
    );
    findings.panels("dying", "Units that die in training", caption, 2, charts.to_vec());
}
