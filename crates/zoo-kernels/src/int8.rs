//! Networks of 8-bit integers.

mod build;
mod range;
mod reference;

use crate::block::{Pointwise, Pool};
use crate::cpu::int8::network::ByteNetwork;
use std::fmt;

/// A [`PreparedNetwork`](crate::PreparedNetwork) in integers: weights of 8 bits, activations of 8 bits, sums of 32.
///
/// A weight is `scale * w`, `w` from -127 to 127, with a scale for each channel of a layer's output, by its largest weight. An activation is
/// `scale * (x - zero_point)`, `x` from 0 to 255, with one [`Quantization`] for a whole tensor, from calibration images: of the ranges
/// that cut off a share of the values met, that with the least squared error. So
///
/// ```text
/// sum = b + Σ w (x - zero_point)                          32 bits, exact
/// y   = clamp(round(sum * input.scale * weight_scale / output.scale) + output.zero_point)
/// ```
///
/// rounded to the nearest, halves to the even one, the factor being one `f32` a channel: as ONNX's `QLinearConv`. A bias `b` counts in
/// `input.scale * weight_scale`. ReLU is `clamp` with the zero point as the least byte, the maximum of bytes is that of what they stand for, a mean of
/// four bytes is brought to bytes of a range of its own, and another function is a table of 256 bytes. The last layer's sums become numbers, which are not rounded to bytes.
///
/// # Numbers
///
/// Integers have no rounding to differ by: the bits of the outputs are the same for every instruction set, number of threads and batch. So
/// are those of the network, as calibration sums in one order everywhere; functions of values are as the platform computes them.
///
/// Against the network of `f32`, for inputs within the ranges of calibration: [`error_bounds`](Self::error_bounds).
///
/// # What it is good for
///
/// Written to a file it is a quarter as large (in memory a weight is held as given and packed), and results are the same for every
/// instruction set; with ReLU alone also on every platform. It is made for processors with dot products of bytes, of which this crate makes
/// no use yet. With AVX2 bytes are widened before they are multiplied, and Winograd's filtering, which needs fewer products, is for `f32` alone:
/// `cargo bench -p zoo-kernels --bench int8` holds both against each other.
pub struct Int8Network {
    network: ByteNetwork,
    layers: Vec<Int8Layer>,
    /// Of the outputs.
    functions: Vec<crate::definition::Function>,
}

/// Which number a byte stands for: `scale * (byte - zero_point)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantization {
    /// From one byte's number to the next one's.
    pub scale: f32,
    /// The byte that stands for zero.
    pub zero_point: u8,
}

/// A layer of an [`Int8Network`]: a convolution of stride 1, or a linear layer, whose kernel covers all of its input.
#[derive(Clone, Debug, PartialEq)]
pub struct Int8Layer {
    /// Channels, height and width of the input.
    pub input_size: [usize; 3],
    /// `[channels_out, channels_in, kernel height, kernel width]`.
    pub shape: [usize; 4],
    /// Zeros on each side.
    pub padding: usize,
    /// Of that shape.
    pub weight: Vec<i8>,
    /// What a weight counts, one a channel of the output.
    pub weight_scales: Vec<f32>,
    /// What a sum begins with, one a channel of the output, counting `input.scale` times the channel's weight scale.
    pub bias: Vec<i32>,
    /// Applied to every value.
    pub pointwise: Pointwise,
    /// Applied to the bytes.
    pub pool: Pool,
    /// Of the input.
    pub input: Quantization,
    /// Of the output before it is pooled; `None` of the last layer, whose sums become numbers.
    pub output: Option<Quantization>,
    /// Of the means of four, where that is the pool; else, and of the last layer, `None`.
    pub means: Option<Quantization>,
    /// Applied to every byte last.
    pub function: Option<ByteFunction>,
}

/// A function of bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct ByteFunction {
    /// What becomes of each byte.
    pub table: Box<[u8; 256]>,
    /// Of what becomes of them.
    pub output: Quantization,
}

/// Why a network cannot be one of integers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Int8Error {
    /// A layer is not for the kernels, or they are off: `finish` says no, too.
    NotPrepared,
    /// A function that is not brought to bytes: GELU or SiLU.
    Unsupported {
        /// Counted from 1.
        layer: usize,
    },
    /// Sums of so many products may not fit into 32 bits.
    TooManyTaps {
        /// Counted from 1.
        layer: usize,
        /// Products a sum.
        taps: usize,
    },
    /// The calibration images are none, or no whole number of them.
    Calibration {
        /// Values found.
        found: usize,
        /// Values of an image.
        each: usize,
    },
    /// A value of the calibration images, or of a layer's answer to them, is not finite.
    NotFinite {
        /// Counted from 1; 0 is the images.
        layer: usize,
    },
}

impl Int8Network {
    /// The outputs of images `[batch, channels, height, width]`, as [`PreparedNetwork::forward`](crate::PreparedNetwork::forward) gives
    /// them; `None` if a value is not finite.
    ///
    /// # Panics
    ///
    /// If that is no whole number of images.
    pub fn forward(&self, images: &[f32]) -> Option<Vec<f32>> {
        let [each_in, each_out] = self.network.sizes();
        let mut outputs = vec![0.0; images.len() / each_in * each_out];
        self.forward_into(images, &mut outputs).then_some(outputs)
    }

