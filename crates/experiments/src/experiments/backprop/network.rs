//! A sigmoid network of any depth, and lemma 3.5.1 of the thesis written out for it.

use crate::autodiff::{central_differences, gradient_by_parts, matrix};
use crate::prelude::*;
use crate::scalar;
use burn::tensor::activation::sigmoid;

/// What double precision leaves of a gradient, relative to its length.
pub(super) const DOUBLE: Check = AtMost(1e-8);

/// Layers from the input to the output, all sigmoid.
#[derive(Clone, Debug)]
pub(super) struct SigmoidNetwork {
    layers: Vec<SigmoidLayer>,
}

/// `a = sigma(W a_before + b)`.
#[derive(Clone, Debug)]
struct SigmoidLayer {
    weights: Matrix,
    biases: Vec<f64>,
}

impl SigmoidNetwork {
    /// Weights and biases of deviation `1 / sqrt(inputs)`, so that units stay off their flat ends.
    pub(super) fn random(widths: &[usize], random: &mut Stream) -> Self {
        let layer = |pair: &[usize]| {
            let (columns, rows) = (pair[0], pair[1]);
            let mut draw =
                |count| random.normals(count).iter().map(|x| x / (columns as f64).sqrt()).collect::<Vec<_>>();
            SigmoidLayer { weights: Matrix { rows, columns, values: draw(rows * columns) }, biases: draw(rows) }
        };
        Self { layers: widths.windows(2).map(layer).collect() }
    }

    /// `a_1 = x`, `a_l = sigma(W_l a_{l-1} + b_l)`.
    fn activations(&self, x: &[f64]) -> Vec<Vec<f64>> {
        let mut all = vec![x.to_vec()];
        for layer in &self.layers {
            let mut z = layer.weights.times(&all[all.len() - 1]);
            z.iter_mut().zip(&layer.biases).for_each(|(z, bias)| *z = scalar::sigmoid(*z + bias));
            all.push(z);
        }
        all
    }

    /// `C = 1/2 ||y - a_L||^2`.
    fn cost(&self, x: &[f64], y: &[f64]) -> f64 {
        let activations = self.activations(x);
        let squares = activations[activations.len() - 1].iter().zip(y).map(|(a, y)| (y - a).powi(2));
        0.5 * squares.sum::<f64>()
    }

    /// The gradient of [`cost`](Self::cost) by the lemma, in the order of [`parameters`](Self::parameters).
    pub(super) fn gradient(&self, x: &[f64], y: &[f64]) -> Vec<f64> {
        let activations = self.activations(x);
        // (3.5.5): delta_L = sigma'(z_L) o (a_L - y), where sigma' = a (1 - a).
        let output = &activations[activations.len() - 1];
        let mut delta: Vec<f64> = output.iter().zip(y).map(|(a, y)| a * (1.0 - a) * (a - y)).collect();
        let mut by_layer = Vec::with_capacity(self.layers.len());
        for (place, layer) in self.layers.iter().enumerate().rev() {
            let before = &activations[place];
            // (3.5.8): dC/dW_l = delta_l a_{l-1}^T; (3.5.7): dC/db_l = delta_l.
            let mut gradient: Vec<f64> = delta.iter().flat_map(|delta| before.iter().map(move |a| delta * a)).collect();
            gradient.extend(&delta);
            by_layer.push(gradient);
            // (3.5.6): delta_{l-1} = sigma'(z_{l-1}) o W_l^T delta_l.
            let reaching = layer.weights.transposed_times(&delta);
            delta = before.iter().zip(reaching).map(|(a, reaching)| a * (1.0 - a) * reaching).collect();
        }
        by_layer.into_iter().rev().flatten().collect()
    }

    /// `D_l = diag(sigma'(z_l))` of every layer on this example, and `a_L - y`: what (3.5.26) multiplies.
    pub(super) fn slopes_and_error(&self, x: &[f64], y: &[f64]) -> (Vec<Vec<f64>>, Vec<f64>) {
        let activations = self.activations(x);
        let error = activations[activations.len() - 1].iter().zip(y).map(|(a, y)| a - y).collect();
        let slope = |a: &Vec<f64>| a.iter().map(|a| a * (1.0 - a)).collect();
        (activations[1..].iter().map(slope).collect(), error)
    }

    /// `W_l` of every layer, the first one first.
    pub(super) fn weights(&self) -> impl Iterator<Item = &Matrix> {
        self.layers.iter().map(|layer| &layer.weights)
    }

    /// Layer by layer the weights, row after row, then the biases.
    fn parameters(&self) -> Vec<f64> {
        self.layers.iter().flat_map(|layer| layer.weights.values.iter().chain(&layer.biases)).copied().collect()
    }

    /// A network of the same shape with these parameters.
    fn with(&self, parameters: &[f64]) -> Self {
        let mut changed = self.clone();
        let mut rest = parameters.iter();
        for layer in &mut changed.layers {
            let own = layer.weights.values.iter_mut().chain(&mut layer.biases);
            own.zip(rest.by_ref()).for_each(|(own, value)| *own = *value);
        }
        changed
    }

    /// The same gradient by central differences.
    pub(super) fn central_differences(&self, x: &[f64], y: &[f64], step: f64) -> Vec<f64> {
        central_differences(&self.parameters(), step, |parameters| self.with(parameters).cost(x, y))
    }

    /// The same gradient by Burn's autodiff.
    pub(super) fn autodiff(&self, x: &[f64], y: &[f64]) -> Result<Vec<f64>> {
        let column = |numbers: &[f64]| matrix(numbers, [numbers.len(), 1], DType::F64);
        let shapes =
            self.layers.iter().flat_map(|layer| [[layer.weights.rows, layer.weights.columns], [layer.weights.rows, 1]]);
        gradient_by_parts(&self.parameters(), &shapes.collect::<Vec<_>>(), DType::F64, |leaves| {
            let output = leaves.chunks_exact(2).fold(column(x), |a, layer| {
                sigmoid(layer[0].clone().matmul(a) + layer[1].clone()) // [units, 1]
            });
            (column(y) - output).square().sum() * 0.5
        })
    }
}

/// Targets as classes have them. No sigmoid comes near them by accident, so `a - y` keeps its digits in any precision.
pub(super) fn zeros_and_ones(count: usize, random: &mut Stream) -> Vec<f64> {
    (0..count).map(|_| random.index(2) as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_unit_by_pencil() {
        let weights = Matrix { rows: 1, columns: 1, values: vec![0.0] };
        let network = SigmoidNetwork { layers: vec![SigmoidLayer { weights, biases: vec![0.0] }] };
        // sigma(0) = 1/2, so delta = 1/4 (1/2 - 1) = -1/8, and dC/dW = 2 delta.
        assert_eq!(network.gradient(&[2.0], &[1.0]), [-0.25, -0.125]);
        assert_eq!(network.cost(&[2.0], &[1.0]), 0.125);
    }
}
