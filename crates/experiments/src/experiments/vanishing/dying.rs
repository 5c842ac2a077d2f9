//! Units of ReLU that no example makes active: counted, and mended.

use std::f64::consts::TAU;

use burn::optim::GradientsParams;
use trainer::optimizer::optimizer;
use zoo_core::Initializer;
use zoo_mlp::{Activation, Mlp, MlpConfig};
use zoo_recipe::WeightDecay;

use super::settings::{LARGE_RATE, SMALL_RATE};
use crate::initializers::HE;
use crate::prelude::*;
use crate::rings::Rings;

/// A way to build the hidden layers.
#[derive(Clone, Copy)]
struct HiddenKind {
    name: &'static str,
    activation: Activation,
    batch_norm: bool,
}

const RELU: HiddenKind = HiddenKind { name: "ReLU", activation: Activation::Relu, batch_norm: false };
const LEAKY: HiddenKind = HiddenKind { name: "leaky ReLU", activation: Activation::LeakyRelu, batch_norm: false };
const NORMALIZED: HiddenKind =
    HiddenKind { name: "ReLU with batch norm", activation: Activation::Relu, batch_norm: true };
const KINDS: [HiddenKind; 3] = [RELU, LEAKY, NORMALIZED];

/// What is read off a network on all examples.
#[derive(Clone, Copy)]
struct Reading {
    /// The fraction of hidden units that no example makes positive.
    inactive: f64,
    /// The fraction of hidden units whose incoming weights have a gradient of exactly zero.
    without_gradient: f64,
    /// The fraction of hidden units that are inactive and yet have a gradient.
    reachable: f64,
    loss: f64,
}

pub(super) fn counted(settings: &Setup, findings: &mut Findings) -> Result<()> {
    at_the_start(settings, findings)?;
    in_training(settings, findings)
}

impl HiddenKind {
    fn init(&self, hidden: &[usize], bias: f64) -> Mlp {
        let config = MlpConfig {
            hidden: hidden.to_vec(),
            activation: self.activation,
            dropout: 0.0,
            batch_norm: self.batch_norm,
            weights: HE,
            biases: Initializer::Constant { value: bias },
        };
        config.init(2, 2, &training_device())
    }

    /// For every hidden layer the largest value before the activation of every unit, over all examples.
    fn largest(&self, network: &Mlp, x: &Tensor<2>) -> Result<Vec<Vec<f64>>> {
        let mut x = x.clone();
        let mut largest = Vec::new();
        for layer in &network.hidden {
            let z = layer.linear.forward(x);
            let z = layer.norm.as_ref().map_or(z.clone(), |norm| norm.forward(z)); // [examples, width]
            largest.push(values(z.clone().inner().max_dim(0))?);
            x = self.activation.forward(z);
        }
        Ok(largest)
    }
}

/// A wide first layer of ReLU units whose biases start at several negative values.
fn at_the_start(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let rings = Rings::draw(&mut Stream::numbered(settings.seed, 7_000));
    let points = values(rings.x.clone().inner())?;
    let width = settings.choose(4000, 1000);
    let (mut chart, mut worst) = (
        Chart::new(Axis::linear("bias at the start"), Axis::linear("fraction of dead units").range(-0.03..1.0)),
        0.0_f64,
    );
    let grid: Vec<f64> = (0..=80).map(|index| -4.0 * f64::from(index) / 80.0).collect();
    let theory: Vec<_> = grid.iter().map(|&bias| (bias, dead_by_theory(&points, -bias))).collect();
    for kind in [RELU, NORMALIZED] {
        let mut intervals = Vec::new();
        for bias in [0.0, -0.5, -1.0, -2.0, -3.0, -4.0] {
            let largest = kind.largest(&kind.init(&[width], bias), &rings.x)?;
            let dead = largest[0].iter().filter(|value| **value <= 0.0).count();
            let expected = if kind.batch_norm { 0.0 } else { dead_by_theory(&points, -bias) };
            // The fraction scatters by sqrt(p (1 - p) / width); at least by that of one unit.
            let scatter = (expected * (1.0 - expected) / width as f64).sqrt().max(1.0 / width as f64);
            worst = larger(worst, (dead as f64 / width as f64 - expected).abs() / scatter);
            let (low, high) = fraction_interval(dead, width);
            intervals.push((bias, low, high));
        }
        chart = chart.intervals(kind.name, &intervals);
    }
    let caption = "Fraction of units in a first layer that none of 128 examples makes active, by the bias they start \
                   with: counted (95 % intervals) and by theory (dashed). Batch norm subtracts the mean, and the \
                   bias with it, so none is dead.";
    findings
        .claiming("Dead units at the start are as theory says, none with batch norm: largest error in standard errors")
        .is(worst, AtMost(5.0))
        .figure("dead_at_start", "Dead units by bias", caption, chart.dashed("", &theory));
    Ok(())
}

