//! One step of training.

use crate::loss::{BatchTargets, loss};
use crate::network::Network;
use crate::optimizer::{add_l1, clip_gradients, gradient_norm};
use burn::lr_scheduler::module_lr_scheduler::ModuleLearningRate;
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::Tensor;
use zoo_core::InputBatch;
use zoo_recipe::{Loss, Regularization};

/// What a step goes against.
#[derive(Clone, Copy, Debug)]
pub struct Objective<'a> {
    /// What is minimized.
    pub loss: &'a Loss,
    /// What is added to the gradients, and bounds them.
    pub regularization: &'a Regularization,
    /// Whether the norm of the gradients is wanted: it decides nothing.
    pub measures_gradients: bool,
}

/// A step that was taken: the network after it, and what it came to, still on the device and outside the autodiff graph.
#[derive(Debug)]
pub struct TakenStep {
    /// One step on.
    pub network: Network,
    /// The mean over the batch before the step, `[1]`.
    pub loss: Tensor<1>,
    /// Before the step, `[batch, outputs]`.
    pub logits: Tensor<2>,
    /// The Euclidean norm of all gradients before they were bounded, `[1]`, where it is wanted.
    pub gradient_norm: Option<Tensor<1>>,
}

/// One batch forward and backward, and the weights one step on. Nothing in it waits for the device.
///
/// Dropout draws from the device's generator: whoever wants the same masks again seeds it before, by [`step_seed`].
pub fn step(
    network: Network,
    (input, targets): (InputBatch, BatchTargets),
    objective: Objective<'_>,
    optimizer: &mut ModuleOptimizer,
    learning_rate: impl Into<ModuleLearningRate>,
) -> TakenStep {
    let logits = network.forward(input);
    let loss = loss(objective.loss, logits.clone(), targets);

    let mut gradients = GradientsParams::from_grads(loss.backward(), &network);
    add_l1(&mut gradients, &network, objective.regularization.l1);
    let gradient_norm = if objective.measures_gradients { gradient_norm(&gradients, &network) } else { None };
    clip_gradients(&mut gradients, &network, &objective.regularization.gradient_clipping);
    let network = optimizer.step(learning_rate, network, gradients);
    TakenStep { network, loss: loss.inner(), logits: logits.inner(), gradient_norm }
}

/// A seed of its own for every step (the finalizer of SplitMix64), and none of them the one initial weights are drawn with.
pub fn step_seed(seed: u64, step: usize) -> u64 {
    let mut mixed = seed.wrapping_add((step as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
