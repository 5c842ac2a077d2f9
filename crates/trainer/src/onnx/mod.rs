//! A trained model as an ONNX file: raw values in, logits out, its preprocessing within.
//!
//! The input `input` is `[batch, channels, height, width]` of pixel values 0 to 255, or `[batch, columns]` in the units of the table;
//! the output `logits` is `[batch, outputs]`, or for regression `value` `[batch, 1]` in the target's unit. Class names and recipe
//! are in the file's metadata, and as `fill` what is to stand in for each column's missing values, where they may be missing.

mod graph;
#[cfg(feature = "flex")]
mod int8;
mod messages;

use crate::trained::TrainedModel;
use anyhow::{Context, Result};
use graph::Builder;
use messages::{ModelMessage, OperatorSet, Property};
use prost::Message;
use zoo_core::weights::{Facts, NamedTensor};
use zoo_core::{BATCH_NORM_EPSILON, Layer};

/// The versions of a file's form and of its operators: those of ONNX 1.10 (2021), the newest that all programs in use read.
const USUAL: [i64; 2] = [8, 15];
/// Those of ONNX 1.15, the oldest with GELU as one operator.
const WITH_GELU: [i64; 2] = [9, 20];

/// The file's bytes, the same for the same model.
///
/// # Errors
/// If the model has a parameter this does not know.
pub fn to_bytes(model: &TrainedModel) -> Result<Vec<u8>> {
    let layers = |graph: &mut Builder| {
        model.network.layers().iter().try_for_each(|layer| write_layer(graph, layer, &model.facts))
    };
    Ok(to_message(model, layers)?.encode_to_vec())
}

/// The same of a model in integers: weights of 8 bits, and between the layers `QuantizeLinear` and `DequantizeLinear`, which programs with
/// kernels for integers take as what to compute in.
///
/// # Errors
/// As [`to_bytes`].
#[cfg(feature = "flex")]
pub(crate) fn to_int8_bytes(model: &TrainedModel, int8: &zoo_kernels::Int8Network) -> Result<Vec<u8>> {
    let layers = |graph: &mut Builder| int8::write_layers(graph, &model.network.layers(), int8.layers(), &model.facts);
    Ok(to_message(model, layers)?.encode_to_vec())
}

fn to_message(model: &TrainedModel, layers: impl FnOnce(&mut Builder) -> Result<()>) -> Result<ModelMessage> {
    let TrainedModel { network, recipe, facts, .. } = model;
    let mut graph = Builder::new(network.named_tensors());
    preprocess(&mut graph, facts);
    layers(&mut graph)?;
    if let Some(unit) = &facts.target {
        graph.with_constant("Mul", "target_std", &[unit.std as f32], vec![1]);
        graph.with_constant("Add", "target_mean", &[unit.mean as f32], vec![1]);
    }
    let output = if facts.target.is_some() { "value" } else { "logits" };
    let outputs = outputs(&network.named_tensors())?;
    let graph = graph.finish(&recipe.name, &facts.input_shape, (output, outputs))?;
    let [ir_version, operators] = if graph.node.iter().any(|node| node.op_type == "Gelu") { WITH_GELU } else { USUAL };
    let fill = serde_json::to_string(&facts.fill)?;
    let missing = match facts.fill.is_empty() {
        true => "",
        false => {
            " Missing values, which are NaN, are to be replaced before, by those of the metadata key `fill`, one per column."
        }
    };
    let fill = (!facts.fill.is_empty()).then(|| Property { key: "fill".to_string(), value: fill });
    let entry = |key: &str, value: String| Property { key: key.to_string(), value };
    Ok(ModelMessage {
        ir_version,
        producer_name: "burn-zoo trainer".to_string(),
        producer_version: env!("CARGO_PKG_VERSION").to_string(),
        doc_string: format!("{}. Input: raw values; output: {output}.{missing}", recipe.summary()),
        graph: Some(graph),
        opset_import: vec![OperatorSet { domain: String::new(), version: operators }],
        metadata_props: [
            entry("class_names", serde_json::to_string(&facts.class_names)?),
            entry("columns", serde_json::to_string(&facts.columns)?),
            entry("recipe", facts.recipe.clone()),
        ]
        .into_iter()
        .chain(fill)
        .collect(),
    })
}

