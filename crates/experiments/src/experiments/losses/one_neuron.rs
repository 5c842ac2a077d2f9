//! One sigmoid neuron is a softmax classifier of two classes (S1).
//!
//! `s_1 = e^z1 / (e^z0 + e^z1) = 1 / (1 + e^-(z1 - z0)) = σ(z1 - z0)`: of two scores softmax sees the difference alone, so both
//! cross-entropies are one, and with `z = z1 - z0` the gradients are `dL/dz1 = σ(z) - y` and `dL/dz0 = -(σ(z) - y)`. A step at rate `η`
//! on both rows of a softmax layer moves their difference by twice what it moves one neuron's row: softmax at `η` is the neuron at `2 η`.

use super::formulas::zoo;
use super::gradients::one_hot;
use super::settings::RATE;
use crate::autodiff::{apply, gradient};
use crate::digits::{Course, Digits, new_network};
use crate::prelude::*;
use crate::rings::CROSS_ENTROPY;
use burn::tensor::activation;
use zoo_core::Initializer;
use zoo_mlp::{Mlp, MlpConfig};
use zoo_recipe::{Loss, Optimizer};

const BCE: Loss = Loss::BinaryCrossEntropy { positive_weight: 1.0 };

pub(super) fn is_softmax_of_two(settings: &Setup, findings: &mut Findings) -> Result<()> {
    identity(settings, findings)?;
    same_training(settings, findings)
}

fn identity(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let mut random = Stream::numbered(settings.seed, 420);
    let mut apart = [0.0_f64; 3];
    for _ in 0..settings.choose(200, 40) {
        let [z0, z1] = [0; 2].map(|_| f64::from(random.uniform(-5.0, 5.0) as f32));
        let label = random.index(2);
        let (pair, one) = (vec![one_hot(2, label)], vec![vec![label as f64]]);
        let of_two = |z: Tensor<2>| zoo(&CROSS_ENTROPY, z, &pair);
        let of_one = |z: Tensor<2>| zoo(&BCE, z, &one);
        let values = [apply(&[z0, z1], [1, 2], of_two)?[0], apply(&[z1 - z0], [1, 1], of_one)?[0]];
        let slope = gradient(&[z1 - z0], [1, 1], of_one)?[0];
        let found = [
            (softmax(&[z0, z1])[1] - sigmoid(z1 - z0)).abs(),
            (values[0] - values[1]).abs(),
            largest_gap(&gradient(&[z0, z1], [1, 2], of_two)?, &[-slope, slope]),
        ];
        apart = [0, 1, 2].map(|place| larger(apart[place], found[place]));
    }
    findings
        .claim("σ(z1 - z0) is softmax's second probability of two: largest difference", apart[0], AtMost(1e-14))
        .claiming(
            "The zoo's binary cross-entropy of z1 - z0 is its categorical one of both scores: in single precision",
        )
        .is(apart[1], AtMost(1e-5))
        .claiming("and the gradient by z1 is the neuron's, by z0 its negative, by autodiff: largest difference")
        .is(apart[2], AtMost(1e-5));
    Ok(())
}

/// Threes against eights, by both networks from zero weights: at `η` and `2 η`, and for comparison both at `η`.
fn same_training(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let all = Digits::all()?;
    let places: Vec<usize> = (0..all.len()).filter(|place| [3, 8].contains(&all.classes[*place])).collect();
    let mut digits = all.select(&places);
    digits.classes.iter_mut().for_each(|class| *class = usize::from(*class == 8));
    let (steps, rate) = (settings.choose(300, 60), settings.number(RATE));
    let pair = learn(&digits, 2, rate, steps, settings, |z| activation::softmax(z, 1).narrow(1, 1, 1))?;
    let neuron = |rate| learn(&digits, 1, rate, steps, settings, activation::sigmoid);
    let [twice, once] = [neuron(2.0 * rate)?, neuron(rate)?];
    findings
        // Single precision through some hundred steps.
        .claiming(format!(
            "A softmax layer at rate {rate} trains to the probabilities of one sigmoid neuron at {}: largest \
             difference after {steps} steps on threes and eights",
            2.0 * rate
        ))
        .is(largest_gap(&pair, &twice), AtMost(1e-4))
        .claiming("At the same rate they do not agree: largest difference")
        .is(largest_gap(&pair, &once), AtLeast(1e-2));
    Ok(())
}

/// The probability of the second class for every digit, after descent on whole batches from zero weights.
fn learn(
    digits: &Digits,
    outputs: usize,
    rate: f64,
    steps: usize,
    settings: &Setup,
    probability: impl Fn(Tensor<2>) -> Tensor<2>,
) -> Result<Vec<f64>> {
    let loss = if outputs == 1 { BCE } else { CROSS_ENTROPY };
    let course = Course { optimizer: Optimizer::Sgd, rate, steps, batch: digits.len() };
    let config = MlpConfig { hidden: Vec::new(), weights: Initializer::Zero, ..MlpConfig::default() };
    let network = new_network(&config, outputs, settings.seed);
    let (x, y) = digits.tensors(&training_device());
    let of_all = |network: &Mlp, _: &Digits| trainer::loss::loss(&loss, network.forward(x.clone()), y.clone());
    let network = digits.teach(network, &course, settings.seed, of_all).valid();
    values(probability(network.forward(digits.tensors(&Device::flex()).0)))
}
