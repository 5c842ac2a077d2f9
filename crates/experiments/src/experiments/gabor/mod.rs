//! The Gabor model (S14): a loss surface with local minima and saddles, and who gets out of them.

mod model;

use std::f64::consts::PI;

use anyhow::{Context, Result};
use rayon::prelude::*;
use zoo_recipe::Optimizer;

use self::model::Sample;
use crate::descent::{Walkers, rows, training_device, values};
use crate::random::Random;
use crate::statistics::{Mean, share_interval};
use crate::{Check, Experiment, Findings, Settings, number};

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "gabor",
    sources: &["S14"],
    title: "The Gabor model: stuck by the start, freed by noise",
    says: "The loss of f[x, phi] = sin(phi_0 + phi_1 x) exp(-phi_1^2 x^2) has local minima and saddles. Plain gradient descent \
           gets stuck by where it starts; the noise of mini-batches, drawn without replacement, gets some starts out.",
    run,
};

/// The parameters that the data comes from.
const TRUTH: [f64; 2] = [0.5, 0.4];
/// Where descent may start: all phases, and scales to both sides.
const BOUNDS: [[f64; 2]; 2] = [[-PI, PI], [-2.0, 2.0]];
const EXAMPLES: usize = 30;
const BATCH: usize = 5;

fn run(settings: &Settings) -> Result<Findings> {
    let mut findings = Findings::default();
    let sample = Sample::draw(TRUTH, EXAMPLES, 6.0, 0.1, &mut Random::new(settings.seed, 0));
    let (minimum, least) = sample.global_minimum(BOUNDS, 200);
    let starts = starts(settings.choose(1000, 200), settings);
    let descent = Descent { sample: &sample, rate: 1.0 / sample.steepest(minimum), seed: settings.seed };
    let steps = settings.choose(3000, 1000);
    let all = descent.run(&starts, EXAMPLES, steps)?;
    let few = descent.run(&starts, BATCH, steps)?;
    gradient_by_hand(&sample, &starts, &mut findings)?;
    let reached = |ends: &[[f64; 2]]| descent.settle(ends, least, steps);
    compare(&reached(&all)?, &reached(&few)?, &mut findings);
    findings.note(format!(
        "The lowest point of the loss, {} at ({}, {}), is found from the best of 40,000 grid points.",
        number(least),
        number(minimum[0]),
        number(minimum[1])
    ));
    Ok(findings)
}

fn starts(count: usize, settings: &Settings) -> Vec<[f64; 2]> {
    let mut random = Random::new(settings.seed, 1);
    (0..count).map(|_| BOUNDS.map(|[low, high]| random.uniform(low, high))).collect()
}

/// What stays the same whatever the batch: the rate is one over the largest curvature at the global minimum, half of what would diverge there.
struct Descent<'a> {
    sample: &'a Sample,
    rate: f64,
    seed: u64,
}

impl Descent<'_> {
    /// Where steps on batches of `size` examples lead from every start. Each start has its own epochs, without replacement.
    fn run(&self, starts: &[[f64; 2]], size: usize, steps: usize) -> Result<Vec<[f64; 2]>> {
        let mut walkers = Walkers::new(&Optimizer::Sgd, starts);
        let mut epochs: Vec<_> = (0..starts.len()).map(|start| Epochs::new(self.seed, start)).collect();
        let mut places = starts.to_vec();
        for step in 0..steps {
            let first = step * size % EXAMPLES;
            let gradient =
                |(place, epochs): (&[f64; 2], &mut Epochs)| self.sample.gradient(*place, epochs.batch(first, size));
            let gradients: Vec<_> = places.par_iter().zip(&mut epochs).map(gradient).collect();
            walkers = walkers.step(self.rate, &gradients);
            places = walkers.places()?;
        }
        Ok(places)
    }

    /// Which ends lie in the basin of the global minimum: those from which descent on all examples goes on to it.
    fn settle(&self, ends: &[[f64; 2]], least: f64, steps: usize) -> Result<Vec<bool>> {
        let settled = self.run(ends, EXAMPLES, steps)?;
        Ok(settled.iter().map(|place| self.sample.loss(*place) < 1.05 * least).collect())
    }
}

/// The order of the examples in one start's epochs.
struct Epochs {
    random: Random,
    order: Vec<usize>,
}

impl Epochs {
    fn new(seed: u64, start: usize) -> Self {
        Self { random: Random::new(seed, 100 + start as u64), order: (0..EXAMPLES).collect() }
    }

    fn batch(&mut self, first: usize, size: usize) -> &[usize] {
        if first == 0 {
            self.random.shuffle(&mut self.order);
        }
        &self.order[first..][..size]
    }
}

/// The gradient written out in `model.rs` against Burn's autodiff.
fn gradient_by_hand(sample: &Sample, starts: &[[f64; 2]], findings: &mut Findings) -> Result<()> {
    let device = training_device();
    let all: Vec<usize> = (0..EXAMPLES).collect();
    let parameters = rows(starts, &device).require_grad(); // [starts, 2]
    let x = rows(&[&sample.inputs[..]], &device); // [1, examples]
    let y = rows(&[&sample.targets[..]], &device);
    let scaled = parameters.clone().narrow(1, 1, 1) * x; // [starts, examples]
    let predictions = (scaled.clone() + parameters.clone().narrow(1, 0, 1)).sin() * scaled.square().neg().exp();
    let loss = (predictions - y).square().mean_dim(1).sum();
    let gradients = parameters.grad(&loss.backward()).context("the loss does not depend on the parameters")?;
    let by_hand = starts.iter().flat_map(|start| sample.gradient(*start, &all));
    let apart = values(gradients)?.into_iter().zip(by_hand).map(|(auto, hand)| (auto - hand).abs()).fold(0.0, f64::max);
    findings.claim(
        "The gradient by hand is Burn's, in f32: largest difference over all starts",
        apart,
        Check::AtMost(1e-5),
    );
    Ok(())
}

fn compare(all: &[bool], few: &[bool], findings: &mut Findings) {
    let share = |reached: &[bool]| {
        let hits = reached.iter().filter(|reached| **reached).count();
        let (low, high) = share_interval(hits, reached.len());
        (
            hits as f64 / reached.len() as f64,
            format!(" ({} to {}, 95 %, {} starts)", number(low), number(high), reached.len()),
        )
    };
    let ((of_all, all_text), (of_few, few_text)) = (share(all), share(few));
    // Both descend from the same starts, so the difference is a mean over pairs.
    let differences: Vec<f64> =
        all.iter().zip(few).map(|(all, few)| f64::from(u8::from(*few)) - f64::from(u8::from(*all))).collect();
    let difference = Mean::of(&differences);
    let all_high = share_interval(all.iter().filter(|reached| **reached).count(), all.len()).1;
    findings
        .claim("Gradient descent gets stuck from some starts: upper end of the interval of the share that reaches the global basin", all_high, Check::AtMost(0.999))
        .measured_with(&format!(" (share {}{all_text})", number(of_all)))
        .source_says(
            "Mini-batches get some starts out: lower end of the 95 % interval of their share less that of gradient descent, by pairs of one start",
            difference.interval().0,
            Check::AtLeast(0.0),
            "With these starts and this many steps the noise frees too few of them, or frees as many as it misleads.",
        )
        .measured_with(&format!(" (difference {}; share of mini-batches {}{few_text})", number(difference.value), number(of_few)));
}
