//! Fast convolution for [Burn](https://burn.dev) on the CPU: kernels of its `flex` backend, in Rust alone.
//!
//! Call [`FastConv2d::forward_fast`] where a network calls `Conv2d::forward`; or [`FastConv2d::forward_block`], which also takes the
//! activation and the pooling that follow, while the values are still in the cache; or [`FastConv2d::forward_normalized`], for pooling,
//! batch normalization and activation. Layers, parameters and records stay Burn's own.
//!
//! ```
//! use burn::nn::PaddingConfig2d;
//! use burn::nn::conv::Conv2dConfig;
//! use burn::tensor::{Device, Tensor};
//! use zoo_kernels::{FastConv2d, Pointwise, Pool};
//!
//! let device = Device::flex(); // or Device::flex().autodiff(), to train
//! let conv = Conv2dConfig::new([3, 32], [5, 5]).with_padding(PaddingConfig2d::Same).init(&device);
//! let images = Tensor::<4>::ones([8, 3, 32, 32], &device);
//!
//! let features = conv.forward_block(images, Pointwise::Relu, Pool::Max);
//!
//! assert_eq!(features.dims(), [8, 32, 16, 16]);
//! ```
//!
//! # What runs where
//!
//! `f32` on flex, with or without autodiff, runs on the kernels if the padding is smaller than what the kernel covers, whatever stride,
//! dilation and groups are. Kernels of 3x3 and 5x5 that slide by ones and have enough channels (forward at least 3 in and 16 out,
//! backward 16 on both sides) go through Winograd's filtering, all others are summed directly: channel by channel where each is
//! convolved by itself, group by group where there are several. To Burn's own operations go other backends and types, direct sums of
//! more than 2^18 weights, and kernels of one pixel with nothing behind them where no gradient is asked for: the same call is right
//! everywhere. The instruction set is chosen at run time, AVX-512, AVX2 with FMA, NEON or none in particular, unless the environment
//! variable [`ISA_VARIABLE`] names one, or `off`.
//!
//! # Numbers
//!
//! - The same bits for the same instruction set, whatever the number of threads.
//! - Against sums in `f64`, relative to the largest value: about 1e-7 for direct sums, up to 1e-5 for Winograd's filtering.
//!   A sum that is exactly zero may come out of the latter as a tiny number, and ReLU's derivative there as 0 or 1.
//! - Values that are not numbers, infinite or beyond 2^40 are left to Burn's own operations, so that they pass as they do there.
//!
//! # Integers
//!
//! [`NetworkBuilder::finish_int8`] makes a prepared network of 8-bit integers, an [`Int8Network`], which has its own promises.
//!
//! # Tensors
//!
//! Outputs and input gradients keep channels together in memory (PyTorch's `channels_last`), and so say their strides; shapes are
//! `[batch, channels, height, width]` as ever. A block reads its predecessor's output without a copy.

#[cfg(feature = "flex")]
mod activation;
mod block;
#[cfg(feature = "flex")]
mod buffer;
#[cfg(feature = "flex")]
mod cpu;
mod cross_entropy;
#[cfg(feature = "flex")]
mod definition;
mod elu;
#[cfg(feature = "flex")]
mod exponential;
#[cfg(feature = "flex")]
mod extension;
#[cfg(feature = "flex")]
mod int8;
mod layer;
#[cfg(feature = "flex")]
mod normalized;
#[cfg(feature = "flex")]
mod on_kernels;
mod pooling;
#[cfg(feature = "flex")]
mod prepared;
#[cfg(feature = "flex")]
mod saved;
#[cfg(feature = "flex")]
mod settled;
#[cfg(feature = "optim")]
pub mod update;

pub use block::{Block, Pointwise, Pool};
#[cfg(feature = "flex")]
pub use cpu::choice::{ISA_VARIABLE, instruction_set, instruction_sets};
pub use cross_entropy::cross_entropy;
pub use elu::exponential_linear;
#[cfg(feature = "flex")]
pub use int8::{ByteFunction, Int8Error, Int8Layer, Int8Network, Quantization};
pub use layer::{FastConv2d, conv2d};
pub use pooling::{avg_pool2d, max_pool2d};
#[cfg(feature = "flex")]
pub use prepared::{NetworkBuilder, PreparedNetwork};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
