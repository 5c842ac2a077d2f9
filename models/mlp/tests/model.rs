//! Sizes, initial values and known outputs.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::{Device, Tensor};
#[cfg(feature = "flex")]
use burn::tensor::{Distribution, TensorData};
use zoo_core::{Initializer, LogitModule as _, macs};
use zoo_mlp::{Activation, MlpConfig};

#[test]
fn parameters_of_the_emnist_network() {
    let model = with_hidden(&[16, 16]).init(784, 26, &Device::flex());
    // Weights 784 * 16 + 16 * 16 + 16 * 26, each used once per image, and biases 16 + 16 + 26.
    assert_eq!(model.num_params(), 13_216 + 58);
    assert_eq!(macs(&model, &[1, 28, 28]), 13_216);
}

#[test]
fn batch_norm_adds_four_values_per_unit() {
    let config = with_hidden(&[16, 8]);
    let plain = config.init(30, 1, &Device::flex()).num_params();
    let normalized = MlpConfig { batch_norm: true, ..config }.init(30, 1, &Device::flex());
    // Scale and shift; running mean and variance, which Burn counts too though nothing trains them.
    assert_eq!(normalized.num_params(), plain + 4 * (16 + 8));
}

#[test]
fn without_hidden_layers_it_is_linear() {
    let device = Device::flex();
    let model = with_hidden(&[]).init(3, 2, &device);
    assert_eq!(model.num_params(), 8);
    assert_eq!(model.forward(Tensor::zeros([5, 3], &device)).dims(), [5, 2]);
}

#[test]
fn two_layers_computed_by_hand() {
    let device = Device::flex();
    let mut model = with_hidden(&[2]).init(2, 1, &device);
    model.hidden[0].linear = linear([[1.0, -1.0], [2.0, 1.0]], [0.0, 0.5], &device);
    model.output = linear([[3.0], [4.0]], [-1.0], &device);

    let logits = model.forward(Tensor::from_floats([[1.0, 1.0], [2.0, 0.0]], &device));

    // ReLU of (3, 0.5) and of (2, -1.5), times (3, 4), minus 1.
    assert_eq!(values(logits), [10.0, 5.0]);
}

#[test]
fn one_output_is_a_probability_and_several_sum_to_one() {
    let device = Device::flex();
    let x = Tensor::zeros([1, 4], &device);
    let single = with_hidden(&[3]).init(4, 1, &device);
    assert_eq!(values(single.probabilities(x.clone())), [0.5]);
    let several = with_hidden(&[3]).init(4, 4, &device);
    assert_eq!(values(several.probabilities(x)), [0.25; 4]);
}

#[test]
fn dropout_acts_in_training_only() {
    let device = Device::flex().autodiff();
    let config = MlpConfig { weights: Initializer::Constant { value: 0.1 }, dropout: 0.5, ..with_hidden(&[64]) };
    let model = config.init(64, 8, &device);
    let x = Tensor::ones([1, 64], &device);

    let whole = values(model.valid().forward(x.clone().inner()));
    let dropped = values(model.forward(x));

    // 64 * 0.1 twice.
    assert!(whole.iter().all(|logit| (logit - 40.96).abs() < 1e-3));
    assert_ne!(whole, dropped);
}

#[test]
fn initial_values_are_drawn_at_once() {
    let model = with_hidden(&[3]).init(4, 2, &Device::flex());
    for layer in [&model.hidden[0].linear, &model.output] {
        assert!(layer.weight.is_initialized());
        assert!(layer.bias.as_ref().unwrap().is_initialized());
    }
}

/// Values by PyTorch 2.15: `torch.nn.functional.NAME(torch.tensor([-2.0, -0.5, 0.0, 1.5]))`.
#[test]
fn activations_equal_pytorch() {
    let expected = [
        (Activation::Relu, [0.0, 0.0, 0.0, 1.5]),
        (Activation::LeakyRelu, [-0.02, -0.005, 0.0, 1.5]),
        (Activation::Elu, [-0.864_664_7, -0.393_469_3, 0.0, 1.5]),
        (Activation::Selu, [-1.520_166_5, -0.691_758_2, 0.0, 1.576_051_5]),
        (Activation::Gelu, [-0.045_500_2, -0.154_268_8, 0.0, 1.399_789_2]),
        (Activation::Sigmoid, [0.119_202_9, 0.377_540_7, 0.5, 0.817_574_5]),
        (Activation::Tanh, [-0.964_027_6, -0.462_117_2, 0.0, 0.905_148_3]),
        (Activation::Softplus, [0.126_928, 0.474_077, std::f32::consts::LN_2, 1.701_413_3]),
    ];
    let x = Tensor::<1>::from_floats([-2.0, -0.5, 0.0, 1.5], &Device::flex());
    for (activation, expected) in expected {
        let found: Vec<f32> = activation.forward(x.clone()).into_data().try_to_vec().unwrap();
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{activation:?}: {found} is not {expected}");
        }
    }
}

