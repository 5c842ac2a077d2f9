//! How large the values in a deep network are, layer by layer, as it starts.

use zoo_core::Initializer;
use zoo_mlp::Activation;

use crate::activations::by_hand;
use crate::initializers::variance;
use crate::prelude::*;

/// A deep network of equal layers as it starts; without an activation it is linear.
pub(super) struct Deep {
    pub(super) weights: Initializer,
    pub(super) activation: Option<Activation>,
    pub(super) width: usize,
    pub(super) layers: usize,
}

/// What is measured of a layer's values before the activation, `[batch, width]`.
pub(super) type Measure = fn(Tensor<2>) -> Tensor<1>;

pub(super) const MEAN_SQUARE: Measure = |z| z.square().mean();
/// The variance over the batch, the mean over the units: how far examples are told apart.
pub(super) const SPREAD: Measure = |z| z.var(0).mean();

impl Deep {
    /// What theory gives for wide layers: each multiplies the mean square of its inputs by `width` times the variance of a weight.
    pub(super) fn expected(&self) -> Vec<f64> {
        let gain = self.width as f64 * variance(&self.weights, self.width, self.width);
        let mut square = 1.0;
        let layer = |_| {
            let z = gain * square;
            square = match self.activation {
                None => z,
                Some(function) => {
                    let [value, _] = by_hand(function);
                    normal_mean(z, |z| value(z).powi(2))
                }
            };
            z
        };
        (0..self.layers).map(layer).collect()
    }

    /// `measure` of every layer of so many networks, `[network][layer]`; the inputs of each have a stream of their own, from `first` on.
    pub(super) fn measured(
        &self,
        networks: u64,
        first: u64,
        settings: &Setup,
        measure: Measure,
    ) -> Result<Vec<Vec<f64>>> {
        let stream = |network| Stream::numbered(settings.seed, first + network);
        (0..networks).map(|network| self.draw(&mut stream(network), measure)).collect()
    }

    /// One draw of the weights, and a batch of standard normal inputs.
    fn draw(&self, random: &mut Stream, measure: Measure) -> Result<Vec<f64>> {
        let device = Device::flex();
        let batch: Vec<Vec<f64>> = (0..8).map(|_| random.normals(self.width)).collect();
        let mut x = rows(&batch, &device); // [batch, width]
        let mut measured = Vec::with_capacity(self.layers);
        for _ in 0..self.layers {
            let weight = self.weights.init([self.width; 2], [self.width; 2], &device);
            let z = x.matmul(weight.val()); // [batch, width]
            measured.push(scalar(measure(z.clone()))?);
            x = match self.activation {
                None => z,
                Some(function) => function.forward(z),
            };
        }
        Ok(measured)
    }
}
