//! Networks made ready to answer.

use crate::activation::activate;
use crate::block::{Block, Pointwise, Pool};
use crate::cpu::choice::kernels;
use crate::cpu::geometry::Geometry;
use crate::cpu::{BlockLayer, PreparedLayer, PreparedLayers};
use crate::definition::{Definition, Function};
use crate::extension::or_zeros;
use crate::layer::{folded, options};
use burn::nn::BatchNorm;
use burn::nn::conv::Conv2d;
use burn::tensor::Tensor;
use burn::tensor::ops::ConvOptions;
use std::sync::Arc;

/// A network of convolutions and linear layers that only answers: weights are packed and transformed once, layers keep their memory from
/// call to call, and the threads share even a single image.
///
/// ```
/// use zoo_kernels::{Pointwise, Pool, NetworkBuilder, PreparedNetwork};
///
/// // A convolution of one 3x3 kernel of ones, and the sum of its 2x2 outputs.
/// let network: Option<PreparedNetwork> = NetworkBuilder::new([1, 2, 2], 1)
///     .convolution([1, 1, 3, 3], &[1.0; 9], &[0.0], 1, Pointwise::Relu, Pool::None)
///     .linear([1, 4], &[1.0; 4], &[0.5], Pointwise::None)
///     .finish();
///
/// if let Some(network) = network {
///     assert_eq!(network.forward(&[1.0, 2.0, 3.0, 4.0]), Some(vec![40.5]));
/// }
/// ```
pub struct PreparedNetwork {
    layers: PreparedLayers,
}

/// A [`PreparedNetwork`] in the making, layer by layer.
pub struct NetworkBuilder {
    /// Channels, height and width of what the next layer takes.
    size: [usize; 3],
    pub(crate) threads: usize,
    /// `None` once a layer is not for the kernels.
    layers: Option<Vec<PreparedLayer>>,
    /// The same layers as they were given.
    definitions: Vec<Definition>,
}

impl NetworkBuilder {
    /// For images of so many channels, lines and columns; single ones are shared by so many threads.
    pub fn new(input: [usize; 3], threads: usize) -> Self {
        Self { size: input, threads: threads.max(1), layers: Some(Vec::new()), definitions: Vec::new() }
    }

    /// A convolution of stride 1, with `padding` zeros on each side, and what follows it.
    ///
    /// `weight` is `[channels_out, channels_in, kernel height, kernel width]`, those being `shape`; `bias` `[channels_out]`.
    ///
    /// # Panics
    ///
    /// If the lengths are not those of the shape, or it does not take what the layer before gives.
    #[must_use]
    pub fn convolution(
        self,
        shape: [usize; 4],
        weight: &[f32],
        bias: &[f32],
        padding: usize,
        pointwise: Pointwise,
        pool: Pool,
    ) -> Self {
        let options = ConvOptions::new([1, 1], [padding; 2], [1, 1], 1);
        self.block(&Block { options, pointwise, pool }, shape, weight, bias)
    }

