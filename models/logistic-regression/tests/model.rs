//! Sizes, initial values and known outputs.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor};
use zoo_core::Initializer;
use zoo_logistic_regression::{LogisticRegression, LogisticRegressionConfig};

#[test]
fn one_weight_per_feature_and_one_bias() {
    let model = LogisticRegressionConfig::default().init(30, &Device::flex());
    assert_eq!(model.num_params(), 31);
}

#[test]
fn logit_is_the_weighted_sum_and_probability_its_sigmoid() {
    let device = Device::flex();
    let model = with_weights([[2.0], [-1.0]], 0.5, &device);
    let rows = Tensor::from_floats([[1.0, 1.0], [0.0, 0.5]], &device);

    // 2 * 1 - 1 * 1 + 0.5 and 2 * 0 - 1 * 0.5 + 0.5.
    assert_eq!(values(model.forward(rows.clone())), [1.5, 0.0]);
    // 1 / (1 + exp(-1.5)), by hand.
    let probabilities = values(model.probabilities(rows));
    assert!((probabilities[0] - 0.817_574_5).abs() < 1e-6);
    assert_eq!(probabilities[1], 0.5);
}

#[test]
fn initializers_are_chosen_apart() {
    let config = LogisticRegressionConfig {
        weights: Initializer::Constant { value: 0.25 },
        biases: Initializer::Constant { value: 1.0 },
    };
    let model = config.init(4, &Device::flex());
    assert_eq!(values(model.output.weight.val()), [0.25; 4]);
    let bias = model.output.bias.unwrap().val();
    assert_eq!(bias.into_data().try_to_vec::<f32>().unwrap(), [1.0]);
}

#[test]
fn initial_values_are_drawn_at_once() {
    let model = LogisticRegressionConfig::default().init(4, &Device::flex());
    assert!(model.output.weight.is_initialized());
    assert!(model.output.bias.unwrap().is_initialized());
}

#[test]
#[should_panic(expected = "at least one feature")]
fn no_features_is_a_mistake() {
    LogisticRegressionConfig::default().init(0, &Device::flex());
}

fn with_weights(weight: [[f32; 1]; 2], bias: f32, device: &Device) -> LogisticRegression {
    let mut model = LogisticRegressionConfig::default().init(2, device);
    model.output.weight = Param::from_tensor(Tensor::from_floats(weight, device));
    model.output.bias = Some(Param::from_tensor(Tensor::from_floats([bias], device)));
    model
}

fn values(tensor: Tensor<2>) -> Vec<f32> {
    tensor.into_data().try_to_vec().unwrap()
}
