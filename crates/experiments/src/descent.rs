//! Descent on Burn tensors with the zoo's own optimizers: the code that also trains its networks.

use anyhow::{Result, anyhow};
use burn::module::Module;
use burn::optim::GradientsParams;
use burn::tensor::{Device, Int, Tensor, TensorData};
use trainer::optimizer::optimizer;
use zoo_recipe::{Optimizer, WeightDecay};

/// Trains a module for `steps` steps at the rates `rate(step)`; `loss(module, step)` is what is minimized.
pub(crate) fn train<M: Module>(
    module: M,
    recipe: &Optimizer,
    steps: usize,
    rate: impl Fn(usize) -> f64,
    mut loss: impl FnMut(&M, usize) -> Tensor<1>,
) -> M {
    let mut optimizer = optimizer(recipe, &WeightDecay::None, &Device::flex());
    let mut module = module;
    for step in 0..steps {
        let gradients = GradientsParams::from_grads(loss(&module, step).backward(), &module);
        module = optimizer.step(rate(step), module, gradients);
    }
    module
}

/// Adam as its authors set it.
pub(crate) const ADAM: Optimizer = Optimizer::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/// Where networks are trained: flex, with gradients.
pub(crate) fn training_device() -> Device {
    Device::flex().autodiff()
}

/// Rows of numbers as a tensor.
pub(crate) fn rows<R: AsRef<[f64]>>(rows: &[R], device: &Device) -> Tensor<2> {
    let columns = rows.first().map_or(0, |row| row.as_ref().len());
    let values: Vec<f32> = rows.iter().flat_map(|row| row.as_ref()).map(|value| *value as f32).collect();
    Tensor::from_data(TensorData::new(values, [rows.len(), columns]), device)
}

/// Class indices as a tensor.
pub(crate) fn labels(labels: &[usize], device: &Device) -> Tensor<1, Int> {
    let values: Vec<i64> = labels.iter().map(|label| *label as i64).collect();
    Tensor::from_data(TensorData::new(values, [labels.len()]), device)
}

/// The numbers of a tensor, row after row.
pub(crate) fn values<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f64>> {
    let data = tensor.into_data().convert::<f64>();
    data.try_into_vec().map_err(|error| anyhow!("the device did not hand its result back: {error:?}"))
}

/// The only number of a tensor.
pub(crate) fn scalar(tensor: Tensor<1>) -> Result<f64> {
    values(tensor)?.first().copied().ok_or_else(|| anyhow!("the device handed back an empty result"))
}
