use super::messages::{Attribute, Graph};
use super::*;
use crate::network::Network;
use burn::module::Module;
use burn::tensor::Device;
use zoo_core::weights::WEIGHTS_SCHEMA;
use zoo_core::{Normalizer, Sizes, Standardization};
use zoo_recipe::parse_override;

/// A model as its recipe starts it, for inputs of that shape.
fn model(name: &str, overrides: &[&str], shape: &[usize], classes: usize) -> TrainedModel {
    let overrides: Vec<_> = overrides.iter().map(|text| parse_override(text).expect("KEY=VALUE")).collect();
    let recipe =
        crate::registry::recipe(name).and_then(|recipe| Ok(recipe.with_overrides(&overrides)?)).expect("a recipe");
    let device = Device::flex();
    let sizes = Sizes { input: shape.to_vec(), outputs: recipe.logits_of(classes) };
    let network = Network::init(&recipe.model, &sizes, 1, &device).expect("a network").valid();
    let normalizer = Normalizer { scale: 1.0 / 255.0, mean: vec![0.5; shape[0]], std: vec![0.25; shape[0]] };
    let class_names = (0..classes).map(|class| class.to_string()).collect();
    let facts = Facts {
        schema: WEIGHTS_SCHEMA,
        recipe: recipe.to_toml(),
        model: serde_json::to_value(&recipe.model).expect("JSON"),
        input_shape: shape.to_vec(),
        class_names,
        columns: vec![],
        picture: None,
        normalizer,
        target: None,
        fill: vec![],
    };
    TrainedModel::of_parts(network, recipe, facts, device)
}

fn message(model: &TrainedModel) -> ModelMessage {
    let bytes = to_bytes(model).expect("an ONNX file");
    ModelMessage::decode(bytes.as_slice()).expect("what was written is read again")
}

fn graph(model: &TrainedModel) -> Graph {
    message(model).graph.expect("a graph")
}

#[test]
fn older_programs_read_all_but_gelu() {
    for (activation, versions) in [("relu", [8, 15]), ("selu", [8, 15]), ("softplus", [8, 15]), ("gelu", [9, 20])] {
        let written = message(&model("mlp_digits", &[&format!("model.activation={activation}")], &[1, 8, 8], 10));
        assert_eq!([written.ir_version, written.opset_import[0].version], versions, "{activation}");
    }
}

fn operators(graph: &Graph) -> String {
    graph.node.iter().map(|node| node.op_type.as_str()).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_five_blocks_are_the_thesiss() {
    let graph = graph(&model("cnn_cifar10", &[], &[3, 32, 32], 10));
    assert_eq!(
        operators(&graph),
        "Mul Add Conv Relu MaxPool Conv Relu AveragePool Conv Relu AveragePool Conv Relu Flatten Gemm"
    );
    let elements: i64 = graph.initializer.iter().map(|tensor| tensor.dims.iter().product::<i64>()).sum();
    assert_eq!(elements, 145_578 + 6);
}

#[test]
fn speednets_blocks_pool_before_they_normalize() {
    let first = "Conv MaxPool BatchNormalization Gelu Conv BatchNormalization Gelu";
    let second = "Conv BatchNormalization Gelu Conv MaxPool BatchNormalization Gelu";
    for (pool_after, block) in [("first", first), ("second", second)] {
        let overrides = ["model.widths=[8, 16, 16]", &format!("model.pool_after={pool_after}")];
        let graph = graph(&model("speednet_small", &overrides, &[3, 32, 32], 10));
        assert_eq!(
            operators(&graph),
            format!("Mul Add Conv Gelu {block} {block} {block} GlobalMaxPool Flatten Mul Gemm")
        );
        let inputs = graph.node.iter().filter(|node| node.op_type == "Conv").map(|node| node.input.len());
        assert_eq!(inputs.collect::<Vec<_>>(), [3, 2, 2, 2, 2, 2, 2], "only the first has biases");
    }
}

#[test]
fn each_operator_takes_what_the_one_before_made() {
    let graph = graph(&model("mlp_digits", &["model.batch_norm=true", "model.activation=gelu"], &[1, 8, 8], 10));
    assert_eq!(graph.node[0].input[0], "input");
    for pair in graph.node.windows(2) {
        assert_eq!(pair[1].input[0], pair[0].output[0]);
    }
    assert_eq!(graph.node.last().expect("nodes").output, ["logits"]);
    let known = |name: &String| graph.initializer.iter().any(|tensor| tensor.name == *name);
    assert!(graph.node.iter().flat_map(|node| &node.input[1..]).all(known));
    assert!(operators(&graph).contains("Gemm BatchNormalization Gelu"), "{}", operators(&graph));
    let kinds = graph.node.iter().flat_map(|node| &node.attribute).map(|attribute| attribute.kind);
    assert!(
        kinds.clone().count() > 0
            && kinds.into_iter().all(|kind| [Attribute::FLOAT, Attribute::INT, Attribute::INTS].contains(&kind))
    );
}

#[test]
fn a_predicted_number_is_in_its_own_unit() {
    let mut model = model("mlp_breast_cancer", &[], &[30], 1);
    model.facts.target = Some(Standardization { mean: 150.0, std: 77.0 });
    let graph = graph(&model);
    assert!(operators(&graph).ends_with("Gemm Mul Add"), "{}", operators(&graph));
    assert_eq!(
        (graph.output[0].name.as_str(), graph.node.last().expect("nodes").output[0].as_str()),
        ("value", "value")
    );
}

#[test]
fn a_table_is_standardized_column_by_column() {
    let graph = graph(&model("logistic_breast_cancer", &[], &[30], 2));
    assert_eq!(operators(&graph), "Mul Sub Div Gemm");
    assert_eq!(graph.initializer[1].dims, [1, 30]);
}

/// A model in integers, calibrated on made-up examples.
fn int8_graph(model: &TrainedModel) -> (Graph, Vec<zoo_kernels::Int8Layer>) {
    let each = model.facts.input_shape.iter().product::<usize>();
    let inputs: Vec<f32> = (0..20 * each).map(|place| (place * 37 % 256) as f32 / 64.0 - 2.0).collect();
    let int8 = model.network.prepare_int8(&model.facts.input_shape, &inputs).expect("a network in integers");
    let bytes = to_int8_bytes(model, &int8).expect("an ONNX file");
    let message = ModelMessage::decode(bytes.as_slice()).expect("what was written is read again");
    assert_eq!([message.ir_version, message.opset_import[0].version], USUAL);
    (message.graph.expect("a graph"), int8.layers().to_vec())
}

fn tensor<'a>(graph: &'a Graph, name: &str) -> &'a messages::Tensor {
    graph.initializer.iter().find(|tensor| tensor.name == name).expect("a tensor of that name")
}

