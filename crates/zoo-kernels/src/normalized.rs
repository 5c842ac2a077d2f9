//! Convolution, pooling, batch normalization and activation as one operation of Burn's flex backend, with its gradient.

use crate::block::{Block, Pointwise};
use crate::buffer::{contiguous, dims, images, in_one_run, is_on_flex, tensor, values};
use crate::cpu::Keep;
use crate::cpu::backward::Wanted;
use crate::cpu::geometry::Order;
use crate::cpu::normalized::Statistics;
use crate::extension::{self, Before, activated, is_for_kernels, pooled};
use crate::on_kernels::pixels;
use crate::saved::{Bent, SavedBlock};
use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::ops::ModuleOps;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, backend_extension};
use burn::tensor::{DType, Shape, Tensor};
use burn_flex::FlexTensor;
use std::sync::Arc;

/// A block's convolution and pooling, the normalization by the batch's own statistics, and then its activation.
#[derive(Clone, Debug)]
pub(crate) struct Normalized {
    pub(crate) block: Block,
    pub(crate) epsilon: f64,
}

/// Output, mean and variance, of input, weight, bias, gamma and beta.
pub(crate) fn forward(
    normalized: Normalized,
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    [gamma, beta]: [Tensor<1>; 2],
) -> (Tensor<4>, [Tensor<1>; 2]) {
    let bias = extension::or_zeros(bias, &weight);
    let (x, weight, bias) = (x.into_dispatch(), weight.into_dispatch(), bias.into_dispatch());
    let (gamma, beta) = (gamma.into_dispatch(), beta.into_dispatch());
    let (output, mean, variance) =
        <Dispatch as NormalizedOps>::zoo_normalized(x, weight, bias, gamma, beta, normalized);
    (Tensor::from_dispatch(output), [Tensor::from_dispatch(mean), Tensor::from_dispatch(variance)])
}

/// True if the kernels are for these tensors.
pub(crate) fn suits(
    block: &Block,
    x: &Tensor<4>,
    weight: &Tensor<4>,
    bias: Option<&Tensor<1>>,
    learned: &[Tensor<1>; 2],
) -> bool {
    let channels = weight.dims()[0];
    let fits = |tensor: &Tensor<1>| {
        tensor.dims() == [channels] && tensor.dtype() == DType::F32 && is_on_flex(&tensor.clone().into_dispatch())
    };
    let straight = Block { pointwise: Pointwise::None, ..block.clone() };
    learned.iter().all(fits) && is_for_kernels(&straight, x, weight, bias)
}

#[backend_extension(Autodiff, Flex)]
trait NormalizedOps: Backend {
    fn zoo_normalized(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        normalized: Normalized,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
}

impl NormalizedOps for Flex {
    fn zoo_normalized(
        x: FlexTensor,
        weight: FlexTensor,
        bias: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        normalized: Normalized,
    ) -> (FlexTensor, FlexTensor, FlexTensor) {
        match run(&normalized, [&x, &weight, &bias, &gamma, &beta]) {
            Some(Run { output, mean, variance, .. }) => (output, mean, variance),
            None => composed::<Self>([x, weight, bias, gamma, beta], &normalized),
        }
    }
}

impl<C: CheckpointStrategy> NormalizedOps for Autodiff<Flex, C> {
    fn zoo_normalized(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        normalized: Normalized,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let tensors = [&x, &weight, &bias, &gamma, &beta].map(|tensor| tensor.primitive());
        let Some(Run { output, mean, variance, saved }) = run(&normalized, tensors) else {
            return composed::<Self>([x, weight, bias, gamma, beta], &normalized);
        };
        let state = SavedNormalized { saved, variance: variance.clone(), epsilon: normalized.epsilon };
        let nodes = [x.node(), weight.node(), bias.node(), gamma.node(), beta.node()];
        let output = match NormalizedBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => prepared.finish(state, output),
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        };
        let constant = <Self as burn::backend::AutodiffBackend>::from_inner;
        (output, constant(mean), constant(variance))
    }
}

/// What the kernels make of a batch.
struct Run {
    output: FlexTensor,
    mean: FlexTensor,
    variance: FlexTensor,
    saved: SavedBlock,
}

fn run(normalized: &Normalized, [x, weight, bias, gamma, beta]: [&FlexTensor; 5]) -> Option<Run> {
    let block = Block { pointwise: Pointwise::None, ..normalized.block.clone() };
    let before = Before::new(&block, x, weight, bias, Keep::Moments)?;
    let (gamma, beta) = (gamma.to_contiguous(), beta.to_contiguous());
    let (pixels, shape) = (before.pixels(), before.shape);
    let Statistics { mean, variance } = pixels.statistics(&before.moments);
    let parameters: [&[f32]; 4] = [&mean, &variance, values(&gamma), values(&beta)];
    let curved = pixels.normalized(parameters, normalized.epsilon, normalized.block.pointwise);
    let output = tensor(pixels.forward(&curved), shape, Order::ChannelsLast);
    let bent = Some(Bent { values: Arc::new(before.values), curved });
    let saved = SavedBlock { x: x.clone(), weight: weight.clone(), masks: Arc::new(before.masks), block, bent };
    let [mean, variance] = [mean, variance].map(of_channels);
    Some(Run { output, mean, variance, saved })
}

fn of_channels(values: Vec<f32>) -> FlexTensor {
    let shape = Shape::from([values.len()]);
    contiguous(values, shape)
}

/// The same in the backend's own operations.
fn composed<B: Backend>(
    [x, weight, bias, gamma, beta]: [FloatTensor<B>; 5],
    Normalized { block, epsilon }: &Normalized,
) -> (FloatTensor<B>, FloatTensor<B>, FloatTensor<B>) {
    let x = pooled::<B>(B::conv2d(x, weight, Some(bias), block.options.clone()), block.pool);
    let found = <B as ModuleOps<B>>::batch_norm_train(x, gamma, beta, *epsilon);
    (activated::<B>(found.output, block.pointwise), found.mean, found.variance)
}

#[derive(Clone, Debug)]
struct SavedNormalized {
    saved: SavedBlock,
    variance: FlexTensor,
    epsilon: f64,
}

#[derive(Debug)]
struct NormalizedBackward;

impl Backward<Flex, 5> for NormalizedBackward {
    type State = SavedNormalized;

    fn backward(self, ops: Ops<SavedNormalized, 5>, gradients: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let [x_node, weight_node, bias_node, gamma_node, beta_node] = ops.parents;
        let gradient = in_one_run(&gradients.consume::<Flex>(&ops.node));
        let SavedNormalized { saved, variance, epsilon } = ops.state;
        let Some(Bent { values: before, curved }) = &saved.bent else { unreachable!("a norm has values before it") };
        let pixels = pixels(before, dims(&gradient));
        let learned = pixels.norm_gradients(curved, values(&variance), epsilon, &images(&gradient));
        let wanted = Wanted { input: x_node.is_some(), weight: weight_node.is_some(), bias: bias_node.is_some() };
        let found = saved.gradients(&gradient, Some(&learned.correction), wanted);
        let all = [
            (x_node, found.input),
            (weight_node, found.weight),
            (bias_node, found.bias),
            (gamma_node, Some(of_channels(learned.gamma))),
            (beta_node, Some(of_channels(learned.beta))),
        ];
        for (node, found) in all {
            if let (Some(node), Some(found)) = (node, found) {
                gradients.register::<Flex>(node.id, found);
            }
        }
    }
}
