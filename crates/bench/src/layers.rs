//! How much arithmetic a network is, counted from the shapes of its weights.

use crate::family::Family;
use serde::Serialize;
use trainer::network::NamedTensor;

/// A convolution of the five-block network and what comes after it.
#[derive(Clone, Copy, Debug)]
pub struct ConvolutionBlock {
    /// Its name in the model.
    pub name: &'static str,
    /// Whether zeros around the image keep its size.
    pub same_size: bool,
    /// What comes after it.
    pub then: Then,
}

/// What comes after a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The largest of each 2x2 window, then ReLU.
    MaxPoolRelu,
    /// ReLU, then the mean of each 2x2 window.
    ReluAveragePool,
    /// ReLU.
    Relu,
}

/// The thesis's table, section 4.3.
pub const CONVOLUTION_BLOCKS: [ConvolutionBlock; 4] = [
    ConvolutionBlock { name: "conv1", same_size: true, then: Then::MaxPoolRelu },
    ConvolutionBlock { name: "conv2", same_size: true, then: Then::ReluAveragePool },
    ConvolutionBlock { name: "conv3", same_size: true, then: Then::ReluAveragePool },
    ConvolutionBlock { name: "conv4", same_size: false, then: Then::Relu },
];

/// Multiply-adds of one example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Work {
    /// From inputs to logits.
    pub forward: u64,
    /// Forward and backward. The inputs' own gradient is not wanted, so the first layer goes back once, the others twice.
    pub train: u64,
}

/// The arithmetic of a network with these weights; biases, activations and pooling are left out, as is usual.
pub fn work(family: Family, tensors: &[NamedTensor]) -> Work {
    let layers = layers(family, tensors);
    let forward = layers.iter().map(|(_, multiply_adds)| multiply_adds).sum();
    let first = layers.first().map_or(0, |(_, multiply_adds)| *multiply_adds);
    Work { forward, train: 3 * forward - first }
}

/// Multiply-adds of one example in each layer, in forward order.
pub fn layers(family: Family, tensors: &[NamedTensor]) -> Vec<(String, u64)> {
    let mut side = family.shape().last().copied().unwrap_or(1);
    let weights = tensors.iter().filter_map(|(name, data)| Some((name.strip_suffix(".weight")?, data)));
    let layer = |(name, data): (&str, &burn::tensor::TensorData)| {
        let block = CONVOLUTION_BLOCKS.iter().find(|block| block.name == name);
        let places = block.map_or(1, |block| places(block, data.shape()[3], &mut side));
        (name.to_string(), (data.num_elements() * places) as u64)
    };
    weights.map(layer).collect()
}

/// The places a kernel stands at, leaving in `side` what the next layer sees.
fn places(block: &ConvolutionBlock, kernel: usize, side: &mut usize) -> usize {
    let output = if block.same_size { *side } else { *side - kernel + 1 };
    *side = if block.then == Then::Relu { output } else { output / 2 };
    output * output
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;
    use burn::tensor::Device;

    fn tensors(family: Family) -> Vec<NamedTensor> {
        family.network(&Device::flex()).unwrap().named_tensors()
    }

    #[test]
    fn the_five_blocks_are_those_of_the_thesis() {
        let found = layers(Family::Cnn, &tensors(Family::Cnn));
        let expected = [
            ("conv1", 32 * 32 * 75 * 32), // 2,457,600
            ("conv2", 16 * 16 * 800 * 32),
            ("conv3", 8 * 8 * 800 * 64),
            ("conv4", 1024 * 64),
            ("output", 640),
        ];
        assert_eq!(found, expected.map(|(name, count)| (name.to_string(), count)));
        let work = work(Family::Cnn, &tensors(Family::Cnn));
        assert_eq!(work, Work { forward: 12_354_176, train: 34_604_928 });
    }

    #[test]
    fn dense_layers_cost_their_weights() {
        let mlp = work(Family::Mlp, &tensors(Family::Mlp));
        let [first, second, third] = [784 * 16, 16 * 16, 16 * 26];
        assert_eq!(mlp, Work { forward: first + second + third, train: 2 * first + 3 * (second + third) });
        assert_eq!(work(Family::Logistic, &tensors(Family::Logistic)), Work { forward: 30, train: 60 });
    }
}
