//! Which activation converges faster under plain stochastic descent.
//!
//! The slope of the sigmoid is at most 1/4 and that of tanh at most 1, both near 0 where they are flat; ReLU's is 1 for half of its inputs.
//! So at one rate ReLU's weights move most. But a rate can be raised, and the fair question is how many steps each needs at the rate that
//! is best for it. That rate is found here on draws of weights and digits that are not counted.

use super::settings::{BATCH, DIGITS, RATE, WIDTH};
use crate::batches::{Batches, DrawMode};
use crate::digits::{CLASSES, Digits, cross_entropy, new_network};
use crate::initializers::{HE, XAVIER};
use crate::prelude::*;
use crate::rings::CROSS_ENTROPY;
use burn::optim::GradientsParams;
use burn::tensor::Int;
use trainer::optimizer::optimizer;
use zoo_core::Initializer;
use zoo_mlp::{Activation, Mlp, MlpConfig};
use zoo_recipe::{Optimizer, WeightDecay};

/// Each with the weights that suit it.
const COMPARED: [(&str, Activation, Initializer); 3] =
    [("ReLU", Activation::Relu, HE), ("tanh", Activation::Tanh, XAVIER), ("sigmoid", Activation::Sigmoid, XAVIER)];
/// Highest first: a later one has to do it in fewer steps.
const RATES: [f64; 6] = [3.0, 1.0, 0.3, 0.1, 0.03, 0.01];
/// The loss on the digits learned from that counts as learned; guessing has ln 10 = 2.3.
const LEARNED: f64 = 0.2;
/// The loss on all digits is looked at so often.
const LOOK: usize = 5;
/// A rate at which it takes longer is none to look at.
const MOST: usize = 600;

/// Steps to learn, by draw.
struct Convergence {
    best_rate: f64,
    at_best: Vec<f64>,
    /// At one rate at which ReLU and tanh both learn, and neither as fast as it could.
    at_common: Option<Vec<f64>>,
}

pub(super) fn under_descent(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let all = Digits::all()?;
    let draws = settings.choose(10, 3);
    let (rate, batch, width) = (settings.number(RATE), settings.whole(BATCH), settings.whole(WIDTH));
    let mut measured = Vec::new();
    for (_, activation, weights) in COMPARED {
        let config = MlpConfig { hidden: vec![width; 2], activation, weights, ..MlpConfig::default() };
        measured.push(measure(&config, &all, draws, settings)?);
    }
    let [relu, tanh, sigmoid] = measured.as_slice() else { bail!("three activations are compared") };
    let common = |one: &Convergence| one.at_common.clone().context("no steps at the common rate");
    let same_rate = doublings(&common(tanh)?, &common(relu)?);
    let [slower_sigmoid, slower_tanh] = [sigmoid, tanh].map(|other| doublings(&other.at_best, &relu.at_best));
    let counted = |mean: &Mean| format!(" ({mean}, {draws} draws)");
    findings
        .claiming("ReLU converges faster than sigmoid, each at its best rate: doublings of steps, lower end (95 %)")
        .is(slower_sigmoid.interval().0, AtLeast(0.5))
        .measured_with(counted(&slower_sigmoid))
        .claiming(format!("and than tanh, both at rate {rate}: doublings of steps, lower end of the 95 % interval"))
        .is(same_rate.interval().0, Above(0.0))
        .measured_with(counted(&same_rate))
        .table(
            format!(
                "Steps of SGD in batches of {batch} until the loss on {} digits is {LEARNED}, network \
                 64-{width}-{width}-10 (± 95 %, {draws} draws)",
                settings.whole(DIGITS)
            ),
            &["activation", "best rate", "steps", &format!("steps at rate {rate}")],
            COMPARED.iter().zip(&measured).map(|((name, ..), one)| one.row(name)).collect(),
        )
        .note(format!(
            "Tanh bears higher rates than ReLU, whose steps lead away sooner, and makes up for its smaller slopes: \
             each at its best rate, tanh takes {slower_tanh} doublings more steps (95 %). The sigmoid bears the highest \
             and does not catch up."
        ));
    Ok(())
}

/// By how many doublings the first needs more steps than the second.
fn doublings(slow: &[f64], fast: &[f64]) -> Mean {
    Mean::over(slow.iter().zip(fast).map(|(slow, fast)| (slow / fast).log2()))
}

impl Convergence {
    fn row(&self, name: &str) -> Vec<String> {
        let common = self.at_common.as_ref().map_or_else(|| "-".into(), |steps| Mean::of(steps).to_string());
        row![name, self.best_rate, Mean::of(&self.at_best), common]
    }
}

/// Finds the best rate on draws that are not counted, and counts the steps at it on the others.
fn measure(config: &MlpConfig, all: &Digits, draws: u64, settings: &Setup) -> Result<Convergence> {
    let tried = settings.choose(2, 1);
    let mut best = (f64::NAN, tried as usize * MOST);
    for rate in RATES {
        let mut steps = Some(0);
        for draw in draws..draws + tried {
            let Some(before) = steps else { break };
            let most = best.1 - before;
            steps = steps_to_learn(config, all, rate, most, settings, draw)?.map(|steps| before + steps);
        }
        if let Some(steps) = steps.filter(|steps| *steps < best.1) {
            best = (rate, steps);
        }
    }
    // A draw that does not learn counts as if it had in the last step: against ReLU in full, for it in part.
    let at = |rate| -> Result<Vec<f64>> {
        let count = |draw| Ok(steps_to_learn(config, all, rate, 2 * MOST, settings, draw)?.unwrap_or(2 * MOST) as f64);
        (0..draws).map(count).collect()
    };
    // Sigmoid would take thousands of steps.
    let is_compared = !matches!(config.activation, Activation::Sigmoid);
    let at_common = is_compared.then(|| at(settings.number(RATE))).transpose()?;
    Ok(Convergence { best_rate: best.0, at_best: at(best.0)?, at_common })
}

/// `None` if it takes `most` steps or more.
fn steps_to_learn(
    config: &MlpConfig,
    all: &Digits,
    rate: f64,
    most: usize,
    settings: &Setup,
    draw: u64,
) -> Result<Option<usize>> {
    let (digits, _) = all.split(settings.whole(DIGITS), &mut Stream::numbered(settings.seed, 500 + draw));
    let mut network = new_network(config, CLASSES, settings.seed.wrapping_add(1000 * draw));
    let mut optimizer = optimizer(&Optimizer::Sgd, &WeightDecay::None, &Device::flex());
    let order = Stream::numbered(settings.seed, 600 + draw);
    let mut batches = Batches::new(DrawMode::WithoutReplacement, settings.whole(BATCH), digits.len(), order);
    let all_digits = digits.tensors(&Device::flex());
    for step in 0..most {
        if step.is_multiple_of(LOOK) && loss(&network, &all_digits)? <= LEARNED {
            return Ok(Some(step));
        }
        let loss = cross_entropy(&network, &digits.select(&batches.next()));
        let gradients = GradientsParams::from_grads(loss.backward(), &network);
        network = optimizer.step(rate, network, gradients);
    }
    Ok(None)
}

/// On all of them.
fn loss(network: &Mlp, (x, y): &(Tensor<2>, Tensor<1, Int>)) -> Result<f64> {
    scalar(trainer::loss::loss(&CROSS_ENTROPY, network.valid().forward(x.clone()), y.clone()))
}
