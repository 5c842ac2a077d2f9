#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use super::*;
use crate::evaluate::values;
use crate::registry;
use crate::trained::TrainedModel;
use burn::tensor::{Device, Tensor, TensorData};
use zoo_cnn::Cnn;
use zoo_core::{Images, Inputs, Table};
use zoo_logistic_regression::LogisticRegression;
use zoo_mlp::Mlp;
use zoo_softmax::Softmax;
use zoo_weights::Preprocessing;

/// Fifteen recipes when this was written: a list that lost some would prove nothing.
const LEAST: usize = 15;

#[test]
fn every_recipe_has_weights_and_all_weights_have_a_recipe() {
    let shipped: Vec<_> = all().iter().map(|shipped| shipped.name()).collect();
    let recipes: Vec<_> = registry::names().collect();
    assert!(recipes.len() >= LEAST, "{recipes:?}");
    assert_eq!(shipped, recipes);
}

#[test]
fn every_family_ships_what_its_index_lists() {
    let families: [(&str, Vec<&str>); 4] = [
        (include_str!("../../../../models/cnn/weights/index.json"), names(CnnWeights::ALL, CnnWeights::name)),
        (
            include_str!("../../../../models/logistic-regression/weights/index.json"),
            names(LogisticRegressionWeights::ALL, LogisticRegressionWeights::name),
        ),
        (include_str!("../../../../models/mlp/weights/index.json"), names(MlpWeights::ALL, MlpWeights::name)),
        (
            include_str!("../../../../models/softmax/weights/index.json"),
            names(SoftmaxWeights::ALL, SoftmaxWeights::name),
        ),
    ];
    for (index, mut shipped) in families {
        shipped.sort_unstable();
        let index = zoo_weights::Index::parse(index).unwrap();
        let listed: Vec<_> = index.weights.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(shipped, listed);
    }
}

fn names<W: Copy>(weights: &[W], name: impl Fn(W) -> &'static str) -> Vec<&'static str> {
    weights.iter().map(|weights| name(*weights)).collect()
}

#[test]
fn indexes_tell_what_the_files_hold() {
    let device = Device::flex();
    for shipped in all() {
        let entry = shipped.entry().unwrap();
        let model = TrainedModel::pretrained(shipped.name(), &device).unwrap();
        assert_eq!(model.recipe.name, entry.name);
        assert_eq!(
            (model.network.parameters(), model.network.multiply_adds()),
            (entry.parameters, entry.multiply_adds)
        );
        assert_eq!(model.recipe.claim.parameters, entry.parameters, "{}", entry.name);
    }
}

#[test]
fn names_that_ship_nothing_get_the_nearest() {
    let error = find("cnn_cifar11").unwrap_err().to_string();
    assert!(error.starts_with("no weights ship as \"cnn_cifar11\"; did you mean cnn_cifar10"), "{error}");
    let error = find("resnet").unwrap_err().to_string();
    assert!(error.contains("there are cnn_cifar10, "), "{error}");
}

/// Raw examples of the model's shape: bytes of images, or numbers around a table's means.
fn raw(preprocessing: &Preprocessing<'_>, count: usize) -> Inputs {
    let features: usize = preprocessing.input_shape.iter().product();
    match *preprocessing.input_shape {
        [channels, height, width] => {
            let pixels = (0..count * features).map(|place| (place * 7 + place / 256) as u8).collect();
            Inputs::Images(Images { channels, height, width, pixels })
        }
        _ => {
            let mean = |place: usize| preprocessing.normalizer.mean[place % features];
            let values = (0..count * features).map(|place| mean(place) * (0.5 + 0.01 * place as f32)).collect();
            Inputs::Table(Table { columns: preprocessing.columns.to_vec(), values })
        }
    }
}

fn inputs(preprocessing: &Preprocessing<'_>, raw: &Inputs) -> Vec<f32> {
    match raw {
        Inputs::Images(images) => preprocessing.pixels(&images.pixels).unwrap(),
        Inputs::Table(table) => preprocessing.numbers(&table.values).unwrap(),
    }
}

#[test]
fn raw_values_become_the_inputs_of_training_bit_for_bit() {
    for shipped in all() {
        let preprocessing = shipped.known().1.preprocessing();
        // Every byte in every channel of the smallest images.
        let raw = raw(&preprocessing, 5);
        let expected = preprocessing.normalizer.apply(&raw);
        assert_eq!(inputs(&preprocessing, &raw), expected, "{}", shipped.name());
    }
}

/// The families build their models from the tensors, the trainer from the recipe.
#[test]
fn the_families_models_are_the_trainers() {
    let device = Device::flex();
    let matrix = |values: Vec<f32>| {
        let features = values.len() / 3;
        Tensor::<2>::from_data(TensorData::new(values, [3, features]), &device)
    };
    let mut compared = 0;
    let mut compare = |name: &str, forward: &dyn Fn(Vec<f32>) -> Tensor<2>| {
        let expected = TrainedModel::pretrained(name, &device).unwrap();
        let raw = raw(&expected.facts.preprocessing(), 3);
        let found = values(forward(inputs(&expected.facts.preprocessing(), &raw))).unwrap();
        assert_eq!(found, expected.logits(raw, 3).unwrap().concat(), "{name}");
        compared += 1;
    };
    for &weights in CnnWeights::ALL {
        let model = Cnn::pretrained(weights, &device).unwrap();
        let [channels, height, width] = *weights.preprocessing().input_shape else { panic!("the CNN is for images") };
        compare(weights.name(), &|values| model.forward(matrix(values).reshape([3, channels, height, width])));
    }
    for &weights in LogisticRegressionWeights::ALL {
        let model = LogisticRegression::pretrained(weights, &device).unwrap();
        compare(weights.name(), &|values| model.forward(matrix(values)));
    }
    for &weights in MlpWeights::ALL {
        let model = Mlp::pretrained(weights, &device).unwrap();
        compare(weights.name(), &|values| model.forward(matrix(values)));
    }
    for &weights in SoftmaxWeights::ALL {
        let model = Softmax::pretrained(weights, &device).unwrap();
        compare(weights.name(), &|values| model.forward(matrix(values)));
    }
    assert_eq!(compared, all().len());
}
