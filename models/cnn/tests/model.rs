//! Sizes, initial values and known outputs.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use zoo_cnn::CnnConfig;
use zoo_core::{Initializer, macs};

#[test]
fn parameters_block_by_block() {
    let model = CnnConfig::default().init(3, 10, &Device::flex());
    assert_eq!(model.conv1.num_params(), 2_432);
    assert_eq!(model.conv2.num_params(), 25_632);
    assert_eq!(model.conv3.num_params(), 51_264);
    assert_eq!(model.conv4.num_params(), 65_600);
    assert_eq!(model.output.num_params(), 650);
    assert_eq!(model.num_params(), 145_578);
}

/// A convolution's weights are used once per output pixel: 32x32, 16x16, 8x8 and 1.
#[test]
fn macs_block_by_block() {
    let model = CnnConfig::default().init(3, 10, &Device::flex());
    let expected = 2_400 * 1024 + 25_600 * 256 + 51_200 * 64 + 65_536 + 640;
    assert_eq!(macs(&model, &[3, 32, 32]), expected);
}

#[test]
fn channels_and_outputs_can_be_others() {
    let device = Device::flex();
    let model = CnnConfig::default().init(1, 26, &device);
    let logits = model.forward(Tensor::zeros([3, 1, 32, 32], &device));
    assert_eq!(logits.dims(), [3, 26]);
}

/// With every weight 0.01 the logits can be followed on paper: away from the borders each layer
/// multiplies by 0.01 times its fan-in, and the zeros around the image take something away.
#[test]
fn constant_weights_give_equal_positive_logits() {
    let device = Device::flex();
    let model = config(Initializer::Constant { value: 0.01 }).init(3, 10, &device);
    let logits = values(model.forward(Tensor::ones([1, 3, 32, 32], &device)));
    let without_borders = 0.75 * 8.0 * 8.0 * 10.24 * 0.64;
    assert!(logits.iter().all(|logit| *logit == logits[0]));
    assert!(logits[0] > 0.5 * without_borders && logits[0] < without_borders);
}

#[test]
fn probabilities_sum_to_one() {
    let device = Device::flex();
    let images = Tensor::ones([1, 3, 32, 32], &device);
    let several = CnnConfig::default().init(3, 10, &device);
    let sum: f32 = values(several.probabilities(images.clone())).iter().sum();
    assert!((sum - 1.0).abs() < 1e-5);
    let single = CnnConfig::default().init(3, 1, &device);
    let probability = values(single.probabilities(images))[0];
    assert!((0.0..=1.0).contains(&probability));
}

#[test]
fn he_draws_follow_the_fan_in_of_the_kernel() {
    let model = config(Initializer::HeNormal { gain: 2.0_f64.sqrt() }).init(3, 10, &Device::flex());
    let variance: f32 = model.conv2.weight.val().square().mean().into_scalar();
    // 25,600 draws of variance 2 / (32 * 5 * 5); 5 % is more than five standard errors.
    assert!((variance * 400.0 - 1.0).abs() < 0.05, "{variance}");
}

#[test]
fn initial_values_are_drawn_at_once() {
    let model = CnnConfig::default().init(3, 10, &Device::flex());
    for conv in [model.conv1, model.conv2, model.conv3, model.conv4] {
        assert!(conv.weight.is_initialized());
        assert!(conv.bias.unwrap().is_initialized());
    }
    assert!(model.output.weight.is_initialized());
}

#[test]
#[should_panic(expected = "takes images [channels, height, width] of exactly this size")]
fn images_of_another_size_are_a_mistake() {
    let device = Device::flex();
    let model = CnnConfig::default().init(3, 10, &device);
    model.forward(Tensor::zeros([1, 3, 28, 28], &device));
}

fn config(weights: Initializer) -> CnnConfig {
    CnnConfig { weights, ..CnnConfig::default() }
}

fn values(tensor: Tensor<2>) -> Vec<f32> {
    tensor.into_data().try_to_vec().unwrap()
}
