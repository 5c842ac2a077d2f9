//! Activations and losses of one pass against Burn's own operations, values and gradients.
#![allow(clippy::expect_used, reason = "a test that cannot go on may panic")]

use burn::tensor::activation::{log_softmax, relu};
use burn::tensor::{Device, Int, Tensor, TensorData};
use proptest::prelude::*;
use zoo_kernels::{cross_entropy, exponential_linear};

fn logits() -> impl Strategy<Value = (Vec<f32>, Vec<i32>, usize)> {
    (1usize..40, 1usize..30).prop_flat_map(|(batch, classes)| {
        let values = prop::collection::vec(-30.0f32..30.0, batch * classes);
        (values, prop::collection::vec(0..classes as i32, batch), Just(classes))
    })
}

fn matrix(values: &[f32], columns: usize, device: &Device) -> Tensor<2> {
    Tensor::from_data(TensorData::new(values.to_vec(), [values.len() / columns, columns]), device)
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().iter::<f32>().collect()
}

fn close(found: &[f32], expected: &[f32], scale: f32) -> Result<(), TestCaseError> {
    prop_assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        prop_assert!((found - expected).abs() <= 2e-6 * (scale + expected.abs()), "{found} and {expected}");
    }
    Ok(())
}

/// Outputs and the gradient of their sum, weighted so that every output counts differently.
fn with_gradient<const D: usize>(x: Tensor<2>, function: impl Fn(Tensor<2>) -> Tensor<D>) -> (Vec<f32>, Vec<f32>) {
    let x = x.require_grad();
    let output = function(x.clone());
    let count = output.shape().num_elements();
    let weights: Vec<f32> = (0..count).map(|place| 1.0 + (place % 7) as f32 / 8.0).collect();
    let weights = Tensor::from_data(TensorData::new(weights, output.shape()), &output.device());
    let gradients = (output.clone() * weights).sum().backward();
    (values(output.inner()), values(x.grad(&gradients).expect("the gradient of what requires one")))
}

fn composed_cross_entropy(logits: Tensor<2>, labels: Tensor<1, Int>, smoothing: f64) -> Tensor<1> {
    let log_probabilities = log_softmax(logits, 1);
    let of_label: Tensor<2> = log_probabilities.clone().gather(1, labels.unsqueeze_dim(1));
    (of_label * (smoothing - 1.0) - log_probabilities.mean_dim(1) * smoothing).squeeze_dim(1)
}

proptest! {
    #[test]
    fn cross_entropy_is_that_of_log_softmax((values, labels, classes) in logits(), smooth: bool) {
        let device = Device::flex().autodiff();
        let smoothing = if smooth { 0.1 } else { 0.0 };
        let truth = || Tensor::<1, Int>::from_data(TensorData::new(labels.clone(), [labels.len()]), &device);
        let (found, found_gradient) =
            with_gradient(matrix(&values, classes, &device), |x| cross_entropy(x, truth(), smoothing));
        let (expected, expected_gradient) =
            with_gradient(matrix(&values, classes, &device), |x| composed_cross_entropy(x, truth(), smoothing));
        // A loss is a difference of logits, so its error is theirs.
        close(&found, &expected, 30.0)?;
        close(&found_gradient, &expected_gradient, 1.0)?;
    }

    #[test]
    fn exponential_linear_is_that_of_burns_operations((values, _, columns) in logits(), scaled: bool) {
        let device = Device::flex().autodiff();
        let (positive, negative) = if scaled { (1.0507, 1.7581) } else { (1.0, 1.0) };
        let composed = |x: Tensor<2>| {
            let below = x.clone().clamp_max(0.0).exp().sub_scalar(1.0);
            relu(x).mul_scalar(positive) + below.mul_scalar(negative)
        };
        let (found, found_gradient) =
            with_gradient(matrix(&values, columns, &device), |x| exponential_linear(x, positive, negative));
        let (expected, expected_gradient) = with_gradient(matrix(&values, columns, &device), composed);
        close(&found, &expected, 1.0)?;
        close(&found_gradient, &expected_gradient, 1.0)?;
    }
}

#[test]
fn logits_that_are_no_numbers_give_losses_that_are_none() {
    let device = Device::flex();
    let logits = Tensor::from_floats([[f32::NAN, 0.0], [f32::INFINITY, 0.0], [f32::NEG_INFINITY, 0.0]], &device);
    let losses = values(cross_entropy(logits, Tensor::from_ints([1, 0, 1], &device), 0.0));
    assert!(losses[0].is_nan() && losses[1].is_nan());
    assert_eq!(losses[2], 0.0);
}

#[test]
fn exponential_linear_of_what_is_no_number() {
    let x = Tensor::<1>::from_floats([f32::NAN, f32::INFINITY, f32::NEG_INFINITY], &Device::flex());
    let y = values(exponential_linear(x, 2.0, 0.5));
    assert!(y[0].is_nan());
    assert_eq!(y[1..], [f32::INFINITY, -0.5]);
}

#[test]
#[should_panic(expected = "a label is 3, expected one below the 3 classes")]
fn a_label_beyond_the_classes_is_a_mistake() {
    let device = Device::flex();
    cross_entropy(Tensor::zeros([1, 3], &device), Tensor::from_ints([3], &device), 0.0);
}
