//! Layers for tests, and networks of them.

use crate::numbers::numbers;
use zoo_kernels::{NetworkBuilder, Pointwise, Pool};

/// A convolution, what follows it and, where there is one, a function of its values.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    pub(crate) shape: [usize; 4],
    pub(crate) padding: usize,
    pub(crate) pointwise: Pointwise,
    pub(crate) pool: Pool,
    pub(crate) weight: Vec<f32>,
    pub(crate) bias: Vec<f32>,
    pub(crate) is_squashed: bool,
}

impl Layer {
    pub(crate) fn new(seed: u32, shape: [usize; 4], padding: usize, pointwise: Pointwise, pool: Pool) -> Self {
        let scale = 1.0 / ((shape[1] * shape[2] * shape[3]) as f32).sqrt();
        let weight = numbers(seed, shape.iter().product()).into_iter().map(|value| value * scale).collect();
        Self { shape, padding, pointwise, pool, weight, bias: numbers(seed + 1, shape[0]), is_squashed: false }
    }
}

/// The network of these layers, to be finished.
pub(crate) fn builder(input: [usize; 3], layers: &[Layer], threads: usize) -> NetworkBuilder {
    let add = |network: NetworkBuilder, layer: &Layer| {
        let Layer { shape, weight, bias, padding, pointwise, pool, .. } = layer;
        let network = network.convolution(*shape, weight, bias, *padding, *pointwise, *pool);
        if layer.is_squashed { network.elementwise(squash) } else { network }
    };
    layers.iter().fold(NetworkBuilder::new(input, threads), add)
}

pub(crate) fn squash(values: &mut [f32]) {
    values.iter_mut().for_each(|value| *value = value.tanh());
}