/// The fraction of units dead for these points, `x, y, x, y, ..`, at the bias `-distance`, over standard normal weights.
///
/// In the direction `t` a unit with weights of length `r` is dead if `r h(t) <= distance` with the largest projection `h(t)` of a point on
/// it, and `r` exceeds a value with the probability `exp(-r^2 / 2)`.
fn dead_by_theory(points: &[f64], distance: f64) -> f64 {
    let directions = 720;
    let one = |index: i32| {
        let (sin, cos) = (TAU * f64::from(index) / f64::from(directions)).sin_cos();
        let projection = points.chunks_exact(2).map(|point| cos * point[0] + sin * point[1]).fold(f64::MIN, larger);
        if projection <= 0.0 { 1.0 } else { 1.0 - (-0.5 * (distance / projection).powi(2)).exp() }
    };
    (0..directions).map(one).sum::<f64>() / f64::from(directions)
}

/// Training at a too large rate and then at a sensible one.
fn in_training(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let runs = settings.choose(12, 4);
    let mut charts = [
        Chart::new(Axis::linear("step"), Axis::linear("fraction of hidden units").range(-0.03..1.0))
            .heading("inactive on every example"),
        Chart::new(Axis::linear("step"), Axis::linear("fraction of hidden units").range(-0.03..1.0))
            .heading("without any gradient"),
        Chart::new(Axis::linear("step"), Axis::log("mean loss")).heading("loss"),
    ];
    let mut ends = Vec::new();
    let bar = settings.progress("dying units", KINDS.len());
    for kind in KINDS {
        let all = (0..runs).map(|run| readings(kind, run, settings)).collect::<Result<Vec<_>>>()?;
        let series = |part: fn(&Reading) -> f64| -> Vec<(f64, f64)> {
            let mean = |place: usize| all.iter().map(|run| part(&run[place])).sum::<f64>() / runs as f64;
            (0..all[0].len()).map(|place| ((place * EVERY) as f64, mean(place))).collect()
        };
        let parts: [fn(&Reading) -> f64; 3] = [|one| one.inactive, |one| one.without_gradient, |one| one.loss];
        for (chart, part) in charts.iter_mut().zip(parts) {
            *chart = chart.clone().line(kind.name, &series(part));
        }
        ends.push(all);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let bad = phases(settings)[0];
    let charts = charts.map(|chart| chart.rule_x("", bad as f64)).to_vec();
    let [large, small] = rates(settings);
    let caption = format!(
        "Four hidden layers of 32 units trained with Adam at a rate of {large}, left of the dashed line, and {small}, \
         right of it; means of several runs. Units without gradient have nothing to return by; a live unit has none \
         either when everything after it is dead, so more can be without one than are inactive. Leaky ReLU's inactive \
         units keep a gradient. The table has the fractions and the losses."
    );
    findings.panels("dying", "Units that die in training", caption, 2, charts);
    judge(&ends, settings, findings)
}

/// Steps between two readings.
const EVERY: usize = 5;

/// Steps at the too large rate, and at the sensible one.
fn phases(settings: &Setup) -> [usize; 2] {
    settings.choose([50, 200], [50, 100])
}

/// Adam's learning rates in both phases.
fn rates(settings: &Setup) -> [f64; 2] {
    [LARGE_RATE, SMALL_RATE].map(|rate| settings.number(rate))
}

fn readings(kind: HiddenKind, run: u64, settings: &Setup) -> Result<Vec<Reading>> {
    let rings = Rings::draw(&mut Stream::numbered(settings.seed, 7_100 + run));
    let ([bad, good], [large, small]) = (phases(settings), rates(settings));
    let mut network = kind.init(&[32; 4], 0.0);
    let mut adam = optimizer(&ADAM, &WeightDecay::None, &Device::flex());
    let mut all = Vec::new();
    for step in 0..=bad + good {
        let loss = rings.loss(&network);
        let gradients = GradientsParams::from_grads(loss.backward(), &network);
        if step % EVERY == 0 {
            let inactive: Vec<bool> = kind.largest(&network, &rings.x)?.concat().iter().map(|z| *z <= 0.0).collect();
            let silent = silent(&network, &gradients)?;
            let reachable: Vec<bool> =
                inactive.iter().zip(&silent).map(|(inactive, silent)| *inactive && !silent).collect();
            all.push(Reading {
                inactive: fraction(&inactive),
                without_gradient: fraction(&silent),
                reachable: fraction(&reachable),
                loss: scalar(loss.inner())?,
            });
        }
        network = adam.step(if step < bad { large } else { small }, network, gradients);
    }
    Ok(all)
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

/// A part of every run's reading at a step.
fn at(runs: &[Vec<Reading>], step: usize, part: fn(&Reading) -> f64) -> Vec<f64> {
    runs.iter().map(|run| part(&run[step / EVERY])).collect()
}

/// The mean difference of runs from the same data, in its standard errors.
fn apart(left: &[f64], right: &[f64]) -> (Mean, f64) {
    let difference = Mean::over(left.iter().zip(right).map(|(left, right)| left - right));
    (difference, difference.value / difference.error)
}

fn judge(ends: &[Vec<Vec<Reading>>], settings: &Setup, findings: &mut Findings) -> Result<()> {
    let [bad, good] = phases(settings);
    let [relu, leaky, normalized] = ends else { bail!("three kinds of network are compared, not {}", ends.len()) };
    let reachable = |runs: &[Vec<Reading>]| runs.iter().flatten().map(|one| one.reachable).fold(0.0, larger);
    let (died, died_errors) = apart(&at(relu, bad, |one| one.inactive), &at(relu, 0, |one| one.inactive));
    let silent = |runs| at(runs, bad, |one| one.without_gradient);
    let (mended, mended_errors) = apart(&silent(relu), &silent(normalized));
    findings
        .claiming("A ReLU unit inactive on every example has a gradient of 0: fraction of units for which not")
        .is(reachable(relu), AtMost(0.0))
        .claim(
            "An inactive unit of leaky ReLU has one: largest fraction of such units",
            reachable(leaky),
            AtLeast(0.03),
        )
        .claiming("A too large rate kills ReLU units: rise of the inactive fraction, in standard errors")
        .is(died_errors, AtLeast(3.0))
        .measured_with(format!(" (rise {}, {} runs)", number(died.value), relu.len()))
        .claiming("Leaky ReLU loses none: mean fraction without gradient at the end")
        .is(Mean::of(&at(leaky, bad + good, |one| one.without_gradient)).value, AtMost(0.0))
        .claiming("Batch norm loses fewer than ReLU alone: difference of the fractions, in standard errors")
        .is(mended_errors, AtLeast(3.0))
        .measured_with(format!(" (difference {})", number(mended.value)));
    table(ends, settings, findings);
    Ok(())
}

fn table(ends: &[Vec<Vec<Reading>>], settings: &Setup, findings: &mut Findings) {
    let [bad, good] = phases(settings);
    let row = |(kind, runs): (&HiddenKind, &Vec<Vec<Reading>>)| {
        let mean = |step, part| number(Mean::of(&at(runs, step, part)).value);
        vec![
            kind.name.into(),
            mean(0, |one| one.inactive),
            mean(bad, |one| one.inactive),
            mean(bad, |one| one.without_gradient),
            mean(bad + good, |one| one.without_gradient),
            mean(bad + good, |one| one.loss),
        ]
    };
    findings.table(
        "Fractions of 128 hidden units, means over the runs. A live unit has no gradient either when everything after \
         it is dead",
        &[
            "hidden layers",
            "inactive, start",
            "inactive, after the large rate",
            "without gradient, then",
            "without gradient, end",
            "loss, end",
        ],
        KINDS.iter().zip(ends).map(row).collect(),
    );
}
