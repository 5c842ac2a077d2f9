//! Prepared networks of Burn's layers, with any strides, dilation and groups, beside these layers themselves.
#![cfg(feature = "flex")]
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "shared/numbers.rs"]
mod numbers;

use burn::module::RunningState;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, PaddingConfig2d};
use burn::tensor::activation::{gelu, relu, silu};
use burn::tensor::module::{avg_pool2d, max_pool2d};
use burn::tensor::ops::{AvgPoolOptions, ConvOptions, MaxPoolOptions};
use burn::tensor::{Device, Tensor, TensorData};
use numbers::numbers;
use proptest::prelude::*;
use zoo_kernels::{Block, Int8Error, NetworkBuilder, Pointwise, Pool, PreparedNetwork};

/// A layer, drawn without regard to what it is put onto.
#[derive(Clone, Debug)]
struct Drawn {
    channels: usize,
    groups: Groups,
    kernel: [usize; 2],
    stride: [usize; 2],
    dilation: [usize; 2],
    /// Top, left, bottom, right.
    padding: [usize; 4],
    normalized: bool,
    pointwise: Pointwise,
    pool: Pool,
    seed: u32,
}

/// How channels are grouped.
#[derive(Clone, Copy, Debug)]
enum Groups {
    One,
    Two,
    /// Each by itself.
    Each,
    /// Two of each by itself.
    TwoOfEach,
}

/// Burn's layer and what follows it.
struct Layer {
    conv: Conv2d,
    norm: Option<BatchNorm>,
    pointwise: Pointwise,
    pool: Pool,
}

fn tensor<const D: usize>(seed: u32, shape: [usize; D]) -> Tensor<D> {
    Tensor::from_data(TensorData::new(numbers(seed, shape.iter().product()), shape), &Device::flex())
}

impl Drawn {
    /// The layer for an input of this size, and the size of its output; `None` if nothing would be left.
    fn layer(&self, [channels, height, width]: [usize; 3]) -> Option<(Layer, [usize; 3])> {
        let (groups, out) = match self.groups {
            Groups::Two if channels.is_multiple_of(2) => (2, 2 * self.channels),
            Groups::One | Groups::Two => (1, self.channels),
            Groups::Each => (channels, channels),
            Groups::TwoOfEach => (channels, 2 * channels),
        };
        let window = if self.pool == Pool::None { 1 } else { 2 };
        let reach = [0, 1].map(|d| (self.kernel[d] - 1) * self.dilation[d] + 1);
        let [top, left, bottom, right] = [0, 1, 2, 3].map(|side| self.padding[side].min(reach[side % 2] - 1));
        let padded = [height + top + bottom, width + left + right];
        let size = [0, 1].map(|d| (padded[d].checked_sub(reach[d])? / self.stride[d] + 1).checked_div(window));
        let [Some(lines @ 1..), Some(columns @ 1..)] = size else { return None };
        let mut conv = Conv2dConfig::new([channels, out], self.kernel)
            .with_stride(self.stride)
            .with_dilation(self.dilation)
            .with_groups(groups)
            .with_padding(PaddingConfig2d::Explicit(top, left, bottom, right))
            .with_bias(self.seed.is_multiple_of(2))
            .init(&Device::flex());
        let taps = channels / groups * self.kernel[0] * self.kernel[1];
        conv.weight = conv.weight.map(|weight| tensor(self.seed, weight.dims()) / (taps as f32).sqrt());
        conv.bias = conv.bias.map(|bias| bias.map(|bias| tensor(self.seed + 1, bias.dims())));
        let norm = self.normalized.then(|| normalization(self.seed + 2, out));
        let layer = Layer { conv, norm, pointwise: self.pointwise, pool: self.pool };
        Some((layer, [out, lines, columns]))
    }
}

fn normalization(seed: u32, channels: usize) -> BatchNorm {
    let mut norm = BatchNormConfig::new(channels).init(&Device::flex());
    norm.gamma = norm.gamma.map(|gamma| tensor(seed, gamma.dims()));
    norm.beta = norm.beta.map(|beta| tensor(seed + 1, beta.dims()));
    norm.running_mean = RunningState::new(tensor(seed + 2, [channels]));
    norm.running_var = RunningState::new(tensor(seed + 3, [channels]) + 1.5);
    norm
}

impl Layer {
    /// In Burn's own operations.
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let x = self.conv.forward(x);
        let x = match &self.norm {
            Some(norm) => norm.forward(x),
            None => x,
        };
        let x = match self.pointwise {
            Pointwise::None => x,
            Pointwise::Relu => relu(x),
            Pointwise::Gelu => gelu(x),
            Pointwise::Silu => silu(x),
        };
        match self.pool {
            Pool::None => x,
            Pool::Max => max_pool2d(x, MaxPoolOptions::new([2, 2])),
            Pool::Average => avg_pool2d(x, AvgPoolOptions::new([2, 2])),
        }
    }
}

