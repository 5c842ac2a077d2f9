//! Convolution, pooling, batch normalization and activation in one operation against Burn's own, on random shapes.
#![cfg(feature = "flex")]
#![allow(missing_docs, clippy::expect_used, reason = "a test that cannot go on may panic")]

#[path = "shared/numbers.rs"]
mod numbers;

use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, PaddingConfig2d};
use burn::tensor::activation::{gelu, relu, silu};
use burn::tensor::module::{avg_pool2d, max_pool2d};
use burn::tensor::ops::{AvgPoolOptions, MaxPoolOptions};
use burn::tensor::{Device, Tensor, TensorData};
use numbers::numbers;
use proptest::prelude::*;
use zoo_kernels::{FastConv2d, Pointwise, Pool};

/// A distance from zero that rounding does not bridge.
const CLEAR: f32 = 1e-4;

#[derive(Clone, Debug)]
struct Case {
    batch: usize,
    channels: [usize; 2],
    groups: usize,
    size: [usize; 2],
    kernel: usize,
    stride: usize,
    pool: Pool,
    pointwise: Pointwise,
    bias: bool,
    seed: u32,
}

fn tensor<const D: usize>(seed: u32, shape: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::from_data(TensorData::new(numbers(seed, shape.iter().product()), shape), device)
}

/// The same as a parameter; one that is learned where there are gradients.
fn parameter<const D: usize>(seed: u32, shape: [usize; D], device: &Device) -> Tensor<D> {
    let values = tensor(seed, shape, device);
    if device.is_autodiff() { values.require_grad() } else { values }
}

fn floats<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_to_vec().expect("these are floats")
}

impl Case {
    fn layers(&self, device: &Device) -> (Conv2d, BatchNorm) {
        let channels = self.channels.map(|channels| channels * self.groups);
        let mut conv = Conv2dConfig::new(channels, [self.kernel; 2])
            .with_stride([self.stride; 2])
            .with_groups(self.groups)
            .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
            .with_bias(self.bias)
            .init(device);
        let mut norm = BatchNormConfig::new(channels[1]).init(device);
        conv.weight = conv.weight.map(|weight| parameter(self.seed + 1, weight.dims(), device));
        conv.bias = conv.bias.map(|bias| bias.map(|bias| parameter(self.seed + 2, bias.dims(), device)));
        norm.gamma = norm.gamma.map(|gamma| parameter(self.seed + 3, gamma.dims(), device));
        norm.beta = norm.beta.map(|beta| parameter(self.seed + 4, beta.dims(), device));
        (conv, norm)
    }

    fn input(&self, device: &Device) -> Tensor<4> {
        tensor(self.seed + 5, [self.batch, self.channels[0] * self.groups, self.size[0], self.size[1]], device)
    }

    /// Before the activation.
    fn normalized(&self, conv: &Conv2d, norm: &BatchNorm, x: Tensor<4>) -> Tensor<4> {
        let x = conv.forward(x);
        let x = match self.pool {
            Pool::None => x,
            Pool::Max => max_pool2d(x, MaxPoolOptions::new([2, 2])),
            Pool::Average => avg_pool2d(x, AvgPoolOptions::new([2, 2])),
        };
        norm.forward(x)
    }

    fn burns(&self, conv: &Conv2d, norm: &BatchNorm, x: Tensor<4>) -> Tensor<4> {
        let x = self.normalized(conv, norm, x);
        match self.pointwise {
            Pointwise::None => x,
            Pointwise::Relu => relu(x),
            Pointwise::Gelu => gelu(x),
            Pointwise::Silu => silu(x),
        }
    }

    fn ours(&self, conv: &Conv2d, norm: &BatchNorm, x: Tensor<4>) -> Tensor<4> {
        conv.forward_normalized(x, self.pool, norm, self.pointwise)
    }

    /// Output, gradients of input, weight, gamma and beta, and the running statistics behind them.
    fn trained(&self, forward: impl Fn(&Conv2d, &BatchNorm, Tensor<4>) -> Tensor<4>) -> Vec<Vec<f32>> {
        let device = Device::flex().autodiff();
        let (conv, norm) = self.layers(&device);
        let x = self.input(&device).require_grad();
        let output = forward(&conv, &norm, x.clone());
        let factors = self.factors(&device);
        let gradients = (output.clone() * factors).sum().backward();
        let mut found = vec![floats(output)];
        found.push(floats(x.grad(&gradients).expect("it asked for one")));
        found.push(floats(conv.weight.val().grad(&gradients).expect("it asked for one")));
        found.push(floats(norm.gamma.val().grad(&gradients).expect("it asked for one")));
        found.push(floats(norm.beta.val().grad(&gradients).expect("it asked for one")));
        found.push(floats(norm.running_mean.value_sync()));
        found.push(floats(norm.running_var.value_sync()));
        found
    }

