//! What theory says of the gradient in wide layers.

use super::network::DeepMlp;
use crate::activations::by_hand;
use crate::initializers::variance;
use crate::scalar::normal_mean;
use zoo_mlp::Activation;

impl DeepMlp {
    /// The logarithm of the gradient's norm at every layer over that at the last: half the sum of `ln chi` from there on.
    pub(super) fn expected(&self) -> Vec<f64> {
        let factors = self.chi();
        (0..self.layers)
            .map(|layer| 0.5 * factors[layer..self.layers - 1].iter().map(|chi| chi.ln()).sum::<f64>())
            .collect()
    }

    /// By what the squared norm of the gradient is multiplied on its way back through each layer.
    pub(super) fn chi(&self) -> Vec<f64> {
        if self.batch_norm {
            return vec![chi_normalized(self.activation); self.layers];
        }
        let [value, slope] = by_hand(self.activation);
        let gain = self.width as f64 * variance(&self.weights, self.width, self.width);
        // The variance before the activation, for inputs of mean square 1.
        let mut square = gain;
        let layer = |_| {
            let chi = gain * normal_mean(square, |z| slope(z).powi(2));
            square = gain * normal_mean(square, |z| value(z).powi(2));
            chi
        };
        (0..self.layers).map(layer).collect()
    }
}

/// `E[f'(z)^2] / Var(f(z))` for a standard normal `z`.
fn chi_normalized(function: Activation) -> f64 {
    let [value, slope] = by_hand(function);
    let mean = normal_mean(1.0, value);
    normal_mean(1.0, |z| slope(z).powi(2)) / normal_mean(1.0, |z| (value(z) - mean).powi(2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::f64::consts::PI;
    use zoo_core::Initializer;

    proptest! {
        #[test]
        fn relu_has_half_the_gain_whatever_the_variance(gain in 0.3..3.0f64) {
            let weights = Initializer::HeNormal { gain };
            let deep = DeepMlp { activation: Activation::Relu, weights, batch_norm: false, width: 32, layers: 6 };
            for chi in deep.chi() {
                prop_assert!((chi - gain * gain / 2.0).abs() < 1e-4, "{chi}");
            }
        }
    }

    #[test]
    fn normalized_relu_explodes_as_yang_says() {
        assert!((chi_normalized(Activation::Relu) - PI / (PI - 1.0)).abs() < 1e-4);
    }
}
