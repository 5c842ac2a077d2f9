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
