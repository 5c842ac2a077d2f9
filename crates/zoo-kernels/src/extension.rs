//! The layers as operations of Burn's flex backend, with their gradients.

use crate::block::{Block, Pointwise, Pool};
use crate::buffer::{contiguous, is_on_flex};
use crate::cpu::BlockLayer;
use crate::cpu::geometry::{Geometry, Order, StridedImages};
use crate::cpu::isa::kernels;
use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::ops::ModuleOps;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Bytes, DType, Shape, Tensor};
use burn_flex::{FlexTensor, Layout};
use std::sync::Arc;

/// The block on the fast kernels.
pub(crate) fn forward(block: &Block, x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
    let bias = bias.unwrap_or_else(|| Tensor::zeros([weight.dims()[0]], &weight.device().inner()));
    let (x, weight, bias) = (x.into_dispatch(), weight.into_dispatch(), bias.into_dispatch());
    Tensor::from_dispatch(<Dispatch as LayerOps>::zoo_block(x, weight, bias, block.clone()))
}

/// True if the kernels are for these tensors.
pub(crate) fn is_for_kernels(block: &Block, x: &Tensor<4>, weight: &Tensor<4>, bias: Option<&Tensor<1>>) -> bool {
    let [channels_out, channels_in, _, _] = weight.dims();
    let shapes = x.dims()[1] == channels_in && bias.is_none_or(|bias| bias.dims() == [channels_out]);
    let types = [x.dtype(), weight.dtype()].iter().all(|dtype| *dtype == DType::F32)
        && bias.is_none_or(|bias| bias.dtype() == DType::F32);
    let places = is_on_flex(&x.clone().into_dispatch())
        && is_on_flex(&weight.clone().into_dispatch())
        && bias.is_none_or(|bias| is_on_flex(&bias.clone().into_dispatch()));
    shapes && types && places && layer(block, x.dims(), weight.dims()).is_some()
}

/// The layer of these shapes, if the kernels are for it.
fn layer(block: &Block, x: [usize; 4], weight: [usize; 4]) -> Option<BlockLayer> {
    let ConvOptions { stride, padding, dilation, groups } = block.options.clone();
    let [batch, channels_in, height, width] = x;
    let [channels_out, _, kernel_height, kernel_width] = weight;
    let geometry = Geometry {
        batch,
        channels_in,
        input: [height, width],
        channels_out,
        kernel: [kernel_height, kernel_width],
        stride,
        padding,
    };
    if groups != 1 || dilation != [1, 1] {
        return None;
    }
    BlockLayer::new(geometry, block.pointwise, block.pool, kernels()?)
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
        // Alone, a kernel of one pixel is a matrix product in the order of Burn's tensors.
        let product = block.is_alone() && dims(&weight)[2..] == [1, 1];
        let output = if product { None } else { run(&block, &x, &weight, &bias, false) };
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
        let Some((output, masks)) = run(&block, x.primitive(), weight.primitive(), bias.primitive(), tracked) else {
            return composed::<Self>(x, weight, bias, &block);
        };
        let nodes = [x.node(), weight.node(), bias.node()];
        match BlockBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => {
                let state = SavedBlock {
                    x: x.into_primitive(),
                    weight: weight.into_primitive(),
                    masks: Arc::new(masks),
                    block,
                };
                prepared.finish(state, output)
            }
            OpsKind::UnTracked(prepared) => prepared.finish(output),
        }
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
    let x = match block.pointwise {
        Pointwise::None => x,
        Pointwise::Relu => B::relu(x),
    };
    match block.pool {
        Pool::None => x,
        Pool::Max => B::max_pool2d(x, [2, 2], [2, 2], [0, 0], [1, 1], false),
        Pool::Average => B::avg_pool2d(x, [2, 2], [2, 2], [0, 0], true, false),
    }
}

fn run(
    block: &Block,
    x: &FlexTensor,
    weight: &FlexTensor,
    bias: &FlexTensor,
    masks: bool,
) -> Option<(FlexTensor, Vec<u16>)> {
    let layer = layer(block, dims(x), dims(weight))?;
    let (weight, bias) = (weight.to_contiguous(), bias.to_contiguous());
    let source = readable(x);
    let output = layer.forward(images(&source), values(&weight), Some(values(&bias)), masks)?;
    let [height, width] = layer.epilogue().size;
    let shape = [layer.geometry.batch, layer.geometry.channels_out, height, width];
    Some((tensor(output.values, shape, layer.order), output.masks))
}

