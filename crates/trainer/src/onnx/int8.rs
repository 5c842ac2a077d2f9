//! The layers of a network in integers: each weight by its bytes and scales, each activation through bytes and back.
//!
//! The operators are those of `f32`, between `DequantizeLinear` and `QuantizeLinear`: a program that knows nothing of integers computes with
//! the numbers that the bytes stand for, one that does computes with the bytes. Bytes go through maxima and into rows as they are, which is said by
//! the same scale before and behind.
//!
//! A weight's byte is written without a sign, 128 standing for zero: of bytes with and without a sign onnxruntime adds two products in 16
//! bits where the processor has no dot products of bytes, which is too few for them, and its answers are others.

use super::graph::{Builder, int, ints};
use super::messages::{INT32, UINT8};
use super::write_plain;
use anyhow::{Context, Result};
use zoo_core::Layer;
use zoo_core::weights::Facts;
use zoo_kernels::{Int8Layer, Quantization};

/// The byte of a weight of zero.
const WEIGHT_ZERO: u8 = 128;

/// What the last operator's value is to be rounded to, and what was last rounded to.
struct Place<'a> {
    graph: &'a mut Builder,
    /// Not yet: a ReLU may come first.
    pending: Option<Quantization>,
    current: Quantization,
    /// How many there have been.
    count: usize,
}

/// All layers of the model, those with weights being those of `int8`, in which batch normalization and constant factors are parts of the weights.
pub(super) fn write_layers(graph: &mut Builder, layers: &[Layer], int8: &[Int8Layer], facts: &Facts) -> Result<()> {
    let mut rest = int8.iter();
    let current = int8.first().context("a network has at least one layer")?.input;
    let mut place = Place { graph, pending: Some(current), current, count: 0 };
    let mut last: Option<&Int8Layer> = None;
    for layer in layers {
        match layer {
            Layer::Convolution { name, .. } | Layer::Linear { name } => {
                let int8 = rest.next().with_context(|| format!("the network in integers has no layer {name}"))?;
                place.settle();
                place.weighted(name, int8, matches!(layer, Layer::Linear { .. }));
                last = Some(int8);
            }
            // Part of the weights.
            Layer::BatchNorm { .. } | Layer::Scale { .. } => {}
            Layer::Elementwise { operator: "Relu", .. } => {
                write_plain(place.graph, layer, facts);
                place.settle();
            }
            Layer::Elementwise { .. } => {
                place.settle();
                write_plain(place.graph, layer, facts);
                place.pending = last.and_then(|int8| int8.function.as_ref()).map(|function| function.output);
                place.settle();
            }
            Layer::MaxPool | Layer::AveragePool | Layer::GlobalMaxPool | Layer::Flatten => {
                place.settle();
                // Behind the last layer with weights are numbers, which stay what they are.
                let is_bytes = last.is_none_or(|int8| int8.output.is_some());
                if write_plain(place.graph, layer, facts) && is_bytes {
                    let means = last.and_then(|int8| int8.means).filter(|_| *layer == Layer::AveragePool);
                    place.pending = Some(means.unwrap_or(place.current));
                    place.settle();
                }
            }
        }
    }
    Ok(())
}

impl Place<'_> {
    /// To bytes and back, if that is still to be done.
    fn settle(&mut self) {
        let Some(quantization) = self.pending.take() else { return };
        let Quantization { scale, zero_point } = quantization;
        let names = ["scale", "zero_point"].map(|part| format!("value_{}.{part}", self.count));
        self.graph.initialize(&names[0], &[scale], &[]);
        self.graph.initialize_raw(&names[1], UINT8, vec![zero_point], &[]);
        self.graph.node("QuantizeLinear", &names, vec![]);
        self.graph.node("DequantizeLinear", &names, vec![]);
        (self.current, self.count) = (quantization, self.count + 1);
    }

    /// A convolution, or a linear layer, on what bytes stand for.
    fn weighted(&mut self, name: &str, layer: &Int8Layer, is_linear: bool) {
        let (shape, channels) = (&layer.shape, layer.shape[0]);
        let rows = [channels, layer.weight.len() / channels];
        let bytes = layer.weight.iter().map(|weight| WEIGHT_ZERO.wrapping_add_signed(*weight)).collect();
        let shape: &[usize] = if is_linear { &rows } else { shape };
        let weight = self.parameter(&format!("{name}.weight"), UINT8, bytes, shape, &layer.weight_scales);
        let bias_scales: Vec<f32> = layer.weight_scales.iter().map(|scale| layer.input.scale * scale).collect();
        let bytes = layer.bias.iter().flat_map(|bias| bias.to_le_bytes()).collect();
        let bias = self.parameter(&format!("{name}.bias"), INT32, bytes, &[channels], &bias_scales);
        if is_linear {
            self.graph.node("Gemm", &[weight, bias], vec![int("transB", 1)]);
        } else {
            let attributes = vec![ints("pads", &[layer.padding as i64; 4]), ints("strides", &[1, 1])];
            self.graph.node("Conv", &[weight, bias], attributes);
        }
        self.pending = layer.output;
    }

    /// A parameter by its bytes, with a scale a channel; the name of the numbers they stand for.
    fn parameter(&mut self, name: &str, data_type: i32, bytes: Vec<u8>, shape: &[usize], scales: &[f32]) -> String {
        let names = ["", ".scale", ".zero_point"].map(|of| format!("{name}{of}"));
        let zero: &[u8] = if data_type == UINT8 { &[WEIGHT_ZERO] } else { &[0; 4] };
        self.graph.initialize_raw(&names[0], data_type, bytes, shape);
        self.graph.initialize(&names[1], scales, &[scales.len()]);
        self.graph.initialize_raw(&names[2], data_type, zero.repeat(scales.len()), &[scales.len()]);
        self.graph.push("DequantizeLinear", names.to_vec(), vec![int("axis", 0)])
    }
}
