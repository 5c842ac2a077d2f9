//! The gradient as one product (3.5.26).
//!
//! Written with `D_l = diag(sigma'(z_l))`, the lemma says `delta_L = D_L (a_L - y)` and `delta_l = D_l W_{l+1}^T delta_{l+1}`. Put into
//! each other these are one product,
//!
//! `delta_l = D_l W_{l+1}^T D_{l+1} W_{l+2}^T ... D_{L-1} W_L^T D_L (a_L - y)`.
//!
//! Multiplied from the right, a vector at a time, it is back-propagation; from the left, a matrix at a time, it is the same numbers for many
//! times the work. And no factor `D` is above 1/4 for the sigmoid: `|delta_1|` is at most `4^-L` times the norms of the weights.

use super::DOUBLE;
use super::network::{SigmoidNetwork, zeros_and_ones};
use super::settings::{LAYERS, UNITS};
use crate::prelude::*;
use crate::statistics::apart;

/// `delta_l` of every layer by the product, against `dC/db_l` by Burn's autodiff; and how many multiplications either order takes.
pub(super) fn of_slopes_and_weights(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let networks = settings.choose(200, 20);
    let (layers, units) = (settings.whole(LAYERS), settings.whole(UNITS));
    let (mut off_autodiff, mut beyond) = (0.0_f64, 0);
    for stream in 0..networks {
        let mut random = Stream::numbered(settings.seed, 30_000 + stream);
        let network = SigmoidNetwork::random(&vec![units; layers + 1], &mut random);
        let (x, y) = (random.normals(units), zeros_and_ones(units, &mut random));
        let gradient = network.autodiff(&x, &y, DType::F64)?;
        for layer in 0..layers {
            let delta = delta(&network, layer, &x, &y);
            // The parameters lie layer after layer, weights before biases.
            let biases = &gradient[layer * units * (units + 1) + units * units..][..units];
            off_autodiff = larger(off_autodiff, apart(&delta, biases));
            beyond += usize::from(norm(&delta) > bound(&network, layer, &x, &y));
        }
    }
    let [from_left, from_right] = multiplications(layers, units);
    findings
        .claiming(
            "(3.5.26), delta_l = D_l W_(l+1)^T D_(l+1) ... W_L^T D_L (a_L - y), is autodiff's dC/db_l: difference",
        )
        .is(off_autodiff, DOUBLE)
        .measured_with(format!(" ({networks} networks of {layers} layers, every layer)"))
        .claiming("|delta_l| is at most |a_L - y| times 1/4 for each D and the norm of each W on the way: exceptions")
        .is(beyond as f64, Exactly(0.0))
        .note(format!(
            "From the right the product takes a matrix times a vector at a time, which is back-propagation: \
             {from_right} multiplications for the first of {layers} layers of {units} units. From the left, as it is \
             written, it takes matrices times matrices: {from_left}."
        ));
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

/// By `|D| <= 1/4` and the root of the sum of squares, which is at least a matrix's norm.
fn bound(network: &SigmoidNetwork, layer: usize, x: &[f64], y: &[f64]) -> f64 {
    let (_, error) = network.slopes_and_error(x, y);
    let behind = network.weights().skip(layer + 1);
    behind.fold(0.25 * norm(&error), |bound, weights| 0.25 * norm(&weights.values) * bound)
}

/// For `delta_1`: matrix after matrix from the left, diagonal ones scaling columns; vector after vector from the right.
fn multiplications(layers: usize, units: usize) -> [f64; 2] {
    let (behind, units) = ((layers - 1) as f64, units as f64);
    [behind * (units.powi(3) + units.powi(2)) + units.powi(2), behind * (units.powi(2) + units) + units]
}
