//! A single layer of Burn's own modules, and the two ways to run it.

use super::zoo;
use crate::layers::{BenchLayer, LayerActivation, LayerPass, LayerShape};
use crate::peers::Peer;
use burn::module::{Param, RunningState};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::pool::MaxPool2dConfig;
use burn::nn::{BatchNorm, BatchNormConfig, PaddingConfig2d};
use burn::tensor::activation::{gelu, relu, silu};
use burn::tensor::{Device, Tensor, TensorData};
use std::hint::black_box;
use zoo_kernels::{FastConv2d, Pointwise, Pool};

/// A layer's inputs and parameters, the same ones for every peer.
pub(super) struct LayerValues {
    /// `[batch, channels, height, width]`, from -1 to 1.
    pub(super) inputs: Vec<f32>,
    /// `[outputs, inputs of a group, height, width]`.
    pub(super) weight: Vec<f32>,
    /// One value for each output, as all that follow.
    pub(super) bias: Vec<f32>,
    pub(super) gamma: Vec<f32>,
    pub(super) beta: Vec<f32>,
    pub(super) running_mean: Vec<f32>,
    pub(super) running_var: Vec<f32>,
}

/// A layer as a peer runs it.
pub(super) struct TimedLayer {
    peer: Peer,
    shape: LayerShape,
    pub(super) conv: Conv2d,
    norm: Option<BatchNorm>,
    /// `[batch, channels, height, width]`, in memory as the peer's own layers leave it to each other.
    inputs: Tensor<4>,
}

impl LayerValues {
    /// Weights and biases as large as Burn and PyTorch draw them.
    pub(super) fn of(layer: &BenchLayer) -> Self {
        let LayerShape { channels: [inputs, outputs], groups, kernel, size, .. } = layer.shape;
        let fan_in = inputs / groups * kernel * kernel;
        let bound = (fan_in as f32).sqrt().recip();
        let mut state = 1;
        let mut draw = |count: usize, from: f32, to: f32| -> Vec<f32> {
            (0..count).map(|_| from + (to - from) * zoo::uniform(&mut state)).collect()
        };
        Self {
            inputs: draw(layer.batch * inputs * size * size, -1.0, 1.0),
            weight: draw(outputs * fan_in, -bound, bound),
            bias: draw(outputs, -bound, bound),
            gamma: draw(outputs, 0.5, 1.5),
            beta: draw(outputs, -0.5, 0.5),
            running_mean: draw(outputs, -0.5, 0.5),
            running_var: draw(outputs, 0.5, 1.5),
        }
    }
}

impl TimedLayer {
    /// On a device that has gradients, it trains.
    pub(super) fn new(layer: &BenchLayer, values: &LayerValues, peer: Peer, device: &Device) -> Self {
        let BenchLayer { batch, shape, .. } = *layer;
        let [channels, _] = shape.channels;
        let inputs = tensor(&values.inputs, [batch, channels, shape.size, shape.size], device);
        Self {
            peer,
            shape,
            conv: conv(&shape, values, device),
            norm: shape.norm.then(|| norm(&shape, values, device)),
            inputs: if peer == Peer::Flex { inputs } else { channels_last(inputs) },
        }
    }

    /// The inputs; where there are gradients, with one of their own.
    pub(super) fn inputs(&self) -> Tensor<4> {
        let inputs = self.inputs.clone();
        if inputs.device().is_autodiff() { inputs.require_grad() } else { inputs }
    }

    /// One pass, its results thrown away.
    pub(super) fn pass(&self, pass: LayerPass) {
        let outputs = self.forward(self.inputs());
        match pass {
            LayerPass::Forward => {
                black_box(outputs);
            }
            LayerPass::ForwardBackward => {
                black_box(outputs.sum().backward());
            }
        }
    }

