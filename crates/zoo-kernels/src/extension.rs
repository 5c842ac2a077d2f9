//! The layers as operations of Burn's flex backend, with their gradients.

use crate::block::{Block, Pointwise, Pool};
use crate::buffer::{dims, images, is_on_flex, readable, tensor, values};
use crate::cpu::Keep;
use crate::cpu::backward::Wanted;
use crate::cpu::choice::kernels;
use crate::cpu::geometry::Order;
use crate::cpu::normalized::Pixels;
use crate::on_kernels::{layer, pixels};
use crate::saved::{Bent, SavedBlock};
use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, backend_extension};
use burn::tensor::ops::ConvOptions;
use burn::tensor::{DType, Tensor};
use burn_flex::FlexTensor;
use std::sync::Arc;

/// Kernels, one for each pair of channels, that are prepared in vain for fewer pixels than [`FEW_PIXELS`].
const MANY_KERNELS: usize = 1 << 16;
const FEW_PIXELS: usize = 512;
/// Bytes from which an image in planes does not stay in the cache while it is turned into pixels.
const LARGE_IMAGE: usize = 128 << 10;
/// Taps of a depthwise kernel, of each pixel that it slides by, up to which it takes no longer than that.
const SMALL_KERNEL: usize = 9;

/// The block on the fast kernels.
pub(crate) fn forward(block: &Block, x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
    let bias = or_zeros(bias, &weight);
    let (x, weight, bias) = (x.into_dispatch(), weight.into_dispatch(), bias.into_dispatch());
    Tensor::from_dispatch(<Dispatch as LayerOps>::zoo_block(x, weight, bias, block.clone()))
}

/// The bias, or one of zeros.
pub(crate) fn or_zeros(bias: Option<Tensor<1>>, weight: &Tensor<4>) -> Tensor<1> {
    bias.unwrap_or_else(|| Tensor::zeros([weight.dims()[0]], &weight.device().inner()))
}

/// True if the kernels are for these tensors.
pub(crate) fn is_for_kernels(block: &Block, x: &Tensor<4>, weight: &Tensor<4>, bias: Option<&Tensor<1>>) -> bool {
    let [channels_out, channels_in, _, _] = weight.dims();
    let shapes =
        x.dims()[1] == channels_in * block.options.groups && bias.is_none_or(|bias| bias.dims() == [channels_out]);
    let types = [x.dtype(), weight.dtype()].iter().all(|dtype| *dtype == DType::F32)
        && bias.is_none_or(|bias| bias.dtype() == DType::F32);
    let places = is_on_flex(&x.clone().into_dispatch())
        && is_on_flex(&weight.clone().into_dispatch())
        && bias.is_none_or(|bias| is_on_flex(&bias.clone().into_dispatch()));
    shapes && types && places && layer(block, x.dims(), weight.dims()).is_some()
}

/// Convolution, bias, activation and pooling as one operation.
#[backend_extension(Autodiff, Flex)]
trait LayerOps: Backend {
    fn zoo_block(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        block: Block,
    ) -> FloatTensor<Self>;
}

impl LayerOps for Flex {
    fn zoo_block(x: FlexTensor, weight: FlexTensor, bias: FlexTensor, block: Block) -> FlexTensor {
        let output =
            if is_sooner_in_burn(&block, &x, &weight) { None } else { run(&block, &x, &weight, &bias, Keep::Nothing) };
        match output {
            Some((output, _)) => output,
            None => composed::<Flex>(x, weight, bias, &block),
        }
    }
}

impl<C: CheckpointStrategy> LayerOps for Autodiff<Flex, C> {
    fn zoo_block(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        block: Block,
    ) -> FloatTensor<Self> {
        let tracked = x.is_tracked() || weight.is_tracked() || bias.is_tracked();
        let Some((output, saved)) =
            run_for_gradients(&block, x.primitive(), weight.primitive(), bias.primitive(), tracked)
        else {
            return composed::<Self>(x, weight, bias, &block);
        };
        let nodes = [x.node(), weight.node(), bias.node()];
        match BlockBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => prepared.finish(saved, output),
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        }
    }
}

/// The block's output, and what its gradient is computed from: where the activation is no matter of masks, the values before it.
fn run_for_gradients(
    block: &Block,
    x: &FlexTensor,
    weight: &FlexTensor,
    bias: &FlexTensor,
    tracked: bool,
) -> Option<(FlexTensor, SavedBlock)> {
    let saved = |masks, block: &Block, bent| SavedBlock {
        x: x.clone(),
        weight: weight.clone(),
        masks: Arc::new(masks),
        block: block.clone(),
        bent,
    };
    if !(tracked && block.is_curved()) {
        let keep = if tracked { Keep::Masks } else { Keep::Nothing };
        let (output, masks) = run(block, x, weight, bias, keep)?;
        return Some((output, saved(masks, block, None)));
    }
    let straight = Block { pointwise: Pointwise::None, ..block.clone() };
    let before = Before::new(&straight, x, weight, bias, Keep::Masks)?;
    let curved = before.pixels().bent(block.pointwise);
    let output = tensor(before.pixels().forward(&curved), before.shape, Order::ChannelsLast);
    let Before { values, masks, .. } = before;
    Some((output, saved(masks, &straight, Some(Bent { values: Arc::new(values), curved }))))
}

