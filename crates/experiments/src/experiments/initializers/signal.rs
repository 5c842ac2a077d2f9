//! How large the values in a deep network are, layer by layer, as it starts.

use zoo_core::Initializer;
use zoo_mlp::Activation;

use crate::activations::value_of;
use crate::initializers::variance;
use crate::prelude::*;

/// A deep network of equal layers as it starts; without an activation it is linear.
pub(super) struct Deep {
    pub(super) weights: Initializer,
    pub(super) activation: Option<Activation>,
    pub(super) width: usize,
    pub(super) layers: usize,
}

impl Deep {
    /// The mean square of the values before the activation of every layer, for one draw of the weights and a batch of standard normal inputs.
    pub(super) fn measure(&self, random: &mut Stream) -> Result<Vec<f64>> {
        self.through(random, |z| z.square().mean())
    }

    /// The variance over the batch of the same values, the mean over the units: how far examples are told apart.
    pub(super) fn spread(&self, random: &mut Stream) -> Result<Vec<f64>> {
        self.through(random, |z| z.var(0).mean())
    }

    /// What `see` makes of the values before the activation, `[batch, width]`, of every layer.
    fn through(&self, random: &mut Stream, see: impl Fn(Tensor<2>) -> Tensor<1>) -> Result<Vec<f64>> {
        let device = Device::flex();
        let batch: Vec<Vec<f64>> = (0..8).map(|_| random.normals(self.width)).collect();
        let mut x = rows(&batch, &device); // [batch, width]
        let mut seen = Vec::with_capacity(self.layers);
        for _ in 0..self.layers {
            let weight = self.weights.init([self.width; 2], [self.width; 2], &device);
            let z = x.matmul(weight.val()); // [batch, width]
            seen.push(scalar(see(z.clone()))?);
            x = self.apply(z);
        }
        Ok(seen)
    }

    /// What theory gives for wide layers: each multiplies the mean square of its inputs by `width` times the variance of a weight.
    pub(super) fn expected(&self) -> Vec<f64> {
        let gain = self.width as f64 * variance(&self.weights, self.width, self.width);
        let mut square = 1.0;
        let layer = |_| {
            let z = gain * square;
            square = match self.activation {
                None => z,
                Some(function) => mean_square_after(function, z),
            };
            z
        };
        (0..self.layers).map(layer).collect()
    }

    fn apply(&self, z: Tensor<2>) -> Tensor<2> {
        match self.activation {
            None => z,
            Some(function) => function.forward(z),
        }
    }
}

/// The mean of `f(z)^2` for a normal `z` of mean 0 and this mean square.
fn mean_square_after(function: Activation, square: f64) -> f64 {
    let value = value_of(function);
    normal_mean(square, |z| value(z).powi(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relu_halves_the_mean_square() {
        assert!((mean_square_after(Activation::Relu, 3.0) - 1.5).abs() < 1e-4);
    }

    #[test]
    fn hes_scale_keeps_relu_and_xaviers_halves_it() {
        let deep = |gain| Deep {
            weights: Initializer::HeNormal { gain },
            activation: Some(Activation::Relu),
            width: 64,
            layers: 5,
        };
        let kept = deep(2.0_f64.sqrt()).expected();
        assert!(kept.iter().all(|square| (square - 2.0).abs() < 1e-3));
        let halved = deep(1.0).expected();
        assert!((halved[4] / halved[3] - 0.5).abs() < 1e-4);
    }
}