    /// The same into memory that is there already. False instead of `None`.
    ///
    /// # Panics
    ///
    /// As [`forward`](Self::forward), or if there is not room for exactly the outputs.
    pub fn forward_into(&self, images: &[f32], outputs: &mut [f32]) -> bool {
        let is_finite = self.network.forward(images, outputs);
        self.functions.iter().for_each(|function| function(outputs));
        is_finite
    }

    /// Its layers, for those who write it down for other programs.
    pub fn layers(&self) -> &[Int8Layer] {
        &self.layers
    }

    /// By how much each layer's output may differ from that of the network of `f32`, layer by layer as
    /// [`Int8Layer::error_bound`] has it, from an input within the range of its bytes on; `None` if a layer has another function than ReLU,
    /// of which nothing is known.
    ///
    /// Bounds multiply from layer to layer as if every error had the worst sign, so those of deep networks say little; a test holds them.
    pub fn error_bounds(&self) -> Option<Vec<f64>> {
        let mut error = self.layers.first().map_or(0.0, |layer| layer.input.rounding());
        let bound = |layer: &Int8Layer| {
            error = layer.error_bound(error);
            layer.function.is_none().then_some(error)
        };
        self.layers.iter().map(bound).collect::<Option<Vec<f64>>>().filter(|_| self.functions.is_empty())
    }
}

impl Quantization {
    /// The nearest byte, halves to the even step; the first or last one beyond them.
    pub fn quantize(&self, value: f32) -> u8 {
        crate::cpu::int8::epilogue::ByteSteps { zero_point: self.zero_point, least: 0 }.byte(value / self.scale)
    }

    /// The number a byte stands for.
    pub fn dequantize(&self, byte: u8) -> f32 {
        self.scale * (f32::from(byte) - f32::from(self.zero_point))
    }

    /// The largest magnitude a byte stands for.
    fn largest(&self) -> f64 {
        f64::from(self.scale) * f64::from(self.zero_point.max(255 - self.zero_point))
    }

    /// By how much a byte may differ from the number it is rounded from: half a step, and what `f32` rounds of it.
    fn rounding(&self) -> f64 {
        f64::from(self.scale) * (0.5 + 1.0 / 16_384.0)
    }
}

impl Int8Layer {
    /// By how much a value of the output may differ from that of the same layer in `f32`, if the input differs by at most `input_error`,
    /// and the bytes of input and output reach as far as the values do.
    ///
    /// With `s` the scale of a channel's weights, `n` its weights, `|w|` the sum of their magnitudes as bytes, and `X` the largest number that
    /// a byte of the input stands for:
    ///
    /// ```text
    /// s (|w| + n / 2) input_error + s n / 2 X + s input.scale / 2 + output.scale / 2
    /// ```
    ///
    /// since `Σ W x - Σ w' x' = Σ W (x - x') + Σ (W - w') x'`, where a weight `W` and the one it became, `w'`, differ by at most `s / 2`; then
    /// the bias's rounding, and the output's, but for the last layer; another half `means.scale` where a mean of four is rounded. ReLU and
    /// pooling make no difference larger. The largest of all channels counts.
    pub fn error_bound(&self, input_error: f64) -> f64 {
        let taps = self.weight.len() / self.shape[0];
        let half = taps as f64 / 2.0;
        let of = |(weight, scale): (&[i8], &f32)| {
            let magnitude = weight.iter().map(|weight| f64::from(weight.unsigned_abs())).sum::<f64>();
            let products = (magnitude + half) * input_error + half * self.input.largest();
            f64::from(*scale) * (products + f64::from(self.input.scale) / 2.0)
        };
        let sums = self.weight.chunks_exact(taps).zip(&self.weight_scales).map(of).fold(0.0, f64::max);
        sums + [self.output, self.means].into_iter().flatten().map(|output| output.rounding()).sum::<f64>()
    }
}

impl fmt::Debug for Int8Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [inputs, outputs] = self.network.sizes();
        write!(formatter, "Int8Network({inputs} -> {outputs})")
    }
}

impl fmt::Display for Int8Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Int8Error::NotPrepared => formatter.write_str(
                "int8 takes convolutions of stride 1 and linear layers with finite weights, and a layer is another one or the kernels are off",
            ),
            Int8Error::Unsupported { layer } => write!(
                formatter,
                "int8 takes ReLU and functions given by `elementwise`, and layer {layer} goes through GELU or SiLU"
            ),
            Int8Error::TooManyTaps { layer, taps } => write!(
                formatter,
                "int8 sums at most {} products in 32 bits, and layer {layer} sums {taps}",
                build::MOST_TAPS
            ),
            Int8Error::Calibration { found, each } => {
                write!(formatter, "int8 is calibrated on whole images of {each} values, at least one, found {found} values")
            }
            Int8Error::NotFinite { layer: 0 } => formatter.write_str("int8 is calibrated on finite values, and an image has another one"),
            Int8Error::NotFinite { layer } => {
                write!(formatter, "int8 is calibrated on finite values, and layer {layer} gives another one for a calibration image")
            }
        }
    }
}

impl std::error::Error for Int8Error {}
