//! Sizes, initial values and known outputs.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor};
use zoo_core::Initializer;
use zoo_softmax::SoftmaxConfig;

#[test]
fn parameters_of_cifar_10() {
    let model = SoftmaxConfig::default().init(3072, 10, &Device::flex());
    assert_eq!(model.num_params(), 30_730);
}

#[test]
fn scores_are_weighted_sums() {
    let device = Device::flex();
    let mut model = SoftmaxConfig::default().init(2, 3, &device);
    let weight = Tensor::from_floats([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], &device);
    let bias = Tensor::from_floats([0.5, 0.0, -0.5], &device);
    model.output.weight = Param::from_tensor(weight);
    model.output.bias = Some(Param::from_tensor(bias));

    let scores = model.forward(Tensor::from_floats([[1.0, -1.0]], &device));

    assert_eq!(values(scores), [-2.5, -3.0, -3.5]);
}

#[test]
fn equal_scores_are_equal_probabilities() {
    let device = Device::flex();
    let config = SoftmaxConfig { weights: Initializer::Zero, ..SoftmaxConfig::default() };
    let model = config.init(2, 4, &device);
    let probabilities = model.probabilities(Tensor::ones([3, 2], &device));
    assert_eq!(values(probabilities), [0.25; 12]);
}

#[test]
fn glorot_draws_stay_within_their_bound() {
    let device = Device::flex();
    let model = SoftmaxConfig::default().init(64, 10, &device);
    // The square root of 6 / (64 + 10).
    let bound = 0.284_748;
    let weights = values(model.output.weight.val());
    assert!(weights.iter().all(|weight| weight.abs() <= bound));
    assert!(weights.iter().any(|weight| weight.abs() > bound / 2.0));
}

#[test]
#[should_panic(expected = "at least one feature and one class")]
fn no_classes_is_a_mistake() {
    SoftmaxConfig::default().init(64, 0, &Device::flex());
}

fn values(tensor: Tensor<2>) -> Vec<f32> {
    tensor.into_data().try_to_vec().unwrap()
}