/// What a convolution, pooled or not, leaves for an activation: pixel by pixel.
pub(crate) struct Before {
    pub(crate) values: Vec<f32>,
    pub(crate) masks: Vec<u16>,
    /// Of each image, if they were to be kept and could be.
    pub(crate) moments: Vec<f32>,
    pub(crate) shape: [usize; 4],
}

impl Before {
    pub(crate) fn new(
        block: &Block,
        x: &FlexTensor,
        weight: &FlexTensor,
        bias: &FlexTensor,
        keep: Keep,
    ) -> Option<Self> {
        let layer = layer(block, dims(x), dims(weight))?.with_order(Order::ChannelsLast);
        let (weight, bias) = (weight.to_contiguous(), bias.to_contiguous());
        let output = layer.forward(images(&readable(x)), values(&weight), values(&bias), keep)?;
        Some(Self { values: output.values, masks: output.masks, moments: output.moments, shape: layer.output() })
    }

    pub(crate) fn pixels(&self) -> Pixels<'_> {
        pixels(&self.values, self.shape)
    }
}

/// The block in the backend's own operations: for values so large, or not numbers, that shortcuts could differ from them.
fn composed<B: Backend>(
    x: FloatTensor<B>,
    weight: FloatTensor<B>,
    bias: FloatTensor<B>,
    block: &Block,
) -> FloatTensor<B> {
    let x = B::conv2d(x, weight, Some(bias), block.options.clone());
    pooled::<B>(activated::<B>(x, block.pointwise), block.pool)
}

pub(crate) fn activated<B: Backend>(x: FloatTensor<B>, pointwise: Pointwise) -> FloatTensor<B> {
    match pointwise {
        Pointwise::None => x,
        Pointwise::Relu => B::relu(x),
        Pointwise::Gelu => B::gelu(x),
        Pointwise::Silu => B::float_mul(x.clone(), B::sigmoid(x)),
    }
}

pub(crate) fn pooled<B: Backend>(x: FloatTensor<B>, pool: Pool) -> FloatTensor<B> {
    match pool {
        Pool::None => x,
        Pool::Max => B::max_pool2d(x, [2, 2], [2, 2], [0, 0], [1, 1], false),
        Pool::Average => B::avg_pool2d(x, [2, 2], [2, 2], [0, 0], true, false),
    }
}

/// True if Burn's own operations answer sooner where no gradient is asked for, as measured: what the kernels save, they lose by turning
/// planes into pixels, or by preparing weights that few pixels share.
pub(crate) fn is_sooner_in_burn(block: &Block, x: &FlexTensor, weight: &FlexTensor) -> bool {
    let ([batch, channels, height, width], [channels_out, _, kernel_height, kernel_width]) = (dims(x), dims(weight));
    let ConvOptions { stride, groups, .. } = block.options;
    if groups == 1 && channels * channels_out >= MANY_KERNELS && batch * height * width < FEW_PIXELS {
        return true;
    }
    let (taps, steps) = (kernel_height * kernel_width, stride[0] * stride[1]);
    let in_planes = images(&readable(x)).order() == Order::ChannelsFirst;
    if taps == 1 && steps == 1 && groups == 1 {
        // A matrix product in the order of Burn's tensors.
        return block.is_alone() || in_planes && block.pool == Pool::None;
    }
    let is_large = channels * height * width * size_of::<f32>() >= LARGE_IMAGE;
    let is_narrow = taps <= SMALL_KERNEL && kernels().is_some_and(|kernels| 2 * channels < kernels.lanes);
    let is_depthwise = groups == channels && groups == channels_out;
    is_depthwise && (is_narrow || in_planes && is_large && taps <= SMALL_KERNEL * steps)
}

fn run(
    block: &Block,
    x: &FlexTensor,
    weight: &FlexTensor,
    bias: &FlexTensor,
    keep: Keep,
) -> Option<(FlexTensor, Vec<u16>)> {
    let layer = layer(block, dims(x), dims(weight))?;
    let (weight, bias) = (weight.to_contiguous(), bias.to_contiguous());
    let source = readable(x);
    let output = layer.forward(images(&source), values(&weight), values(&bias), keep)?;
    Some((tensor(output.values, layer.output(), layer.order()), output.masks))
}

#[derive(Debug)]
struct BlockBackward;

impl Backward<Flex, 3> for BlockBackward {
    type State = SavedBlock;

    fn backward(self, ops: Ops<SavedBlock, 3>, gradients: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let [x_node, weight_node, bias_node] = ops.parents;
        let gradient = gradients.consume::<Flex>(&ops.node);
        let wanted = Wanted { input: x_node.is_some(), weight: weight_node.is_some(), bias: bias_node.is_some() };
        let found = ops.state.gradients(&gradient, None, wanted);
        for (node, found) in [(x_node, found.input), (weight_node, found.weight), (bias_node, found.bias)] {
            if let (Some(node), Some(found)) = (node, found) {
                gradients.register::<Flex>(node.id, found);
            }
        }
    }
}