#[derive(Clone, Debug)]
struct SavedBlock {
    x: FlexTensor,
    weight: FlexTensor,
    masks: Arc<Vec<u16>>,
    block: Block,
}

#[derive(Debug)]
struct BlockBackward;

impl Backward<Flex, 3> for BlockBackward {
    type State = SavedBlock;

    fn backward(self, ops: Ops<SavedBlock, 3>, gradients: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let [x_node, weight_node, bias_node] = ops.parents;
        let gradient = gradients.consume::<Flex>(&ops.node);
        let (input, weight, bias) = ops.state.gradients(&gradient, x_node.is_some());
        if let (Some(node), Some(input)) = (x_node, input) {
            gradients.register::<Flex>(node.id, input);
        }
        if let Some(node) = weight_node {
            gradients.register::<Flex>(node.id, contiguous(weight, ops.state.weight.shape()));
        }
        if let Some(node) = bias_node {
            let shape = Shape::from([bias.len()]);
            gradients.register::<Flex>(node.id, contiguous(bias, shape));
        }
    }
}

impl SavedBlock {
    /// The gradients of input, if it is wanted, weight and bias.
    fn gradients(&self, gradient: &FlexTensor, wants_input: bool) -> (Option<FlexTensor>, Vec<f32>, Vec<f32>) {
        let Some(layer) = layer(&self.block, dims(&self.x), dims(&self.weight)) else {
            unreachable!("the forward pass found the kernels for these shapes")
        };
        let (x, weight, gradient) = (readable(&self.x), self.weight.to_contiguous(), whole(gradient));
        let (source, gradient) = (images(&x), images(&gradient));
        let left = wants_input && layer.leaves_input_gradient();
        let found = layer.backward(source, values(&weight), gradient, &self.masks, wants_input && !left);
        let [batch, channels, height, width] = dims(&x);
        let order = source.order([channels, height, width]);
        let input = found.input.map(|values| tensor(values, [batch, channels, height, width], order));
        let input = input.or_else(|| {
            left.then(|| {
                let [height, width] = layer.geometry.output();
                let shape = [batch, layer.geometry.channels_out, height, width];
                let convolution =
                    tensor(layer.convolution_gradient(gradient, &self.masks), shape, Order::ChannelsFirst);
                Flex::conv2d_x_backward(x.clone(), weight, convolution, self.block.options.clone())
            })
        });
        (input, found.weight, found.bias)
    }
}

fn dims(tensor: &FlexTensor) -> [usize; 4] {
    tensor.shape().dims()
}

/// A tensor whose strides are all positive.
fn readable(tensor: &FlexTensor) -> FlexTensor {
    if tensor.layout().strides().iter().all(|stride| *stride > 0) { tensor.clone() } else { tensor.to_contiguous() }
}

/// A tensor whose values stand in one run, in one of the orders.
fn whole(tensor: &FlexTensor) -> FlexTensor {
    let [_, channels, height, width] = dims(tensor);
    if tensor.layout().start_offset() == 0 && images(tensor).is_channels_last([channels, height, width]) {
        tensor.clone()
    } else {
        tensor.to_contiguous()
    }
}

/// The values of a tensor with positive strides, and where they stand.
fn images(tensor: &FlexTensor) -> StridedImages<'_> {
    let strides: Vec<usize> = tensor.layout().strides().iter().map(|stride| stride.unsigned_abs()).collect();
    let values = &tensor.storage::<f32>()[tensor.layout().start_offset()..];
    let [batch, channels, height, width] = dims(tensor);
    StridedImages::new(values, [strides[0], strides[1], strides[2], strides[3]], batch, [channels, height, width])
}

fn values(tensor: &FlexTensor) -> &[f32] {
    let start = tensor.layout().start_offset();
    &tensor.storage::<f32>()[start..start + tensor.layout().num_elements()]
}

/// A tensor `[batch, channels, height, width]` of values in this order.
fn tensor(values: Vec<f32>, shape: [usize; 4], order: Order) -> FlexTensor {
    let strides = order.strides([shape[1], shape[2], shape[3]]).map(|stride| stride as isize);
    FlexTensor::new(Bytes::from_elems(values), Layout::new(Shape::from(shape), strides.to_vec(), 0), DType::F32)
}
