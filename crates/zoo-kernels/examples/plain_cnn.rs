//! A plain Burn network, sped up by changing one call: `conv.forward(x)` becomes `conv.forward_fast(x)`.
//!
//! `cargo run --release -p zoo-kernels --example plain_cnn`

#![allow(clippy::print_stdout)] // An example talks to whoever runs it.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::{Linear, LinearConfig, PaddingConfig2d};
use burn::optim::{AdamConfig, GradientsParams};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Distribution, Int, Tensor};
use std::time::{Duration, Instant};
use zoo_kernels::{FastConv2d, Pointwise, Pool};

/// Images a step.
const BATCH: usize = 32;

#[derive(Module, Debug)]
struct PlainCnn {
    first: Conv2d,
    second: Conv2d,
    pool: MaxPool2d,
    output: Linear,
}

/// How a layer is called.
#[derive(Clone, Copy)]
enum Call {
    /// As Burn's guide does it.
    Forward,
    /// The one call that changes.
    ForwardFast,
    /// Activation and pooling with it.
    ForwardBlock,
}

impl PlainCnn {
    fn init(device: &Device) -> Self {
        let conv = |channels| Conv2dConfig::new(channels, [3, 3]).with_padding(PaddingConfig2d::Same).init(device);
        Self {
            first: conv([3, 32]),
            second: conv([32, 64]),
            pool: MaxPool2dConfig::new([2, 2]).init(),
            output: LinearConfig::new(64 * 8 * 8, 10).init(device),
        }
    }

    fn forward(&self, x: Tensor<4>, call: Call) -> Tensor<2> {
        let x = self.block(&self.first, x, call); // [batch, 32, 16, 16]
        let x = self.block(&self.second, x, call); // [batch, 64, 8, 8]
        self.output.forward(x.flatten(1, 3)) // [batch, 10]
    }

    fn block(&self, conv: &Conv2d, x: Tensor<4>, call: Call) -> Tensor<4> {
        match call {
            Call::Forward => self.pool.forward(relu(conv.forward(x))),
            Call::ForwardFast => self.pool.forward(relu(conv.forward_fast(x))),
            Call::ForwardBlock => conv.forward_block(x, Pointwise::Relu, Pool::Max),
        }
    }
}

/// The median of a training step's times.
fn step_time(call: Call, device: &Device) -> Duration {
    device.seed(1);
    let mut network = PlainCnn::init(device);
    let mut optimizer = AdamConfig::new().init();
    let images = Tensor::<4>::random([BATCH, 3, 32, 32], Distribution::Normal(0.0, 1.0), device);
    let labels = Tensor::<1, Int>::from_data([[0, 1, 2, 3, 4, 5, 6, 7]; BATCH / 8].concat().as_slice(), device);
    let mut times = Vec::new();
    for _ in 0..30 {
        let started = Instant::now();
        let loss =
            CrossEntropyLossConfig::new().init(device).forward(network.forward(images.clone(), call), labels.clone());
        let gradients = GradientsParams::from_grads(loss.backward(), &network);
        network = optimizer.step(1e-3, network, gradients);
        times.push(started.elapsed());
    }
    times.sort();
    times[times.len() / 2]
}

fn main() {
    let device = Device::flex().autodiff();
    let network = PlainCnn::init(&device).valid();
    let images = Tensor::<4>::random([BATCH, 3, 32, 32], Distribution::Normal(0.0, 1.0), &device.clone().inner());
    let plain = network.forward(images.clone(), Call::Forward);
    let distance = (plain - network.forward(images, Call::ForwardFast)).abs().max().into_scalar::<f32>();
    println!("largest difference of a logit: {distance:.1e}");

    let plain = step_time(Call::Forward, &device);
    for (name, call) in [("forward_fast", Call::ForwardFast), ("forward_block", Call::ForwardBlock)] {
        let fast = step_time(call, &device);
        let factor = plain.as_secs_f64() / fast.as_secs_f64();
        println!(
            "a training step of {BATCH} images: forward {plain:.1?}, {name} {fast:.1?}: {factor:.1} times as fast"
        );
    }
}