#[test]
fn in_integers_every_value_between_operators_goes_through_bytes() {
    let (graph, layers) = int8_graph(&model("cnn_cifar10", &[], &[3, 32, 32], 10));
    let bytes = "QuantizeLinear DequantizeLinear";
    let weighted = |operator: &str| format!("DequantizeLinear DequantizeLinear {operator}");
    let conv = weighted("Conv");
    assert_eq!(
        operators(&graph),
        format!(
            "Mul Add {bytes} {conv} Relu {bytes} MaxPool {bytes} {conv} Relu {bytes} AveragePool {bytes} {conv} Relu {bytes} \
             AveragePool {bytes} {conv} Relu {bytes} Flatten {bytes} {}",
            weighted("Gemm")
        )
    );
    for (name, layer) in ["conv1", "conv2", "conv3", "conv4", "output"].into_iter().zip(&layers) {
        let [weight, scale, bias] =
            ["weight", "weight.scale", "bias"].map(|part| tensor(&graph, &format!("{name}.{part}")));
        let stored: Vec<u8> = layer.weight.iter().map(|weight| (i16::from(*weight) + 128) as u8).collect();
        assert_eq!((weight.data_type, &weight.raw_data), (messages::UINT8, &stored), "{name}");
        assert_eq!((scale.data_type, scale.raw_data.len()), (messages::FLOAT, 4 * layer.shape[0]), "{name}");
        assert_eq!((bias.data_type, bias.raw_data.len()), (messages::INT32, 4 * layer.shape[0]), "{name}");
    }
    assert_eq!(tensor(&graph, "output.weight").dims, [10, 64]);
    assert!(graph.initializer.iter().map(|tensor| tensor.raw_data.len()).sum::<usize>() < 145_578 + 5_000);
}

#[test]
fn in_integers_bytes_go_through_maxima_and_into_rows_as_they_are() {
    let (graph, layers) = int8_graph(&model("cnn_cifar10", &[], &[3, 32, 32], 10));
    let scale_of = |node: &messages::Node| tensor(&graph, &node.input[1]).raw_data.clone();
    let quantized: Vec<_> = graph.node.iter().filter(|node| node.op_type == "QuantizeLinear").map(scale_of).collect();
    let expected = |of: zoo_kernels::Quantization| of.scale.to_le_bytes().to_vec();
    let outputs = layers.iter().filter_map(|layer| Some([layer.output?, layer.means.or(layer.output)?].map(expected)));
    // The input, and each of four layers before and behind its pool or its way into a row.
    assert_eq!(quantized.len(), 1 + 2 * 4);
    assert_eq!(quantized[0], expected(layers[0].input));
    for (pair, [before, behind]) in quantized[1..].chunks(2).zip(outputs) {
        assert_eq!((&pair[0], &pair[1]), (&before, &behind));
    }
    let is_pooled = |layer: &&zoo_kernels::Int8Layer| layer.means.is_some_and(|means| Some(means) != layer.output);
    assert_eq!(layers.iter().filter(is_pooled).count(), 2, "means have a range of their own");
}

#[test]
fn in_integers_names_lead_to_what_is_there() {
    for overrides in [&["model.activation=elu"][..], &["model.batch_norm=true", "model.activation=tanh"]] {
        let (graph, layers) = int8_graph(&model("mlp_digits", overrides, &[1, 8, 8], 10));
        let mut known: Vec<&String> = graph.initializer.iter().map(|tensor| &tensor.name).collect();
        let count = known.len();
        known.sort();
        known.dedup();
        assert_eq!(known.len(), count, "every tensor has a name of its own");
        let input = "input".to_string();
        known.push(&input);
        for node in &graph.node {
            assert!(node.input.iter().all(|name| known.contains(&name)), "{} takes {:?}", node.name, node.input);
            known.extend(&node.output);
        }
        assert_eq!(graph.node.last().expect("nodes").output, ["logits"]);
        assert!(!operators(&graph).contains("BatchNormalization"));
        let function = layers[0].function.as_ref().expect("a function of bytes");
        assert_ne!(function.output, layers[0].output.expect("bytes"));
        assert!(
            layers
                .iter()
                .zip(&layers[1..])
                .all(|(layer, next)| { next.input == layer.function.as_ref().expect("a function of bytes").output })
        );
    }
}

#[test]
fn gelu_is_not_for_integers() {
    let model = model("mlp_digits", &["model.activation=gelu"], &[1, 8, 8], 10);
    let refused = model
        .network
        .prepare_int8(&[1, 8, 8], &[0.5; 640])
        .map(drop)
        .expect_err("no function of the kernels'")
        .to_string();
    assert!(refused.starts_with("int8 does not take the function Gelu: it takes"), "{refused}");
}
