//! What the network starts from.

use crate::{ConvBlock, Speednet, SpeednetConfig, WHITENING_SIDE, whitening_width};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, Linear, PaddingConfig2d};
use burn::tensor::{Device, Tensor, TensorData};
use zoo_core::drawn;

impl SpeednetConfig {
    /// Builds the model for images of that many channels: with one output per class, or a single logit for two classes.
    ///
    /// The whitening filters are drawn, too: [`ModelConfig::start_from`](zoo_core::ModelConfig::start_from) takes them from training images.
    ///
    /// # Panics
    ///
    /// If there are no channels, outputs or blocks, or a width is zero.
    pub fn init(&self, channels: usize, outputs: usize, device: &Device) -> Speednet {
        assert!(
            channels > 0 && outputs > 0 && !self.widths.is_empty(),
            "a speednet needs at least one channel, one output and one block, not {channels}, {outputs} and {}",
            self.widths.len()
        );
        let whitening = self.init_whitening(channels, device);
        let mut inputs = whitening_width(channels);
        let mut blocks = Vec::with_capacity(self.widths.len());
        for &width in &self.widths {
            blocks.push(self.init_block(inputs, width, device));
            inputs = width;
        }
        Speednet {
            whitening,
            blocks,
            output: self.init_linear([inputs, outputs], device),
            logit_scale: self.logit_scale,
        }
    }

    fn init_whitening(&self, channels: usize, device: &Device) -> Conv2d {
        let (width, area) = (whitening_width(channels), WHITENING_SIDE * WHITENING_SIDE);
        let bias = self.biases.init([width], [channels * area, width * area], device);
        let mut conv = Conv2dConfig::new([channels, width], [WHITENING_SIDE, WHITENING_SIDE])
            .with_padding(PaddingConfig2d::Valid)
            .with_bias(false)
            .with_initializer(self.weights.to_burn())
            .init(device);
        conv.weight = drawn(conv.weight).set_require_grad(false);
        conv.bias = Some(bias);
        conv
    }

    fn init_block(&self, inputs: usize, width: usize, device: &Device) -> ConvBlock {
        ConvBlock {
            conv1: self.init_conv([inputs, width], device),
            norm1: self.init_norm(width, device),
            conv2: self.init_conv([width, width], device),
            norm2: self.init_norm(width, device),
            pool_after: self.pool_after,
        }
    }

    fn init_conv(&self, channels: [usize; 2], device: &Device) -> Conv2d {
        let mut conv = Conv2dConfig::new(channels, [3, 3])
            .with_padding(PaddingConfig2d::Same)
            .with_bias(false)
            .with_initializer(self.weights.to_burn())
            .init(device);
        if self.dirac {
            conv.weight = conv.weight.init_mapper(with_identity);
        }
        conv.weight = drawn(conv.weight);
        conv
    }

    fn init_norm(&self, width: usize, device: &Device) -> BatchNorm {
        let mut norm = BatchNormConfig::new(width).with_momentum(self.norm_momentum).init(device);
        norm.gamma = norm.gamma.set_require_grad(false);
        norm
    }

    fn init_linear(&self, [inputs, outputs]: [usize; 2], device: &Device) -> Linear {
        let weight = self.weights.init([inputs, outputs], [inputs, outputs], device);
        let bias = self.biases.init([outputs], [inputs, outputs], device);
        Linear { weight, bias: Some(bias) }
    }
}

/// Filters `[outputs, inputs, 3, 3]` of which the first, as many as there are inputs, pass one channel on each.
fn with_identity(filters: Tensor<4>) -> Tensor<4> {
    let [outputs, inputs, height, width] = filters.dims();
    let (count, area) = (outputs.min(inputs), height * width);
    let mut values = vec![0.0_f32; count * inputs * area];
    (0..count).for_each(|filter| values[(filter * inputs + filter) * area + area / 2] = 1.0);
    let identity = Tensor::from_data(TensorData::new(values, [count, inputs, height, width]), &filters.device());
    filters.slice_assign([0..count, 0..inputs, 0..height, 0..width], identity)
}