/// The width of the last layer.
fn outputs(tensors: &[NamedTensor]) -> Result<usize> {
    let bias = tensors.iter().find(|(name, _)| name == "output.bias");
    Ok(bias.context("the model has no tensor output.bias; its last layer has to be a linear one, with biases, in the field `output`")?.1.num_elements())
}

/// Raw values into inputs: pixels by one factor and offset a channel, as training has them, columns by mean and deviation.
fn preprocess(graph: &mut Builder, facts: &Facts) {
    let normalizer = &facts.normalizer;
    let is_image = facts.input_shape.len() == 3;
    let shape = |values: &[f32]| {
        let mut shape = vec![1, values.len()];
        shape.resize(if is_image { 4 } else { 2 }, 1);
        shape
    };
    if normalizer.mean.is_empty() {
        if normalizer.scale != 1.0 {
            graph.with_constant("Mul", "scale", &[normalizer.scale], vec![1]);
        }
        return;
    }
    if is_image {
        let parts = |of: fn(f64, f64, f64) -> f64| -> Vec<f32> {
            let pairs = normalizer.mean.iter().zip(&normalizer.std);
            pairs.map(|(mean, std)| of(f64::from(normalizer.scale), f64::from(*mean), f64::from(*std)) as f32).collect()
        };
        let (factors, offsets) = (parts(|scale, _, std| scale / std), parts(|_, mean, std| -mean / std));
        graph.with_constant("Mul", "factor", &factors, shape(&factors));
        graph.with_constant("Add", "offset", &offsets, shape(&offsets));
    } else {
        graph.with_constant("Mul", "scale", &[normalizer.scale], vec![1]);
        graph.with_constant("Sub", "mean", &normalizer.mean, shape(&normalizer.mean));
        graph.with_constant("Div", "std", &normalizer.std, shape(&normalizer.std));
    }
}

fn write_layer(graph: &mut Builder, layer: &Layer, facts: &Facts) -> Result<()> {
    match layer {
        Layer::Convolution { name, padding } => graph.convolution(name, *padding as i64)?,
        Layer::Linear { name } => graph.linear(name)?,
        Layer::BatchNorm { name } => {
            let names = ["gamma", "beta", "running_mean", "running_var"].map(|part| format!("{name}.{part}"));
            graph.with_parameters("BatchNormalization", &names, vec![graph::float("epsilon", BATCH_NORM_EPSILON)])?;
        }
        Layer::MaxPool
        | Layer::AveragePool
        | Layer::GlobalMaxPool
        | Layer::Flatten
        | Layer::Scale { .. }
        | Layer::Elementwise { .. } => {
            write_plain(graph, layer, facts);
        }
    }
    Ok(())
}

/// A layer without parameters; true if it is an operator.
fn write_plain(graph: &mut Builder, layer: &Layer, facts: &Facts) -> bool {
    let pool = || vec![graph::ints("kernel_shape", &[2, 2]), graph::ints("strides", &[2, 2])];
    match layer {
        Layer::MaxPool => graph.node("MaxPool", &[], pool()),
        Layer::AveragePool => graph.node("AveragePool", &[], pool()),
        Layer::GlobalMaxPool => graph.node("GlobalMaxPool", &[], vec![]),
        Layer::Flatten if facts.input_shape.len() > 1 => graph.node("Flatten", &[], vec![graph::int("axis", 1)]),
        // One a network, so that the name is the constant's own.
        Layer::Scale { factor } => graph.with_constant("Mul", "layer_scale", &[*factor], vec![1]),
        Layer::Elementwise { operator, alpha } => {
            graph.node(operator, &[], alpha.iter().map(|alpha| graph::float("alpha", *alpha)).collect());
        }
        _ => return false,
    }
    true
}

#[cfg(test)]
mod tests;
