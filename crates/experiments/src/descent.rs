//! Descent on Burn tensors with the zoo's own optimizers: the code that also trains its networks.

use anyhow::{Result, anyhow};
use burn::module::{Module, Param};
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Int, Tensor, TensorData};
use trainer::optimizer::optimizer;
use zoo_recipe::{Optimizer, WeightDecay};

/// Points that walk down a surface side by side. Every optimizer treats each number by itself, so they do not see each other.
pub(crate) struct Walkers {
    points: WalkerPoints,
    optimizer: ModuleOptimizer,
}

/// The points as the parameters of a module.
#[derive(Module, Debug)]
struct WalkerPoints {
    /// `[walkers, 2]`.
    places: Param<Tensor<2>>,
}

impl Walkers {
    pub(crate) fn new(optimizer: &Optimizer, starts: &[[f64; 2]]) -> Self {
        // Burn updates parameters of modules that are being trained, even where gradients come from elsewhere.
        let places = Param::from_tensor(rows(starts, &training_device()));
        Self {
            points: WalkerPoints { places },
            optimizer: self::optimizer(optimizer, &WeightDecay::None, &Device::flex()),
        }
    }

    /// Where they are.
    pub(crate) fn places(&self) -> Result<Vec<[f64; 2]>> {
        let values = values(self.points.places.val().inner())?;
        Ok(values.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect())
    }

    /// One step of all walkers, against these gradients.
    pub(crate) fn step(mut self, rate: f64, gradients: &[[f64; 2]]) -> Self {
        let mut by_parameter = GradientsParams::new();
        by_parameter.register::<2>(self.points.places.id, rows(gradients, &Device::flex()));
        self.points = self.optimizer.step(rate, self.points, by_parameter);
        self
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walkers_step_against_their_own_gradients() {
        let walkers = Walkers::new(&Optimizer::Sgd, &[[1.0, 2.0], [3.0, 4.0]]);
        let moved = walkers.step(0.5, &[[2.0, 0.0], [0.0, 4.0]]);
        assert_eq!(moved.places().unwrap(), [[0.0, 2.0], [3.0, 2.0]]);
    }
}