    /// A convolution of any strides, padding, dilation and groups, and what follows it.
    ///
    /// `weight` is `[channels_out, channels_in / groups, kernel height, kernel width]`, those being `shape`; `bias` `[channels_out]`.
    ///
    /// ```
    /// use burn::tensor::ops::ConvOptions;
    /// use zoo_kernels::{Block, NetworkBuilder, Pointwise, Pool};
    ///
    /// // Each channel by itself, of every second line and column.
    /// let options = ConvOptions::new([2, 2], [0, 0], [1, 1], 2); // stride, padding, dilation, groups
    /// let block = Block { options, pointwise: Pointwise::Relu, pool: Pool::None };
    /// let network = NetworkBuilder::new([2, 1, 3], 1).block(&block, [2, 1, 1, 1], &[1.0, 10.0], &[0.0, 0.5]).finish();
    ///
    /// if let Some(network) = network {
    ///     let pixels = network.forward(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]); // channels together
    ///     assert_eq!(pixels, Some(vec![1.0, 40.5, 3.0, 60.5]));
    /// }
    /// ```
    ///
    /// # Panics
    ///
    /// As [`convolution`](Self::convolution), or if the groups do not divide the channels.
    #[must_use]
    pub fn block(mut self, block: &Block, shape: [usize; 4], weight: &[f32], bias: &[f32]) -> Self {
        if self.layers.is_none() {
            return self;
        }
        let ConvOptions { stride, padding, dilation, groups } = block.options.clone();
        let [channels_out, channels_in, height, width] = shape;
        assert!(
            groups > 0
                && groups * channels_in == self.size[0]
                && channels_out.is_multiple_of(groups)
                && weight.len() == shape.iter().product::<usize>()
                && bias.len() == channels_out,
            "a convolution of weights {shape:?} ({} numbers, {} biases, {groups} groups) on {:?}",
            weight.len(),
            bias.len(),
            self.size
        );
        let geometry = Geometry {
            batch: 1,
            channels_in: self.size[0],
            input: [self.size[1], self.size[2]],
            channels_out,
            kernel: [height, width],
            stride,
            dilation,
            padding,
        };
        let layer = kernels().and_then(|kernels| {
            let is_tame = [weight, bias].iter().all(|values| (kernels.is_tame)(values));
            BlockLayer::prepared(geometry, groups, block.pointwise, block.pool, kernels).filter(|_| is_tame)
        });
        match (layer, &mut self.layers) {
            (Some(layer), Some(layers)) => {
                let layer = PreparedLayer::new(layer, weight, bias, self.threads);
                match Definition::of(block, self.size, shape, [weight, bias]) {
                    Some(definition) => self.definitions.push(definition),
                    // It is not for integers, nor is the network then.
                    None => self.definitions.clear(),
                }
                self.size = layer.output();
                layers.push(layer);
            }
            _ => self.layers = None,
        }
        self
    }

    /// Burn's layer with the weights that it has now, and the normalization by running statistics that follows it, if one does; then
    /// `pointwise`, then `pool`.
    ///
    /// ```
    /// use burn::nn::BatchNormConfig;
    /// use burn::nn::conv::Conv2dConfig;
    /// use burn::tensor::Device;
    /// use zoo_kernels::{NetworkBuilder, Pointwise, Pool};
    ///
    /// let device = Device::flex();
    /// let conv = Conv2dConfig::new([3, 8], [3, 3]).with_stride([2, 2]).with_bias(false).init(&device);
    /// let norm = BatchNormConfig::new(8).init(&device);
    /// let network = NetworkBuilder::new([3, 33, 33], 2).conv2d(&conv, Some(&norm), Pointwise::Silu, Pool::Max).finish();
    ///
    /// if let Some(network) = network {
    ///     assert_eq!(network.forward(&[0.5; 3 * 33 * 33]).map(|pixels| pixels.len()), Some(8 * 8 * 8));
    /// }
    /// ```
    ///
    /// # Panics
    ///
    /// As [`block`](Self::block), or if the normalization is for another number of channels.
    #[must_use]
    pub fn conv2d(self, conv: &Conv2d, norm: Option<&BatchNorm>, pointwise: Pointwise, pool: Pool) -> Self {
        let [_, height, width] = self.size;
        let block = Block { options: options(conv, [height, width]), pointwise, pool };
        let (weight, bias) = (conv.weight.val(), conv.bias.as_ref().map(|bias| bias.val()));
        let (weight, bias) = match norm {
            Some(norm) => folded(weight, bias, norm),
            None => {
                let bias = or_zeros(bias, &weight);
                (weight, bias)
            }
        };
        let shape = weight.dims();
        self.block(&block, shape, &floats(weight), &floats(bias))
    }

    /// `weight x + bias` of all values of an image, channel by channel: `weight` is `[outputs, inputs]`, those being `shape`.
    ///
    /// # Panics
    ///
    /// As [`convolution`](Self::convolution).
    #[must_use]
    pub fn linear(self, [outputs, inputs]: [usize; 2], weight: &[f32], bias: &[f32], pointwise: Pointwise) -> Self {
        let [channels, height, width] = self.size;
        let fits = self.layers.is_none() || inputs == channels * height * width;
        assert!(fits, "a linear layer of {inputs} inputs on {:?}", self.size);
        self.convolution([outputs, channels, height, width], weight, bias, 0, pointwise, Pool::None)
    }

