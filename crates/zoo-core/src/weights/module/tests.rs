#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use super::*;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::Device;

fn layer(inputs: usize, outputs: usize) -> Linear {
    LinearConfig::new(inputs, outputs).init(&Device::flex())
}

fn named(name: &str, values: &[f32], shape: &[usize]) -> NamedTensor {
    (name.to_string(), TensorData::new(values.to_vec(), shape.to_vec()))
}

fn fitting() -> Vec<NamedTensor> {
    vec![named("weight", &[1.0, 2.0, 3.0, 4.0], &[2, 2]), named("bias", &[0.5, -0.5], &[2])]
}

fn misfit(parameters: &[NamedTensor]) -> String {
    install(layer(2, 2), parameters, Numbering::Kept).unwrap_err().to_string()
}

#[test]
fn installed_values_are_collected_again() {
    let module = install(layer(2, 2), &fitting(), Numbering::Kept).unwrap();
    assert_eq!(parameters(&module), fitting());
    let x = Tensor::<2>::from_data([[1.0, 10.0]], &Device::flex());
    assert_eq!(module.forward(x).into_data().try_to_vec::<f32>().unwrap(), [31.5, 41.5]);
}

#[test]
fn numbers_are_kept_or_counted() {
    let before = layer(2, 2);
    let ids = |module: &Linear| (module.weight.id, module.bias.as_ref().unwrap().id);
    let kept = install(before.clone(), &fitting(), Numbering::Kept).unwrap();
    assert_eq!(ids(&kept), ids(&before));
    let counted = install(before, &fitting(), Numbering::InOrder).unwrap();
    assert_eq!(ids(&counted), (ParamId::from(0), ParamId::from(1)));
}

#[test]
fn installed_modules_can_be_trained_on() {
    let device = Device::flex().autodiff();
    let module = LinearConfig::new(2, 2).init(&device);
    let module = install(module, &fitting(), Numbering::Kept).unwrap().train();
    let loss = module.forward(Tensor::<2>::ones([1, 2], &device)).sum();
    let gradient = module.bias.as_ref().unwrap().grad(&loss.backward()).unwrap();
    assert_eq!(gradient.into_data().try_to_vec::<f32>().unwrap(), [1.0, 1.0]);
}

#[test]
fn weights_of_another_module_are_refused() {
    assert_eq!(misfit(&fitting()[..1]), "the weights do not fit the model: bias is missing (1 differences in all)");
    let wider = [fitting()[1].clone(), named("weight", &[0.0; 6], &[2, 3])];
    assert_eq!(
        misfit(&wider),
        "the weights do not fit the model: weight has shape [2, 3], expected [2, 2] (1 differences in all)"
    );
    let more = [fitting(), vec![named("gamma", &[1.0], &[1])]].concat();
    assert_eq!(
        misfit(&more),
        "the weights do not fit the model: gamma is not part of this model (1 differences in all)"
    );
    assert!(misfit(&[]).ends_with("(2 differences in all)"));
}
