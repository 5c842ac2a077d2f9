//! Points that walk down a surface, by the optimizers that also train the zoo's networks.

use crate::optimizer::optimizer;
use crate::readback::{ReadBack, ReadbackError};
use burn::module::{Module, Param};
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Tensor, TensorData, Transaction};
use zoo_recipe::{Optimizer, WeightDecay};

/// Points that walk down a surface side by side. Every optimizer treats each number by itself, so they do not see each other.
pub struct Walkers {
    points: WalkerPoints,
    optimizer: ModuleOptimizer,
    /// Without autodiff: gradients come from elsewhere.
    device: Device,
}

/// The points as the parameters of a module.
#[derive(Module, Debug)]
struct WalkerPoints {
    /// `[walkers, 2]`.
    places: Param<Tensor<2>>,
}

impl Walkers {
    /// At their starts, on a device without autodiff.
    pub fn new(optimizer: &Optimizer, starts: &[[f64; 2]], device: &Device) -> Self {
        // Burn updates parameters of modules that are being trained, even where gradients come from elsewhere.
        let places = Param::from_tensor(pairs(starts, &device.clone().autodiff()));
        Self {
            points: WalkerPoints { places },
            optimizer: self::optimizer(optimizer, &WeightDecay::None, device),
            device: device.clone(),
        }
    }

    /// Where they are.
    ///
    /// # Errors
    /// If the device does not hand the places back.
    pub fn places(&self) -> Result<Vec<[f64; 2]>, ReadbackError> {
        let places = Transaction::default().register(self.points.places.val().inner());
        let values = ReadBack::of(places)?.values()?;
        Ok(values.chunks_exact(2).map(|pair| [f64::from(pair[0]), f64::from(pair[1])]).collect())
    }

    /// One step of all walkers, against these gradients.
    #[must_use]
    pub fn step(mut self, rate: f64, gradients: &[[f64; 2]]) -> Self {
        let mut by_parameter = GradientsParams::new();
        by_parameter.register::<2>(self.points.places.id, pairs(gradients, &self.device));
        self.points = self.optimizer.step(rate, self.points, by_parameter);
        self
    }
}

fn pairs(pairs: &[[f64; 2]], device: &Device) -> Tensor<2> {
    let values: Vec<f32> = pairs.iter().flatten().map(|value| *value as f32).collect();
    Tensor::from_data(TensorData::new(values, [pairs.len(), 2]), device)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walkers_step_against_their_own_gradients() {
        let walkers = Walkers::new(&Optimizer::Sgd, &[[1.0, 2.0], [3.0, 4.0]], &Device::flex());
        let moved = walkers.step(0.5, &[[2.0, 0.0], [0.0, 4.0]]);
        assert_eq!(moved.places(), Ok(vec![[0.0, 2.0], [3.0, 2.0]]));
    }
}
