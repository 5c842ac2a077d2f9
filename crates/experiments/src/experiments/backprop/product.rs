//! The gradient as one product (3.5.26).
//!
//! Written with `D_l = diag(sigma'(z_l))`, the lemma says `delta_L = D_L (a_L - y)` and `delta_l = D_l W_{l+1}^T delta_{l+1}`. Put into
//! each other these are one product,
//!
//! `delta_l = D_l W_{l+1}^T D_{l+1} W_{l+2}^T ... D_{L-1} W_L^T D_L (a_L - y)`.
//!
//! Multiplied from the right, a vector at a time, it is back-propagation; from the left, a matrix at a time, it is the same numbers for many
//! times the work. And no factor `D` is above 1/4 for the sigmoid: `|delta_1|` is at most `4^-L` times the norms of the weights.

use super::network::{DOUBLE, SigmoidNetwork, zeros_and_ones};
use super::settings::{LAYERS, UNITS};
use crate::prelude::*;
use crate::statistics::apart;

/// `delta_l` of every layer by the product, against `dC/db_l` by Burn's autodiff.
pub(super) fn of_slopes_and_weights(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let networks = settings.choose(200, 20);
    let (layers, units) = (settings.whole(LAYERS), settings.whole(UNITS));
    let mut off_autodiff = 0.0_f64;
    for stream in 0..networks {
        let mut random = Stream::numbered(settings.seed, 30_000 + stream);
        let network = SigmoidNetwork::random(&vec![units; layers + 1], &mut random);
        let (x, y) = (random.normals(units), zeros_and_ones(units, &mut random));
        let gradient = network.autodiff(&x, &y)?;
        for layer in 0..layers {
            // The parameters lie layer after layer, weights before biases.
            let biases = &gradient[layer * units * (units + 1) + units * units..][..units];
            off_autodiff = larger(off_autodiff, apart(&delta(&network, layer, &x, &y), biases));
        }
    }
    findings
        .claiming(
            "(3.5.26), delta_l = D_l W_(l+1)^T D_(l+1) ... W_L^T D_L (a_L - y), is autodiff's dC/db_l: difference",
        )
        .is(off_autodiff, DOUBLE)
        .measured_with(format!(" ({networks} networks of {layers} layers, every layer)"));
    Ok(())
}

/// The product from the left, whole matrices, as it is written.
fn delta(network: &SigmoidNetwork, layer: usize, x: &[f64], y: &[f64]) -> Vec<f64> {
    let (slopes, error) = network.slopes_and_error(x, y);
    let behind = network.weights().zip(&slopes).skip(layer + 1);
    let product = behind.fold(diagonal(&slopes[layer]), |product, (weights, slopes)| {
        product.product(&weights.transposed()).product(&diagonal(slopes))
    });
    product.times(&error)
}

fn diagonal(values: &[f64]) -> Matrix {
    let mut matrix = Matrix::zeros(values.len(), values.len());
    values.iter().enumerate().for_each(|(place, value)| matrix.set(place, place, *value));
    matrix
}