    /// A function of every value of what the layer before gives, in place, however many come at once.
    #[must_use]
    pub fn elementwise(mut self, function: impl Fn(&mut [f32]) + Send + Sync + 'static) -> Self {
        let function: Function = Arc::new(function);
        if let Some(definition) = self.definitions.last_mut() {
            definition.functions.push(function.clone());
        }
        match self.layers.as_mut().map(|layers| layers.last_mut()) {
            Some(Some(layer)) if !layer.keeps_largest() => layer.then(Box::new(move |values| function(values))),
            // Before the first layer there is nothing to put it behind, and behind a maximum no place.
            _ => self.layers = None,
        }
        self
    }

    /// An activation of what the layer before gives, behind its pooling.
    #[must_use]
    pub fn activation(self, pointwise: Pointwise) -> Self {
        match pointwise {
            Pointwise::None => self,
            _ => self.elementwise(move |values| activate(pointwise, values)),
        }
    }

    /// The largest value of each channel of what the layer before gives, functions included. Another layer has to follow.
    #[must_use]
    pub fn global_max_pool(mut self) -> Self {
        // It is not for integers.
        self.definitions.clear();
        match self.layers.as_mut().map(|layers| layers.last_mut()) {
            Some(Some(layer)) => {
                layer.keep_largest();
                self.size = layer.output();
            }
            _ => self.layers = None,
        }
        self
    }

    /// The layers as they were given, if all are for the kernels and known in this form, at least one.
    pub(crate) fn complete_definitions(&self) -> Option<&[Definition]> {
        let count = self.layers.as_ref().map_or(0, Vec::len);
        (count > 0 && count == self.definitions.len()).then_some(&self.definitions)
    }

    /// The network; `None` if the kernels are off or not for one of its layers, a weight is not a number below 2^40, a function
    /// comes first or right behind a global maximum, or such a maximum comes last.
    pub fn finish(self) -> Option<PreparedNetwork> {
        let layers = self.layers.filter(|layers| layers.last().is_some_and(|last| !last.keeps_largest()))?;
        Some(PreparedNetwork { layers: PreparedLayers::new(layers) })
    }
}

/// The values of a parameter.
fn floats<const D: usize>(parameter: Tensor<D>) -> Vec<f32> {
    parameter.into_data().iter::<f32>().collect()
}

impl PreparedNetwork {
    /// The outputs of images `[batch, channels, height, width]`, one row each, of which a last layer that gives several pixels has one after
    /// another, channels together; `None` if a value, also of a layer, is not a number below 2^40:
    /// other operations tell what becomes of it.
    ///
    /// The bits do not depend on the number of threads. They may depend on the batch: sums of one image and of many go by different orders.
    ///
    /// # Panics
    ///
    /// If that is no whole number of images.
    pub fn forward(&self, images: &[f32]) -> Option<Vec<f32>> {
        let [each_in, each_out] = self.layers.sizes();
        let mut outputs = vec![0.0; images.len() / each_in * each_out];
        self.forward_into(images, &mut outputs).then_some(outputs)
    }

    /// The same into memory that is there already: once each thread has answered, nothing is allocated but a
    /// list of strips for each layer whose image the threads share, and room for a group of channels where there are several groups of
    /// more than one. False instead of `None`.
    ///
    /// # Panics
    ///
    /// As [`forward`](Self::forward), or if there is not room for exactly the outputs.
    pub fn forward_into(&self, images: &[f32], outputs: &mut [f32]) -> bool {
        self.layers.forward(images, outputs)
    }
}

impl std::fmt::Debug for PreparedNetwork {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [inputs, outputs] = self.layers.sizes();
        write!(formatter, "PreparedNetwork({inputs} -> {outputs})")
    }
}
