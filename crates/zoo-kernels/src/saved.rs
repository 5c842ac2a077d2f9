//! What the gradient of a block is computed from, and how.

use crate::block::Block;
use crate::buffer::{contiguous, dims, images, in_one_run, readable, tensor, values};
use crate::cpu::GroupedLayer;
use crate::cpu::backward::{Gradients, Through, Upstream};
use crate::cpu::curved::{Correction, Curved};
use crate::cpu::geometry::{Order, StridedImages};
use crate::on_kernels;
use burn::backend::ops::ModuleOps;
use burn::backend::{Flex, TensorMetadata};
use burn::tensor::Shape;
use burn_flex::FlexTensor;
use std::sync::Arc;

/// What the gradient of a block is computed from.
#[derive(Clone, Debug)]
pub(crate) struct SavedBlock {
    pub(crate) x: FlexTensor,
    pub(crate) weight: FlexTensor,
    pub(crate) masks: Arc<Vec<u16>>,
    pub(crate) block: Block,
    /// An activation behind the block.
    pub(crate) bent: Option<Bent>,
}

/// Values pixel by pixel, and what became of them.
#[derive(Clone, Debug)]
pub(crate) struct Bent {
    pub(crate) values: Arc<Vec<f32>>,
    pub(crate) curved: Curved,
}

/// Gradients of input, if it is wanted, weight and bias.
pub(crate) struct BlockGradients {
    pub(crate) input: Option<FlexTensor>,
    pub(crate) weight: FlexTensor,
    pub(crate) bias: FlexTensor,
}

impl SavedBlock {
    /// The gradients from that of the output, corrected if the values were normalized by their own statistics.
    pub(crate) fn gradients(
        &self,
        gradient: &FlexTensor,
        correction: Option<&Correction>,
        wants_input: bool,
    ) -> BlockGradients {
        let gradient = in_one_run(gradient);
        let above = Upstream { gradient: images(&gradient), masks: &self.masks, through: None };
        let Some(Bent { values, curved }) = &self.bent else { return self.straight(above, wants_input) };
        let (layer, pixels) = (self.layer(), on_kernels::pixels(values, self.layer().output()));
        let none = pixels.no_correction();
        let correction = correction.unwrap_or(&none);
        if layer.is_one() {
            let through = Some(Through { values, curved, correction });
            return self.straight(Upstream { through, ..above }, wants_input);
        }
        let below = pixels.backward(curved, correction, &above.gradient);
        let [_, channels, height, width] = layer.output();
        let gradient = StridedImages::channels_last(&below, [channels, height, width]);
        self.straight(Upstream { gradient, ..above }, wants_input)
    }

    fn straight(&self, above: Upstream<'_>, wants_input: bool) -> BlockGradients {
        let layer = self.layer();
        let (x, weight) = (readable(&self.x), self.weight.to_contiguous());
        let source = images(&x);
        let left = wants_input && layer.leaves_input_gradient();
        let found = layer.backward(source, values(&weight), above, wants_input && !left);
        let Gradients { input, weight: weight_gradient, bias } = found;
        let input = input.map(|values| tensor(values, dims(&x), source.order())).or_else(|| {
            left.then(|| {
                let convolution = tensor(layer.convolution_gradient(above), layer.convolution(), Order::ChannelsFirst);
                Flex::conv2d_x_backward(x.clone(), weight, convolution, self.block.options.clone())
            })
        });
        let shape = Shape::from([bias.len()]);
        BlockGradients {
            input,
            weight: contiguous(weight_gradient, self.weight.shape()),
            bias: contiguous(bias, shape),
        }
    }

    fn layer(&self) -> GroupedLayer {
        let Some(layer) = on_kernels::layer(&self.block, dims(&self.x), dims(&self.weight)) else {
            unreachable!("the forward pass found the kernels for these shapes")
        };
        layer
    }
}
