//! Convolution, pooling, batch normalization by running statistics and activation in one pass where no gradient is asked for.

use crate::block::{Block, Pointwise};
use crate::buffer::{tensor, values};
use crate::cpu::Keep;
use crate::cpu::geometry::Order;
use crate::extension::{self, Before, activated, is_sooner_in_burn, pooled};
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::{Shape, Tensor};
use burn_flex::FlexTensor;

/// A block's convolution and pooling, then `(c - mean) * scale + shift` of each channel, and then the block's activation.
pub(crate) fn forward(
    block: &Block,
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    affine: [Tensor<1>; 3],
) -> Tensor<4> {
    let bias = extension::or_zeros(bias, &weight);
    let (x, weight, bias) = (x.into_dispatch(), weight.into_dispatch(), bias.into_dispatch());
    let [mean, scale, shift] = affine.map(Tensor::into_dispatch);
    Tensor::from_dispatch(<Dispatch as SettledOps>::zoo_settled(x, weight, bias, mean, scale, shift, block.clone()))
}

#[backend_extension(Autodiff, Flex)]
trait SettledOps: Backend {
    fn zoo_settled(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        block: Block,
    ) -> FloatTensor<Self>;
}

impl SettledOps for Flex {
    fn zoo_settled(
        x: FlexTensor,
        weight: FlexTensor,
        bias: FlexTensor,
        mean: FlexTensor,
        scale: FlexTensor,
        shift: FlexTensor,
        block: Block,
    ) -> FlexTensor {
        run(&block, [&x, &weight, &bias], [&mean, &scale, &shift])
            .unwrap_or_else(|| composed::<Self>([x, weight, bias], [mean, scale, shift], &block))
    }
}

impl<C: CheckpointStrategy> SettledOps for Autodiff<Flex, C> {
    fn zoo_settled(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        block: Block,
    ) -> FloatTensor<Self> {
        composed::<Self>([x, weight, bias], [mean, scale, shift], &block)
    }
}

fn run(block: &Block, [x, weight, bias]: [&FlexTensor; 3], affine: [&FlexTensor; 3]) -> Option<FlexTensor> {
    let straight = Block { pointwise: Pointwise::None, ..block.clone() };
    if is_sooner_in_burn(&straight, x, weight) {
        return None;
    }
    let before = Before::new(&straight, x, weight, bias, Keep::Nothing)?;
    let affine = affine.map(FlexTensor::to_contiguous);
    let pixels = before.pixels();
    let curved = pixels.curved(affine.each_ref().map(values), block.pointwise);
    Some(tensor(pixels.forward(&curved), before.shape, Order::ChannelsLast))
}

/// The same in the backend's own operations.
fn composed<B: Backend>(
    [x, weight, bias]: [FloatTensor<B>; 3],
    affine: [FloatTensor<B>; 3],
    block: &Block,
) -> FloatTensor<B> {
    let x = pooled::<B>(B::conv2d(x, weight, Some(bias), block.options.clone()), block.pool);
    let channels = x.shape()[1];
    let [mean, scale, shift] = affine.map(|values| B::float_reshape(values, Shape::from([1, channels, 1, 1])));
    let x = B::float_add(B::float_mul(B::float_sub(x, mean), scale), shift);
    activated::<B>(x, block.pointwise)
}
