//! One sigmoid neuron is a softmax classifier of two classes (S1).
//!
//! `s_1 = e^z1 / (e^z0 + e^z1) = 1 / (1 + e^-(z1 - z0)) = σ(z1 - z0)`: of two scores softmax sees the difference alone, so both
//! cross-entropies are one, and with `z = z1 - z0` the gradients are `dL/dz1 = σ(z) - y` and `dL/dz0 = -(σ(z) - y)`. A step at rate `η`
//! on both rows of a softmax layer moves their difference by twice what it moves one neuron's row: softmax at `η` is the neuron at `2 η`.

use super::formulas::BCE;
use super::settings::RATE;
use crate::digits::{Course, Digits, new_network};
use crate::prelude::*;
use crate::rings::CROSS_ENTROPY;
use burn::tensor::activation;
use zoo_core::Initializer;
use zoo_mlp::{Mlp, MlpConfig};
use zoo_recipe::Optimizer;

pub(super) fn is_softmax_of_two(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let mut random = Stream::numbered(settings.seed, 420);
    let mut apart = 0.0_f64;
    for _ in 0..settings.choose(200, 40) {
        let [z0, z1] = [0; 2].map(|_| random.uniform(-5.0, 5.0));
        apart = larger(apart, (softmax(&[z0, z1])[1] - sigmoid(z1 - z0)).abs());
    }
    findings.claim("σ(z1 - z0) is softmax's second probability of two: largest difference", apart, AtMost(1e-14));
    same_training(settings, findings)
}

/// Threes against eights, by both networks from zero weights, at `η` and `2 η`.
fn same_training(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let all = Digits::all()?;
    let places: Vec<usize> = (0..all.len()).filter(|place| [3, 8].contains(&all.classes[*place])).collect();
    let mut digits = all.select(&places);
    digits.classes.iter_mut().for_each(|class| *class = usize::from(*class == 8));
    let (steps, rate) = (settings.choose(300, 60), settings.number(RATE));
    let course = |rate| Course { optimizer: Optimizer::Sgd, rate, steps, batch: digits.len() };
    let pair = logits(&digits, 2, &course(rate), settings.seed);
    let one = logits(&digits, 1, &course(2.0 * rate), settings.seed);
    let pair = values(activation::softmax(pair, 1).narrow(1, 1, 1))?;
    let one = values(activation::sigmoid(one))?;
    let right = |eights: &[f64]| {
        eights.iter().zip(&digits.classes).filter(|(eight, class)| (**eight > 0.5) == (**class == 1)).count() as f64
    };
    findings
        // Single precision through some hundred steps.
        .claiming(format!(
            "A softmax layer at rate {rate} trains to the probabilities of one sigmoid neuron at {}: largest \
             difference after {steps} steps on threes and eights",
            2.0 * rate
        ))
        .is(largest_gap(&pair, &one), AtMost(1e-4))
        .claim(
            format!("Of {} threes and eights the softmax layer gets as many right as the neuron", digits.len()),
            right(&pair),
            Near(right(&one), 0.0),
        );
    Ok(())
}

/// Of every digit, after descent on whole batches from zero weights.
fn logits(digits: &Digits, outputs: usize, course: &Course, seed: u64) -> Tensor<2> {
    let loss = if outputs == 1 { BCE } else { CROSS_ENTROPY };
    let config = MlpConfig { hidden: Vec::new(), weights: Initializer::Zero, ..MlpConfig::default() };
    let (x, y) = digits.tensors(&training_device());
    let of_all = |network: &Mlp, _: &Digits| trainer::loss::loss(&loss, network.forward(x.clone()), y.clone());
    let network = digits.teach(new_network(&config, outputs, seed), course, seed, of_all).valid();
    network.forward(digits.tensors(&Device::flex()).0)
}