    /// How much each output counts for the loss: not at all where rounding decides whether ReLU lets its gradient pass.
    fn factors(&self, device: &Device) -> Tensor<4> {
        let (conv, norm) = self.layers(device);
        let before = self.normalized(&conv, &norm, self.input(device)).detach();
        let factors = tensor(self.seed + 6, before.dims(), device);
        match self.pointwise {
            Pointwise::Relu => factors.mask_fill(before.abs().lower_elem(CLEAR), 0.0),
            Pointwise::None | Pointwise::Gelu | Pointwise::Silu => factors,
        }
    }
}

fn cases() -> impl Strategy<Value = Case> {
    let pool = prop_oneof![2 => Just(Pool::None), 1 => Just(Pool::Max), 1 => Just(Pool::Average)];
    let pointwise =
        prop_oneof![Just(Pointwise::None), Just(Pointwise::Relu), Just(Pointwise::Gelu), Just(Pointwise::Silu)];
    let channels = prop_oneof![Just(1usize), 2..9usize, Just(16usize), 17..35usize];
    let groups = prop_oneof![4 => Just(1usize), 1 => Just(2), 1 => Just(5)];
    let sizes = (2..20usize, [channels.clone(), channels], groups, [4..18usize, 4..18usize], 2..4usize, 1..3usize);
    (sizes, pool, pointwise, any::<bool>(), 0..1000u32).prop_map(|(sizes, pool, pointwise, bias, seed)| {
        let (batch, channels, groups, size, kernel, stride) = sizes;
        Case { batch, channels, groups, size, kernel, stride, pool, pointwise, bias, seed }
    })
}

/// The largest distance as a fraction of the largest value, or of one.
fn distance(found: &[f32], expected: &[f32]) -> f64 {
    let scale = expected.iter().fold(1.0f64, |most, value| most.max(f64::from(value.abs())));
    found.iter().zip(expected).map(|(a, b)| (f64::from(*a) - f64::from(*b)).abs() / scale).fold(0.0, f64::max)
}

/// The root of the mean squared distance, as a fraction of the largest value, or of one.
fn mean_distance(found: &[f32], expected: &[f32]) -> f64 {
    let scale = expected.iter().fold(1.0f64, |most, value| most.max(f64::from(value.abs())));
    let squares = found.iter().zip(expected).map(|(a, b)| ((f64::from(*a) - f64::from(*b)) / scale).powi(2));
    (squares.sum::<f64>() / found.len() as f64).sqrt()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn training_is_that_of_burn(case in cases()) {
        let (ours, burns) = (case.trained(|c, n, x| case.ours(c, n, x)), case.trained(|c, n, x| case.burns(c, n, x)));
        for (which, (ours, burns)) in ours.iter().zip(&burns).enumerate() {
            prop_assert_eq!(ours.len(), burns.len());
            let is_gradient = (1..5).contains(&which);
            if is_gradient && case.pool == Pool::Max {
                // Of values nearly equal in a window rounding decides which gets the gradient.
                prop_assert!(mean_distance(ours, burns) < 2e-3, "result {} differs by {}", which, mean_distance(ours, burns));
            } else {
                prop_assert!(distance(ours, burns) < 2e-4, "result {} differs by {}", which, distance(ours, burns));
            }
        }
    }

    #[test]
    fn answers_are_those_of_burn(case in cases()) {
        let device = Device::flex();
        let (conv, norm) = case.layers(&device);
        norm.running_mean.update(tensor(case.seed + 7, [case.channels[1] * case.groups], &device));
        norm.running_var.update(tensor(case.seed + 8, [case.channels[1] * case.groups], &device) + 1.25);
        let ours = floats(case.ours(&conv, &norm, case.input(&device)));
        let burns = floats(case.burns(&conv, &norm, case.input(&device)));
        prop_assert!(distance(&ours, &burns) < 5e-5, "{}", distance(&ours, &burns));
    }
}