/// As many of the layers as something is left for.
fn layers(input: [usize; 3], drawn: &[Drawn]) -> Vec<Layer> {
    let mut size = input;
    let next = |drawn: &Drawn| {
        let (layer, output) = drawn.layer(size)?;
        size = output;
        Some(layer)
    };
    drawn.iter().map_while(next).collect()
}

fn prepared(input: [usize; 3], layers: &[Layer], threads: usize) -> Option<PreparedNetwork> {
    let add = |network: NetworkBuilder, Layer { conv, norm, pointwise, pool }: &Layer| {
        network.conv2d(conv, norm.as_ref(), *pointwise, *pool)
    };
    layers.iter().fold(NetworkBuilder::new(input, threads), add).finish()
}

fn any_layer() -> impl Strategy<Value = Drawn> {
    let groups = prop_oneof![
        2 => Just(Groups::One),
        1 => Just(Groups::Two),
        1 => Just(Groups::Each),
        1 => Just(Groups::TwoOfEach),
    ];
    let kernel = prop_oneof![2 => Just([3usize, 3]), 1 => Just([5, 5]), 2 => [1..5usize, 1..5usize]];
    let step = || prop_oneof![3 => Just([1usize, 1]), 1 => [1..4usize, 1..4usize]];
    let slide = (kernel, step(), step(), [0..3usize, 0..3usize, 0..3usize, 0..3usize]);
    let pointwise =
        prop_oneof![Just(Pointwise::None), Just(Pointwise::Relu), Just(Pointwise::Gelu), Just(Pointwise::Silu)];
    let pool = prop_oneof![2 => Just(Pool::None), 1 => Just(Pool::Max), 1 => Just(Pool::Average)];
    (1..24usize, groups, slide, any::<bool>(), pointwise, pool, 0..1000u32).prop_map(
        |(channels, groups, (kernel, stride, dilation, padding), normalized, pointwise, pool, seed)| Drawn {
            channels,
            groups,
            kernel,
            stride,
            dilation,
            padding,
            normalized,
            pointwise,
            pool,
            seed,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn burns_layers_give_the_same_prepared(
        [channels, height, width] in [1..20usize, 6..30usize, 6..30usize],
        drawn in proptest::collection::vec(any_layer(), 1..4),
        batch in prop_oneof![Just(1usize), 2..11usize],
        threads in 1..5usize,
    ) {
        let input = [channels, height, width];
        let layers = layers(input, &drawn);
        prop_assume!(!layers.is_empty());
        let images = numbers(7, batch * channels * height * width);
        let found = prepared(input, &layers, threads).unwrap().forward(&images).unwrap();
        let x = Tensor::<4>::from_data(TensorData::new(images, [batch, channels, height, width]), &Device::flex());
        // The last layer's values pixel by pixel, as a prepared network leaves them.
        let expected = layers.iter().fold(x, |x, layer| layer.forward(x)).permute([0, 2, 3, 1]);
        let expected: Vec<f32> = expected.into_data().try_to_vec().unwrap();
        prop_assert_eq!(found.len(), expected.len());
        let largest = expected.iter().fold(1.0f32, |largest, value| largest.max(value.abs()));
        for (found, expected) in found.iter().zip(&expected) {
            prop_assert!((found - expected).abs() <= 1e-4 * largest, "{} {} of {}", found, expected, largest);
        }
    }
}

/// Large enough for threads to share a single image.
#[test]
fn the_number_of_threads_changes_no_bit_of_any_layer() {
    let (image, bias) = (numbers(3, 32 * 128 * 128), numbers(4, 32));
    for (stride, dilation, groups, pool) in [
        ([2, 2], [1, 1], 1, Pool::Max),
        ([3, 1], [1, 3], 1, Pool::Average),
        ([1, 1], [2, 2], 2, Pool::None),
        ([1, 1], [1, 1], 2, Pool::Max),
        ([2, 2], [1, 1], 32, Pool::None),
    ] {
        let options = ConvOptions::new(stride, [1, 1], dilation, groups);
        let block = Block { options, pointwise: Pointwise::Silu, pool };
        let shape = [32, 32 / groups, 3, 3];
        let weight = numbers(5, shape.iter().product());
        let network = |threads| NetworkBuilder::new([32, 128, 128], threads).block(&block, shape, &weight, &bias);
        let bits = |threads| -> Vec<u32> {
            network(threads).finish().unwrap().forward(&image).unwrap().iter().map(|value| value.to_bits()).collect()
        };
        assert!(bits(1) == bits(3), "{block:?}");
        // Integers know neither strides nor groups.
        assert_eq!(network(1).finish_int8(&image).err(), Some(Int8Error::NotPrepared), "{block:?}");
    }
}
