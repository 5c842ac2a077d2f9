//! Shapes beyond the zoo's own CNN, ours against Burn's own on the flex backend: `cargo bench -p zoo-kernels --bench shapes`.
//!
//! Strides, dilations, groups, kernels of one pixel; and the layers of a CIFAR-10 network of 3x3 kernels with pooling, batch
//! normalization and GELU. `RAYON_NUM_THREADS` sets the threads, `ZOO_KERNELS_ISA` the instruction set of ours.
#![allow(missing_docs)]

use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::pool::{AvgPool2dConfig, MaxPool2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, PaddingConfig2d};
use burn::tensor::activation::{gelu, relu, silu};
use burn::tensor::{Device, Distribution, Tensor};
use divan::Bencher;
use std::fmt;
use zoo_kernels::{FastConv2d, Pointwise, Pool};

fn main() {
    divan::main();
}

const BATCH: usize = 32;

/// A convolution with what follows it, zeros on each side as many as half the kernel covers.
#[derive(Clone, Copy)]
struct Timed {
    name: &'static str,
    channels: [usize; 2],
    groups: usize,
    kernel: usize,
    stride: usize,
    dilation: usize,
    size: usize,
    pool: Pool,
    norm: bool,
    pointwise: Pointwise,
}

/// A 3x3 kernel alone.
const PLAIN: Timed = Timed {
    name: "",
    channels: [64, 64],
    groups: 1,
    kernel: 3,
    stride: 1,
    dilation: 1,
    size: 16,
    pool: Pool::None,
    norm: false,
    pointwise: Pointwise::Relu,
};
/// A layer with normalization and GELU.
const NORM: Timed = Timed { norm: true, pointwise: Pointwise::Gelu, ..PLAIN };

const SHAPES: [Timed; 21] = [
    Timed { name: "stride 2, 64 to 128", channels: [64, 128], stride: 2, ..PLAIN },
    Timed { name: "stride 2 5x5, 3 to 32", channels: [3, 32], kernel: 5, stride: 2, size: 32, ..PLAIN },
    Timed { name: "1x1 stride 2, 64 to 128", channels: [64, 128], kernel: 1, stride: 2, ..PLAIN },
    Timed { name: "dilation 2", dilation: 2, ..PLAIN },
    Timed { name: "1x1, 64 to 128", channels: [64, 128], kernel: 1, ..PLAIN },
    Timed { name: "2 groups", groups: 2, ..PLAIN },
    Timed { name: "16 groups", groups: 16, ..PLAIN },
    Timed { name: "depthwise", groups: 64, ..PLAIN },
    Timed { name: "depthwise 5x5 stride 2", groups: 64, kernel: 5, stride: 2, ..PLAIN },
    Timed { name: "depthwise stride 2, 32x32", groups: 64, stride: 2, size: 32, ..PLAIN },
    Timed { name: "GELU", pointwise: Pointwise::Gelu, ..PLAIN },
    Timed { name: "SiLU", pointwise: Pointwise::Silu, ..PLAIN },
    Timed { name: "norm, ReLU", pointwise: Pointwise::Relu, ..NORM },
    Timed { name: "norm, SiLU", pointwise: Pointwise::Silu, ..NORM },
    Timed { name: "norm, GELU, 31x31 pooled", size: 31, pool: Pool::Max, ..NORM },
    Timed { name: "norm, GELU, 15x15", size: 15, ..NORM },
    Timed { name: "norm, GELU, 64 to 256, 15x15 pooled", channels: [64, 256], size: 15, pool: Pool::Max, ..NORM },
    Timed { name: "norm, GELU, 256, 7x7", channels: [256, 256], size: 7, ..NORM },
    Timed { name: "norm, GELU, 256, 7x7 pooled", channels: [256, 256], size: 7, pool: Pool::Max, ..NORM },
    Timed { name: "norm, GELU, 256, 3x3", channels: [256, 256], size: 3, ..NORM },
    Timed { name: "norm, SiLU, depthwise", groups: 64, pointwise: Pointwise::Silu, ..NORM },
];

#[divan::bench(args = SHAPES)]
fn forward_zoo(bencher: Bencher, shape: Timed) {
    forward(bencher, shape, Timed::zoo);
}

#[divan::bench(args = SHAPES)]
fn forward_burn(bencher: Bencher, shape: Timed) {
    forward(bencher, shape, Timed::burn);
}

#[divan::bench(args = SHAPES)]
fn forward_and_backward_zoo(bencher: Bencher, shape: Timed) {
    forward_and_backward(bencher, shape, Timed::zoo);
}

#[divan::bench(args = SHAPES)]
fn forward_and_backward_burn(bencher: Bencher, shape: Timed) {
    forward_and_backward(bencher, shape, Timed::burn);
}

type Forward = fn(&Timed, &Conv2d, &BatchNorm, Tensor<4>) -> Tensor<4>;

fn forward(bencher: Bencher, shape: Timed, run: Forward) {
    let device = Device::flex();
    let ((conv, norm), x) = (shape.init(&device), shape.input(&device));
    bencher.bench_local(|| run(&shape, &conv, &norm, x.clone()));
}

fn forward_and_backward(bencher: Bencher, shape: Timed, run: Forward) {
    let device = Device::flex().autodiff();
    let ((conv, norm), x) = (shape.init(&device), shape.input(&device));
    bencher.bench_local(|| run(&shape, &conv, &norm, x.clone().require_grad()).sum().backward());
}

impl Timed {
    fn init(&self, device: &Device) -> (Conv2d, BatchNorm) {
        let padding = self.dilation * (self.kernel / 2);
        let conv = Conv2dConfig::new(self.channels, [self.kernel; 2])
            .with_stride([self.stride; 2])
            .with_dilation([self.dilation; 2])
            .with_groups(self.groups)
            .with_padding(PaddingConfig2d::Explicit(padding, padding, padding, padding))
            .init(device);
        (conv, BatchNormConfig::new(self.channels[1]).init(device))
    }

    fn input(&self, device: &Device) -> Tensor<4> {
        Tensor::random([BATCH, self.channels[0], self.size, self.size], Distribution::Normal(0.0, 1.0), device)
    }

    fn zoo(&self, conv: &Conv2d, norm: &BatchNorm, x: Tensor<4>) -> Tensor<4> {
        if self.norm {
            conv.forward_normalized(x, self.pool, norm, self.pointwise)
        } else {
            conv.forward_block(x, self.pointwise, self.pool)
        }
    }

    fn burn(&self, conv: &Conv2d, norm: &BatchNorm, x: Tensor<4>) -> Tensor<4> {
        let x = conv.forward(x);
        let x = match self.pool {
            Pool::None => x,
            Pool::Max => MaxPool2dConfig::new([2, 2]).init().forward(x),
            Pool::Average => AvgPool2dConfig::new([2, 2]).init().forward(x),
        };
        let x = if self.norm { norm.forward(x) } else { x };
        match self.pointwise {
            Pointwise::None => x,
            Pointwise::Relu => relu(x),
            Pointwise::Gelu => gelu(x),
            Pointwise::Silu => silu(x),
        }
    }
}

/// How divan names the line.
impl fmt::Display for Timed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}
