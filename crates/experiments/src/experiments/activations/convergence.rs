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

pub(super) fn under_descent(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let all = Digits::all()?;
    let draws = settings.choose(10, 3);
    let (rate, batch, width) = (settings.number(RATE), settings.whole(BATCH), settings.whole(WIDTH));
    let learners = COMPARED.map(|(_, activation, weights)| {
        let config = MlpConfig { hidden: vec![width; 2], activation, weights, ..MlpConfig::default() };
        Learner { config, all: &all, draws, settings }
    });
    let (mut at_best, mut rows) = (Vec::new(), Vec::new());
    for ((name, ..), learner) in COMPARED.iter().zip(&learners) {
        let best = learner.best_rate()?;
        let steps = learner.steps_at(best)?;
        rows.push(row![*name, best, Mean::of(&steps)]);
        at_best.push(steps);
    }
    let [relu, tanh, sigmoid] = at_best.as_slice() else { bail!("three activations are compared") };
    let [slower_tanh, slower_sigmoid] = [tanh, sigmoid].map(|other| doublings(other, relu));
    // At one rate at which both learn, and neither as fast as it could. Sigmoid would take thousands of steps.
    let same_rate = doublings(&learners[1].steps_at(rate)?, &learners[0].steps_at(rate)?);
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
            &["activation", "best rate", "steps"],
            rows,
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

/// A network that learns digits until its loss is low.
struct Learner<'a> {
    config: MlpConfig,
    all: &'a Digits,
    /// Of weights and digits, that count.
    draws: u64,
    settings: &'a Setup,
}

impl Learner<'_> {
    /// The rate of fewest steps on draws that do not count.
    fn best_rate(&self) -> Result<f64> {
        let tried = self.settings.choose(2, 1);
        let mut best = (f64::NAN, tried as usize * MOST);
        for rate in RATES {
            let mut steps = Some(0);
            for draw in self.draws..self.draws + tried {
                let Some(before) = steps else { break };
                steps = self.steps(rate, best.1 - before, draw)?.map(|steps| before + steps);
            }
            if let Some(steps) = steps.filter(|steps| *steps < best.1) {
                best = (rate, steps);
            }
        }
        Ok(best.0)
    }

    /// By draw. One that does not learn counts as if it had in the last step: against ReLU in full, for it in part.
    fn steps_at(&self, rate: f64) -> Result<Vec<f64>> {
        (0..self.draws).map(|draw| Ok(self.steps(rate, 2 * MOST, draw)?.unwrap_or(2 * MOST) as f64)).collect()
    }

    /// `None` if it takes `most` steps or more.
    fn steps(&self, rate: f64, most: usize, draw: u64) -> Result<Option<usize>> {
        let Self { config, all, settings, .. } = self;
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
}

/// On all of them.
fn loss(network: &Mlp, (x, y): &(Tensor<2>, Tensor<1, Int>)) -> Result<f64> {
    scalar(trainer::loss::loss(&CROSS_ENTROPY, network.valid().forward(x.clone()), y.clone()))
}
