#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use super::*;
use crate::registry;
use crate::trained::TrainedModel;
use burn::tensor::{Device, Tensor, TensorData};
use zoo_core::weights::Preprocessing;
use zoo_core::{Images, InputBatch, Inputs, LogitModule, ModelConfig, Table};

/// Fifteen recipes when this was written: a list that lost some would prove nothing.
const LEAST: usize = 15;

#[test]
fn every_recipe_has_weights_and_all_weights_have_a_recipe() {
    let shipped: Vec<_> = all().iter().map(|shipped| shipped.name()).collect();
    let recipes: Vec<_> = registry::names().collect();
    assert!(recipes.len() >= LEAST, "{recipes:?}");
    assert_eq!(shipped, recipes);
}

/// The models' folders are walked, so that a new one is looked at too.
#[test]
fn every_model_ships_what_its_index_lists() {
    let models = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let mut listed = Vec::new();
    for model in models.read_dir().unwrap() {
        let index = zoo_core::weights::Index::read(&model.unwrap().path().join("weights/index.json")).unwrap();
        listed.extend(index.weights.into_iter().map(|entry| entry.name));
    }
    listed.sort_unstable();
    assert_eq!(all().iter().map(|shipped| shipped.name()).collect::<Vec<_>>(), listed);
}

#[test]
fn indexes_tell_what_the_files_hold() {
    let device = Device::flex();
    for shipped in all() {
        let entry = shipped.entry().unwrap();
        let model = TrainedModel::pretrained(shipped.name(), &device).unwrap();
        assert_eq!(model.recipe.name, entry.name);
        assert_eq!(
            (model.network.parameters(), model.network.macs(&model.facts.input_shape)),
            (entry.parameters, entry.macs)
        );
        // The recipe of a run has no claim: that is the zoo's.
        let recipe = crate::registry::recipe(shipped.name()).unwrap();
        assert_eq!(recipe.zoo_claim().parameters, Some(entry.parameters), "{}", entry.name);
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

macro_rules! built_from_the_file {
    ($($variant:ident: $config:ty,)+) => {
        /// Logits of each model as its own crate builds it from the weights file alone.
        fn built_from_the_file(shipped: &Shipped, inputs: InputBatch) -> Tensor<2> {
            $(if <$config>::shipped().iter().any(|own| own.name() == shipped.name()) {
                return shipped.open().unwrap().build::<$config>(&Device::flex()).unwrap().logits(inputs);
            })+
            panic!("{} is of no model", shipped.name());
        }
    };
}

zoo_recipe::for_each_model!(built_from_the_file);

#[test]
fn the_models_crates_build_what_the_trainer_builds() {
    let device = Device::flex();
    for shipped in all() {
        let trained = TrainedModel::pretrained(shipped.name(), &device).unwrap();
        let preprocessing = trained.facts.preprocessing();
        let raw = raw(&preprocessing, 3);
        let inputs = inputs(&preprocessing, &raw);
        let batch = match *preprocessing.input_shape {
            [channels, height, width] => {
                InputBatch::Images(Tensor::from_data(TensorData::new(inputs, [3, channels, height, width]), &device))
            }
            _ => {
                InputBatch::Rows(Tensor::from_data(TensorData::new(inputs, [3, preprocessing.columns.len()]), &device))
            }
        };
        let values = |logits: Tensor<2>| logits.into_data().try_to_vec::<f32>().unwrap();
        let found = values(built_from_the_file(shipped, batch.clone()));
        let name = shipped.name();
        assert_eq!(found, values(trained.network.forward(batch)), "{name}");
        // Made ready to answer it gives the same but for rounding, one by one as together.
        for (count, raw) in [(3, raw.clone()), (1, first(&raw))] {
            let logits = trained.logits(raw, count).unwrap().concat();
            let prepared = trained.network.prepare(&trained.facts.input_shape);
            assert!(prepared.is_some() && logits.len() == count * found.len() / 3, "{name}");
            let largest = found.iter().fold(1.0f32, |largest, logit| largest.max(logit.abs()));
            for (logit, found) in logits.iter().zip(&found) {
                assert!((logit - found).abs() <= 1e-5 * largest, "{name}: {logit} {found}");
            }
        }
    }
}

fn first(raw: &Inputs) -> Inputs {
    match raw.clone() {
        Inputs::Images(images) => {
            let features = images.channels * images.height * images.width;
            Inputs::Images(Images { pixels: images.pixels[..features].to_vec(), ..images })
        }
        Inputs::Table(table) => {
            let values = table.values[..table.columns.len()].to_vec();
            Inputs::Table(Table { values, ..table })
        }
    }
}