/// With running statistics other than a network's first ones.
#[cfg(feature = "flex")]
#[test]
fn prepared_it_answers_the_same() {
    let device = Device::flex().autodiff();
    use Activation::{Elu, Gelu, LeakyRelu, Relu, Selu, Sigmoid, Softplus, Tanh};
    for activation in [Relu, LeakyRelu, Elu, Selu, Gelu, Sigmoid, Tanh, Softplus] {
        for batch_norm in [false, true] {
            let config = MlpConfig { activation, batch_norm, dropout: 0.5, ..with_hidden(&[20, 7]) };
            let model = config.init(12, 3, &device);
            let x = Tensor::<2>::random([40, 12], Distribution::Normal(0.5, 2.0), &device);
            model.forward(x.clone());
            let model = model.valid();
            let expected = values(model.forward(x.clone().inner()));
            let inputs = x.inner().into_data().try_to_vec::<f32>().unwrap();
            let prepared = model.prepare(&[12]).unwrap();
            let one_by_one: Vec<f32> = inputs.chunks(12).flat_map(|row| prepared.forward(row).unwrap()).collect();
            let largest = expected.iter().fold(1.0f32, |largest, logit| largest.max(logit.abs()));
            for found in [prepared.forward(&inputs).unwrap(), one_by_one] {
                let far = |(found, expected): (&f32, &f32)| (found - expected).abs() > 1e-5 * largest;
                assert_eq!(found.len(), 120);
                assert!(!found.iter().zip(&expected).any(far), "{activation:?}: {found:?} {expected:?}");
            }
        }
    }
}

#[cfg(feature = "flex")]
#[test]
fn in_integers_it_answers_nearly_the_same() {
    let device = Device::flex();
    use Activation::{Elu, LeakyRelu, Relu, Selu, Sigmoid, Softplus, Tanh};
    for activation in [Relu, LeakyRelu, Elu, Selu, Sigmoid, Tanh, Softplus] {
        let mut model = MlpConfig { activation, ..with_hidden(&[40, 20]) }.init(12, 3, &device);
        model.hidden[0].linear = drawn(1, [12, 40], &device);
        model.hidden[1].linear = drawn(3, [40, 20], &device);
        model.output = drawn(5, [20, 3], &device);
        let inputs: Vec<f32> = numbers(7, 200 * 12).into_iter().map(|number| 0.5 + 2.0 * number).collect();
        let x = Tensor::from_data(TensorData::new(inputs.clone(), [200, 12]), &device);
        let expected = values(model.forward(x));
        let found = model.prepare_int8(&[12], &inputs).unwrap().forward(&inputs).unwrap();
        let power = |values: &mut dyn Iterator<Item = f32>| values.map(|value| f64::from(value * value)).sum::<f64>();
        let noise = power(&mut found.iter().zip(&expected).map(|(found, expected)| found - expected));
        let ratio = (noise / power(&mut expected.iter().copied())).sqrt();
        assert!(found.len() == 600 && ratio > 1e-5 && ratio < 0.03, "{activation:?}: {ratio}");
    }
    let gelu = MlpConfig { activation: Activation::Gelu, ..with_hidden(&[4]) }.init(3, 2, &device);
    assert!(gelu.prepare_int8(&[3], &[0.5; 30]).is_err());
    let relu = with_hidden(&[4]).init(3, 2, &device);
    assert!(relu.prepare_int8(&[3], &[0.5; 31]).unwrap_err().to_string().contains("found 31 values"));
}

#[test]
fn gradients_stay_finite_for_large_values() {
    let device = Device::flex().autodiff();
    for activation in [Activation::Elu, Activation::Selu, Activation::Gelu, Activation::Softplus] {
        let x = Tensor::<1>::from_floats([-200.0, 200.0], &device).require_grad();
        let gradients = activation.forward(x.clone()).sum().backward();
        let gradient: Vec<f32> = x.grad(&gradients).unwrap().into_data().try_to_vec().unwrap();
        assert!(gradient.iter().all(|value| value.is_finite()), "{activation:?}: {gradient:?}");
    }
}

#[test]
#[should_panic(expected = "needs inputs and outputs, not 4 and 0")]
fn a_layer_without_units_is_a_mistake() {
    with_hidden(&[0]).init(4, 2, &Device::flex());
}

fn with_hidden(widths: &[usize]) -> MlpConfig {
    MlpConfig { hidden: widths.to_vec(), ..MlpConfig::default() }
}

fn linear<const I: usize, const O: usize>(weight: [[f32; O]; I], bias: [f32; O], device: &Device) -> Linear {
    Linear {
        weight: Param::from_tensor(Tensor::from_floats(weight, device)),
        bias: Some(Param::from_tensor(Tensor::from_floats(bias, device))),
    }
}

/// A layer with weights in the range of Glorot's and small biases, which a seed decides.
#[cfg(feature = "flex")]
fn drawn(seed: u32, [inputs, outputs]: [usize; 2], device: &Device) -> Linear {
    let up_to = |most: f32, numbers: Vec<f32>| numbers.into_iter().map(|number| most * number).collect::<Vec<f32>>();
    let weight = up_to((6.0 / (inputs + outputs) as f32).sqrt(), numbers(seed, inputs * outputs));
    let bias = up_to(0.1, numbers(seed + 1, outputs));
    Linear {
        weight: Param::from_tensor(Tensor::from_data(TensorData::new(weight, [inputs, outputs]), device)),
        bias: Some(Param::from_tensor(Tensor::from_data(TensorData::new(bias, [outputs]), device))),
    }
}

/// Numbers from -1 to 1 that a seed decides.
#[cfg(feature = "flex")]
fn numbers(seed: u32, count: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    std::iter::repeat_with(next).take(count).collect()
}

fn values(tensor: Tensor<2>) -> Vec<f32> {
    tensor.into_data().try_to_vec().unwrap()
}

#[test]
fn the_output_layer_reads_the_last_hidden_values() {
    let device = Device::flex();
    let model = with_hidden(&[5, 4]).init(3, 2, &device);
    let x = Tensor::<2>::from_floats([[0.5, -1.0, 2.0], [1.0, 0.0, -0.25]], &device);
    let hidden = model.hidden_values(x.clone());
    assert_eq!(hidden.iter().map(|values| values.dims()).collect::<Vec<_>>(), [[2, 5], [2, 4]]);
    assert_eq!(values(model.output.forward(hidden[1].clone())), values(model.forward(x)));
}
