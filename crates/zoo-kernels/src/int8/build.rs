//! From a builder's layers to one of integers.

use super::reference::channels_last;
use super::{ByteFunction, Int8Error, Int8Layer, Int8Network, Quantization, range};
use crate::block::{Pointwise, Pool};
use crate::cpu::int8::epilogue::{ByteEpilogue, BytePool, ByteSteps, Means};
use crate::cpu::int8::isa::byte_kernels;
use crate::cpu::int8::layer::{ByteLayer, ByteSlide};
use crate::cpu::int8::network::ByteNetwork;
use crate::cpu::int8::outputs::ByteOutputs;
use crate::definition::Definition;
use crate::prepared::NetworkBuilder;
use std::sync::Mutex;

/// Products that a sum may have: of 255 x 127 each, they and a bias of at most [`MOST_BIAS`] fit into 32 bits.
pub(super) const MOST_TAPS: usize = (i32::MAX as usize - MOST_BIAS as usize) / (255 * 127);
const MOST_BIAS: u32 = 1 << 30;

impl NetworkBuilder {
    /// The network in integers, calibrated on images `[count, channels, height, width]`, a few hundred of those it was trained on.
    ///
    /// ```
    /// use zoo_kernels::{NetworkBuilder, Pointwise, Pool};
    ///
    /// let images: Vec<f32> = (0..64).map(|value| value as f32 / 63.0).collect(); // 16 images of 2x2
    /// let network = NetworkBuilder::new([1, 2, 2], 1)
    ///     .convolution([2, 1, 1, 1], &[1.0, -0.5], &[0.0, 0.5], 0, Pointwise::Relu, Pool::None)
    ///     .linear([1, 8], &[0.25; 8], &[0.0], Pointwise::None)
    ///     .finish_int8(&images);
    ///
    /// if let Ok(network) = network {
    ///     let outputs = network.forward(&[0.5; 4]).unwrap_or_default(); // 0.25 * 4 * (0.5 + 0.25) is 0.75
    ///     assert!((outputs[0] - 0.75).abs() < 0.01);
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Int8Error`]: a layer is not for integers, or the images cannot be calibrated on.
    pub fn finish_int8(self, calibration: &[f32]) -> Result<Int8Network, Int8Error> {
        let definitions = self.complete_definitions().ok_or(Int8Error::NotPrepared)?;
        check(definitions)?;
        let size = definitions[0].input;
        let each = size.iter().product::<usize>();
        if calibration.is_empty() || !calibration.len().is_multiple_of(each) {
            return Err(Int8Error::Calibration { found: calibration.len(), each });
        }
        let layers = quantized(definitions, channels_last(calibration, size))?;
        let functions = definitions[definitions.len() - 1].functions.clone();
        Ok(Int8Network { network: network(&layers, self.threads), layers, functions })
    }
}

/// Whether every layer is one for integers.
fn check(definitions: &[Definition]) -> Result<(), Int8Error> {
    for (at, definition) in definitions.iter().enumerate() {
        let taps = definition.weight.len() / definition.shape[0];
        if ![Pointwise::None, Pointwise::Relu].contains(&definition.pointwise) {
            return Err(Int8Error::Unsupported { layer: at + 1 });
        }
        if taps > MOST_TAPS {
            return Err(Int8Error::TooManyTaps { layer: at + 1, taps });
        }
    }
    Ok(())
}

/// The layers one by one, each with the ranges of what it gives for the images.
fn quantized(definitions: &[Definition], mut images: Vec<f32>) -> Result<Vec<Int8Layer>, Int8Error> {
    let mut input = range::quantization(&images).ok_or(Int8Error::NotFinite { layer: 0 })?;
    let mut layers = Vec::with_capacity(definitions.len());
    for (at, definition) in definitions.iter().enumerate() {
        if at + 1 == definitions.len() {
            layers.push(layer(definition, input));
            break;
        }
        let not_finite = Int8Error::NotFinite { layer: at + 1 };
        let range = |values: &[f32]| range::quantization(values).ok_or_else(|| not_finite.clone());
        let mut layer = layer(definition, input);
        let values = definition.convolve(&images);
        let mut output = range(&values)?;
        layer.output = Some(output);
        images = definition.pooled(values);
        if definition.pool == Pool::Average {
            output = range(&images)?;
            layer.means = Some(output);
        }
        if !definition.functions.is_empty() {
            definition.apply_functions(&mut images);
            layer.function = Some(tabulated(definition, output, range(&images)?));
        }
        input = layer.function.as_ref().map_or(output, |function| function.output);
        layers.push(layer);
    }
    Ok(layers)
}

/// What becomes of each byte.
fn tabulated(definition: &Definition, from: Quantization, output: Quantization) -> ByteFunction {
    let mut values: Vec<f32> = (0..=255).map(|byte| from.dequantize(byte)).collect();
    definition.apply_functions(&mut values);
    let mut table = Box::new([0; 256]);
    table.iter_mut().zip(values).for_each(|(byte, value)| *byte = output.quantize(value));
    ByteFunction { table, output }
}

/// A last layer.
fn layer(definition: &Definition, input: Quantization) -> Int8Layer {
    let &Definition { input: input_size, shape, padding, pointwise, pool, .. } = definition;
    let (mut weight, mut weight_scales, mut bias) = (Vec::new(), Vec::new(), Vec::new());
    let channels = definition.weight.chunks_exact(definition.weight.len() / shape[0]);
    for (weights, offset) in channels.zip(&definition.bias) {
        let scale = weight_scale(weights, *offset, input.scale);
        let step = f64::from(scale) * f64::from(input.scale);
        weight.extend(weights.iter().map(|weight| (f64::from(*weight) / f64::from(scale)).round_ties_even() as i8));
        bias.push((f64::from(*offset) / step).round_ties_even() as i32);
        weight_scales.push(scale);
    }
    let (output, means, function) = (None, None, None);
    Int8Layer {
        input_size,
        shape,
        padding,
        weight,
        weight_scales,
        bias,
        pointwise,
        pool,
        input,
        output,
        means,
        function,
    }
}

/// What a weight of a channel counts: its largest one is 127, unless the bias would then be more than [`MOST_BIAS`].
fn weight_scale(weights: &[f32], bias: f32, input_scale: f32) -> f32 {
    let largest = weights.iter().fold(0.0_f32, |largest, weight| largest.max(weight.abs()));
    let of_bias = f64::from(bias.abs()) / f64::from(input_scale) / f64::from(MOST_BIAS);
    // Rounded up, so that neither is beyond its end.
    let scale = ((f64::from(largest) / 127.0).max(of_bias) as f32).next_up();
    if scale > 1e-30 { scale } else { 1.0 }
}

/// The layers as the kernels take them.
fn network(layers: &[Int8Layer], threads: usize) -> ByteNetwork {
    let first = layers[0].input;
    let (last, hidden) = (&layers[layers.len() - 1], &layers[..layers.len() - 1]);
    ByteNetwork {
        scale: first.scale,
        steps: ByteSteps { zero_point: first.zero_point, least: 0 },
        hidden: hidden.iter().filter_map(|layer| Some(packed(layer, epilogue(layer, layer.output?)))).collect(),
        last: packed(last, outputs(last)),
        threads,
        kernels: byte_kernels(),
        memory: Mutex::default(),
    }
}

fn packed<F>(layer: &Int8Layer, finish: F) -> ByteLayer<F> {
    let slide = slide(layer);
    ByteLayer { slide, weight: slide.pack(&layer.weight), finish }
}

fn slide(layer: &Int8Layer) -> ByteSlide {
    let [channels, _, height, width] = layer.shape;
    ByteSlide { input: layer.input_size, channels, kernel: [height, width], padding: layer.padding }
}

fn epilogue(layer: &Int8Layer, output: Quantization) -> ByteEpilogue {
    let columns = slide(layer).product().columns;
    let mut multipliers: Vec<f32> =
        layer.weight_scales.iter().map(|scale| layer.input.scale * scale / output.scale).collect();
    multipliers.resize(columns, 0.0);
    let mut bias = layer.bias.clone();
    bias.resize(columns, 0);
    let least = if layer.pointwise == Pointwise::Relu { output.zero_point } else { 0 };
    let steps = ByteSteps { zero_point: output.zero_point, least };
    let table = layer.function.as_ref().map(|ByteFunction { table, output }| {
        let mut values = Box::new([0; 256]);
        let pairs = values.iter_mut().zip(table.iter());
        pairs.for_each(|(value, byte)| *value = i16::from(*byte) - i16::from(output.zero_point));
        values
    });
    ByteEpilogue { multipliers, bias, steps, pool: byte_pool(layer, output), table, channels: layer.shape[0] }
}

fn byte_pool(layer: &Int8Layer, output: Quantization) -> BytePool {
    match (layer.pool, layer.means) {
        (Pool::None, _) => BytePool::None,
        (Pool::Average, Some(means)) => BytePool::Average(Means {
            steps: ByteSteps { zero_point: means.zero_point, least: 0 },
            multiplier: output.scale / (4.0 * means.scale),
        }),
        _ => BytePool::Max,
    }
}

fn outputs(layer: &Int8Layer) -> ByteOutputs {
    ByteOutputs {
        scales: layer.weight_scales.iter().map(|scale| layer.input.scale * scale).collect(),
        bias: layer.bias.clone(),
        columns: slide(layer).product().columns,
        pointwise: layer.pointwise,
        pool: layer.pool,
    }
}
