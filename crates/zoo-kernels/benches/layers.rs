//! Each convolution of the zoo's CNN, ours against Burn's own on the flex backend: `cargo bench -p zoo-kernels`.
//!
//! Throughput counts the multiply-adds of a direct convolution. `RAYON_NUM_THREADS` sets the threads, `ZOO_KERNELS_ISA`
//! the instruction set of ours.
#![allow(missing_docs)]

use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::pool::{AvgPool2dConfig, MaxPool2dConfig};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Distribution, Tensor};
use divan::Bencher;
use divan::counter::ItemsCount;
use std::fmt;
use zoo_kernels::{FastConv2d, Pointwise, Pool};

fn main() {
    divan::main();
}

const BATCH: usize = 32;

/// A convolution with what follows it.
#[derive(Clone, Copy)]
struct TimedLayer {
    name: &'static str,
    channels: [usize; 2],
    kernel: usize,
    /// Height and width of the input; zeros around it keep them, except where the kernel covers all of it.
    size: usize,
    pool: Pool,
    /// Whether the input's own gradient is wanted; of the images nobody wants it.
    is_hidden: bool,
}

const LAYERS: [TimedLayer; 4] = [
    TimedLayer { name: "conv1", channels: [3, 32], kernel: 5, size: 32, pool: Pool::Max, is_hidden: false },
    TimedLayer { name: "conv2", channels: [32, 32], kernel: 5, size: 16, pool: Pool::Average, is_hidden: true },
    TimedLayer { name: "conv3", channels: [32, 64], kernel: 5, size: 8, pool: Pool::Average, is_hidden: true },
    TimedLayer { name: "conv4", channels: [64, 64], kernel: 4, size: 4, pool: Pool::None, is_hidden: true },
];

#[divan::bench(args = LAYERS)]
fn forward_zoo(bencher: Bencher, layer: TimedLayer) {
    forward(bencher, layer, TimedLayer::zoo);
}

#[divan::bench(args = LAYERS)]
fn forward_burn(bencher: Bencher, layer: TimedLayer) {
    forward(bencher, layer, TimedLayer::burn);
}

#[divan::bench(args = LAYERS)]
fn forward_and_backward_zoo(bencher: Bencher, layer: TimedLayer) {
    forward_and_backward(bencher, layer, TimedLayer::zoo);
}

#[divan::bench(args = LAYERS)]
fn forward_and_backward_burn(bencher: Bencher, layer: TimedLayer) {
    forward_and_backward(bencher, layer, TimedLayer::burn);
}

type Forward = fn(&TimedLayer, &Conv2d, Tensor<4>) -> Tensor<4>;

fn forward(bencher: Bencher, layer: TimedLayer, run: Forward) {
    let device = Device::flex();
    let (conv, x) = (layer.init(&device), layer.input(&device));
    bencher.counter(ItemsCount::new(layer.multiply_adds())).bench_local(|| run(&layer, &conv, x.clone()));
}

fn forward_and_backward(bencher: Bencher, layer: TimedLayer, run: Forward) {
    let device = Device::flex().autodiff();
    let (conv, x) = (layer.init(&device), layer.input(&device));
    let passes = if layer.is_hidden { 3 } else { 2 };
    bencher.counter(ItemsCount::new(passes * layer.multiply_adds())).bench_local(|| {
        let x = if layer.is_hidden { x.clone().require_grad() } else { x.clone() };
        run(&layer, &conv, x).sum().backward()
    });
}

impl TimedLayer {
    fn init(&self, device: &Device) -> Conv2d {
        let padding = if self.covers_all() { PaddingConfig2d::Valid } else { PaddingConfig2d::Same };
        Conv2dConfig::new(self.channels, [self.kernel; 2]).with_padding(padding).init(device)
    }

    fn input(&self, device: &Device) -> Tensor<4> {
        Tensor::random([BATCH, self.channels[0], self.size, self.size], Distribution::Normal(0.0, 1.0), device)
    }

    fn zoo(&self, conv: &Conv2d, x: Tensor<4>) -> Tensor<4> {
        conv.forward_block(x, Pointwise::Relu, self.pool)
    }

    fn burn(&self, conv: &Conv2d, x: Tensor<4>) -> Tensor<4> {
        let x = relu(conv.forward(x));
        match self.pool {
            Pool::None => x,
            Pool::Max => MaxPool2dConfig::new([2, 2]).init().forward(x),
            Pool::Average => AvgPool2dConfig::new([2, 2]).init().forward(x),
        }
    }

    fn covers_all(&self) -> bool {
        self.kernel == self.size
    }

    /// Of one forward pass over the batch.
    fn multiply_adds(&self) -> usize {
        let places = if self.covers_all() { 1 } else { self.size * self.size };
        BATCH * places * self.channels[0] * self.channels[1] * self.kernel * self.kernel
    }
}

/// How divan names the line.
impl fmt::Display for TimedLayer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}
