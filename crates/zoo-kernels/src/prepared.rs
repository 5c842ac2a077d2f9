//! Networks made ready to answer.

use crate::block::{Pointwise, Pool};
use crate::cpu::choice::kernels;
use crate::cpu::geometry::Geometry;
use crate::cpu::{BlockLayer, PreparedLayer, PreparedLayers};
use crate::definition::{Definition, Function};
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
        mut self,
        shape: [usize; 4],
        weight: &[f32],
        bias: &[f32],
        padding: usize,
        pointwise: Pointwise,
        pool: Pool,
    ) -> Self {
        if self.layers.is_none() {
            return self;
        }
        let [channels_out, channels_in, height, width] = shape;
        assert!(
            channels_in == self.size[0]
                && weight.len() == shape.iter().product::<usize>()
                && bias.len() == channels_out,
            "a convolution of weights {shape:?} ({} numbers, {} biases) on {:?}",
            weight.len(),
            bias.len(),
            self.size
        );
        let geometry = Geometry {
            batch: 1,
            channels_in,
            input: [self.size[1], self.size[2]],
            channels_out,
            kernel: [height, width],
            stride: [1, 1],
            dilation: [1, 1],
            padding: [(padding, padding); 2],
        };
        let layer =
            kernels().and_then(|kernels| BlockLayer::prepared(geometry, pointwise, pool, kernels, [weight, bias]));
        match (layer, &mut self.layers) {
            (Some(layer), Some(layers)) => {
                let layer = PreparedLayer::new(layer, weight, bias, self.threads);
                let (input, weight, bias) = (self.size, weight.to_vec(), bias.to_vec());
                let functions = Vec::new();
                self.definitions.push(Definition { input, shape, weight, bias, padding, pointwise, pool, functions });
                self.size = layer.output();
                layers.push(layer);
            }
            _ => self.layers = None,
        }
        self
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
            Some(Some(layer)) => layer.then(Box::new(move |values| function(values))),
            // Before the first layer there is nothing to put it behind.
            _ => self.layers = None,
        }
        self
    }

    /// The layers as they were given, if all are for the kernels and known in this form, at least one.
    pub(crate) fn complete_definitions(&self) -> Option<&[Definition]> {
        let count = self.layers.as_ref().map_or(0, Vec::len);
        (count > 0 && count == self.definitions.len()).then_some(&self.definitions)
    }

    /// The network; `None` if the kernels are off or not for one of its layers, a weight is not a number below 2^40, or a function comes first.
    pub fn finish(self) -> Option<PreparedNetwork> {
        let layers = self.layers.filter(|layers| !layers.is_empty())?;
        Some(PreparedNetwork { layers: PreparedLayers::new(layers) })
    }
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
    /// list of strips for each layer whose image the threads share. False instead of `None`.
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
