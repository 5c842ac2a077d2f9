//! What theory says of the gradient in wide layers.

use zoo_recipe::Activation;

use super::network::Deep;
use crate::experiments::initialisers::signal::{value, variance};
use crate::scalar::{normal_mean, sigmoid};

impl Deep {
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
            return vec![chi_normalised(self.activation); self.layers];
        }
        let gain = self.width as f64 * variance(&self.weights, self.width, self.width);
        // The variance before the activation, for inputs of mean square 1.
        let mut square = gain;
        let layer = |_| {
            let chi = gain * normal_mean(square, |z| slope(self.activation, z).powi(2));
            square = gain * normal_mean(square, |z| value(self.activation, z).powi(2));
            chi
        };
        (0..self.layers).map(layer).collect()
    }
}

/// `E[f'(z)^2] / Var(f(z))` for a standard normal `z`.
fn chi_normalised(function: Activation) -> f64 {
    let mean = normal_mean(1.0, |z| value(function, z));
    normal_mean(1.0, |z| slope(function, z).powi(2)) / normal_mean(1.0, |z| (value(function, z) - mean).powi(2))
}

/// The derivative; what it is in a kink itself nobody asks.
fn slope(function: Activation, x: f64) -> f64 {
    match function {
        Activation::Relu => {
            if x > 0.0 {
                1.0
            } else {
                0.0
            }
        }
        Activation::LeakyRelu => {
            if x > 0.0 {
                1.0
            } else {
                0.01
            }
        }
        Activation::Sigmoid => sigmoid(x) * sigmoid(-x),
        Activation::Tanh => 1.0 - x.tanh().powi(2),
        Activation::Softplus => sigmoid(x),
        Activation::Elu | Activation::Selu | Activation::Gelu => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use proptest::prelude::*;
    use zoo_recipe::Initializer;

    use super::*;

    proptest! {
        #[test]
        fn slopes_are_differences(x in 0.01..4.0f64, sign: bool) {
            let x = if sign { x } else { -x };
            let functions = [Activation::Relu, Activation::LeakyRelu, Activation::Sigmoid, Activation::Tanh, Activation::Softplus];
            for function in functions {
                let step = 1e-5;
                let difference = (value(function, x + step) - value(function, x - step)) / (2.0 * step);
                prop_assert!((slope(function, x) - difference).abs() < 1e-8, "{function:?}");
            }
        }

        #[test]
        fn relu_has_half_the_gain_whatever_the_variance(gain in 0.3..3.0f64) {
            let weights = Initializer::HeNormal { gain };
            let deep = Deep { activation: Activation::Relu, weights, batch_norm: false, width: 32, layers: 6 };
            for chi in deep.chi() {
                prop_assert!((chi - gain * gain / 2.0).abs() < 1e-4, "{chi}");
            }
        }
    }

    #[test]
    fn normalised_relu_explodes_as_yang_says() {
        assert!((chi_normalised(Activation::Relu) - PI / (PI - 1.0)).abs() < 1e-4);
    }
}