    /// `[batch, outputs, height, width]`.
    pub(super) fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        if self.peer == Peer::Flex { self.stock(x) } else { self.zoo(x) }
    }

    fn zoo(&self, x: Tensor<4>) -> Tensor<4> {
        let pool = if self.shape.pooled { Pool::Max } else { Pool::None };
        let pointwise = match self.shape.activation {
            LayerActivation::Relu => Pointwise::Relu,
            LayerActivation::Gelu => Pointwise::Gelu,
            LayerActivation::Silu => Pointwise::Silu,
        };
        match &self.norm {
            Some(norm) => self.conv.forward_normalized(x, pool, norm, pointwise),
            None => self.conv.forward_block(x, pointwise, pool),
        }
    }

    fn stock(&self, x: Tensor<4>) -> Tensor<4> {
        let x = self.conv.forward(x);
        match &self.norm {
            Some(norm) => self.activate(norm.forward(self.pool(x))),
            None => self.pool(self.activate(x)),
        }
    }

    fn activate(&self, x: Tensor<4>) -> Tensor<4> {
        match self.shape.activation {
            LayerActivation::Relu => relu(x),
            LayerActivation::Gelu => gelu(x),
            LayerActivation::Silu => silu(x),
        }
    }

    fn pool(&self, x: Tensor<4>) -> Tensor<4> {
        if self.shape.pooled { MaxPool2dConfig::new([2, 2]).init().forward(x) } else { x }
    }
}

fn conv(shape: &LayerShape, values: &LayerValues, device: &Device) -> Conv2d {
    let LayerShape { channels: [inputs, outputs], groups, kernel, stride, dilation, padding, .. } = *shape;
    let mut conv = Conv2dConfig::new([inputs, outputs], [kernel; 2])
        .with_stride([stride; 2])
        .with_dilation([dilation; 2])
        .with_groups(groups)
        .with_padding(PaddingConfig2d::Explicit(padding, padding, padding, padding))
        .init(device);
    let weight = tensor(&values.weight, [outputs, inputs / groups, kernel, kernel], device);
    conv.weight = Param::from_tensor(weight);
    conv.bias = Some(Param::from_tensor(tensor(&values.bias, [outputs], device)));
    conv
}

fn norm(shape: &LayerShape, values: &LayerValues, device: &Device) -> BatchNorm {
    let [_, channels] = shape.channels;
    let mut norm = BatchNormConfig::new(channels).init(device);
    norm.gamma = Param::from_tensor(tensor(&values.gamma, [channels], device));
    norm.beta = Param::from_tensor(tensor(&values.beta, [channels], device));
    norm.running_mean = RunningState::new(tensor(&values.running_mean, [channels], device));
    norm.running_var = RunningState::new(tensor(&values.running_var, [channels], device));
    norm
}

fn tensor<const D: usize>(values: &[f32], shape: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::from_data(TensorData::new(values.to_vec(), shape), device)
}

/// The same images with the channels of a pixel together in memory, as the zoo's kernels leave their outputs.
fn channels_last(images: Tensor<4>) -> Tensor<4> {
    let device = images.device();
    Tensor::<4>::from_data(images.permute([0, 2, 3, 1]).into_data(), &device).permute([0, 3, 1, 2])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;
    use crate::layers::layers;

    #[test]
    fn every_peer_has_the_same_inputs() {
        let layer = BenchLayer { batch: 2, ..layers().next().unwrap() };
        let values = LayerValues::of(&layer);
        for peer in [Peer::Zoo, Peer::Flex] {
            let inputs = TimedLayer::new(&layer, &values, peer, &Device::flex()).inputs();
            assert_eq!(inputs.dims(), [2, 64, 16, 16]);
            assert_eq!(inputs.into_data().try_to_vec::<f32>().unwrap(), values.inputs);
        }
    }

    #[test]
    fn inputs_are_neither_all_of_one_sign_nor_large() {
        let values = LayerValues::of(&layers().next().unwrap());
        assert!(values.inputs.iter().all(|value| value.abs() <= 1.0));
        let mean = values.inputs.iter().sum::<f32>() / values.inputs.len() as f32;
        assert!(mean.abs() < 0.01, "{mean}");
        assert!(values.running_var.iter().all(|value| *value >= 0.5));
    }
}
