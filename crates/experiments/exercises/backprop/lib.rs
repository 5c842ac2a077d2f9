//! # The back-propagation step
//!
//! Layers of sigmoids, l = 1 to L, on an input a_0 = x:
//!
//! ```text
//! z_l = W_l a_(l-1) + b_l        a_l = sigma(z_l)
//! ```
//!
//! With the cost C = 1/2 ||y - a_L||^2 and delta_l = dC/dz_l, the chain rule from the last layer to the first gives
//!
//! ```text
//! delta_L = sigma'(z_L) o (a_L - y)                        (3.5.5)
//! delta_l = sigma'(z_l) o W_(l+1)^T delta_(l+1)            (3.5.6)
//! dC/db_l = delta_l                                        (3.5.7)
//! dC/dW_l = delta_l a_(l-1)^T                              (3.5.8)
//! ```
//!
//! where o multiplies element by element. An element of (3.5.8): dC/dW_jk = delta_j a_k, with a_k from the layer before.
//! A matrix is a list of rows: `weights[j][k]` leads from unit k of the layer before to unit j.

/// A layer's weights, a row per unit, and biases.
pub struct Layer {
    /// One row per unit, as long as the layer before is wide.
    pub weights: Vec<Vec<f64>>,
    /// One number per unit.
    pub biases: Vec<f64>,
}

/// The sigmoid of `z`.
pub fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// The slope of the sigmoid at `z`.
pub fn derivative(z: f64) -> f64 {
    sigmoid(z) * (1.0 - sigmoid(z))
}

/// delta_L of the last layer, from its z and the target y.
pub fn last_delta(z: &[f64], y: &[f64]) -> Vec<f64> {
    // answer: (3.5.5)
    z.iter().zip(y).map(|(z, y)| derivative(*z) * (sigmoid(*z) - y)).collect()
    // mistake: sigma'(z_L) is missing
    // | z.iter().zip(y).map(|(z, y)| sigmoid(*z) - y).collect()
    // mistake: the sign
    // | z.iter().zip(y).map(|(z, y)| derivative(*z) * (y - sigmoid(*z))).collect()
    // mistake: taken at a instead of z
    // | z.iter().zip(y).map(|(z, y)| derivative(sigmoid(*z)) * (sigmoid(*z) - y)).collect()
    // end of answer
}

/// delta_l of a layer, from its z, and from the weights and the delta of the layer behind it.
pub fn delta(z: &[f64], next_weights: &[Vec<f64>], next_delta: &[f64]) -> Vec<f64> {
    // answer: (3.5.6)
    let back = |k: usize| next_weights.iter().zip(next_delta).map(|(row, delta)| row[k] * delta).sum::<f64>();
    z.iter().enumerate().map(|(k, z)| derivative(*z) * back(k)).collect()
    // mistake: sigma'(z_l) is missing
    // | (0..z.len()).map(|k| next_weights.iter().zip(next_delta).map(|(row, delta)| row[k] * delta).sum()).collect()
    // mistake: taken at a instead of z
    // | let back = |k: usize| next_weights.iter().zip(next_delta).map(|(row, delta)| row[k] * delta).sum::<f64>();
    // | z.iter().enumerate().map(|(k, z)| derivative(sigmoid(*z)) * back(k)).collect()
    // mistake: W instead of its transpose
    // | let ahead = |k: usize| next_weights[k].iter().zip(next_delta).map(|(weight, delta)| weight * delta).sum::<f64>();
    // | z.iter().enumerate().map(|(k, z)| derivative(*z) * if k < next_weights.len() { ahead(k) } else { 0.0 }).collect()
    // end of answer
}

/// dC/dW_l of a layer, shaped like its weights, from its delta and what the layer before answered.
pub fn weights_gradient(delta: &[f64], before: &[f64]) -> Vec<Vec<f64>> {
    // answer: (3.5.8)
    delta.iter().map(|delta| before.iter().map(|a| delta * a).collect()).collect()
    // mistake: the transpose
    // | before.iter().map(|a| delta.iter().map(|delta| delta * a).collect()).collect()
    // end of answer
}

/// The z of every layer, first to last.
pub fn forward(layers: &[Layer], x: &[f64]) -> Vec<Vec<f64>> {
    let mut a = x.to_vec();
    let mut sums = Vec::new();
    for layer in layers {
        let sum = |(row, bias): (&Vec<f64>, &f64)| row.iter().zip(&a).map(|(weight, a)| weight * a).sum::<f64>() + bias;
        let z: Vec<f64> = layer.weights.iter().zip(&layer.biases).map(sum).collect();
        a = z.iter().copied().map(sigmoid).collect();
        sums.push(z);
    }
    sums
}

/// The gradient: dC/dW_l of every layer and dC/db_l as a layer each. This is the whole algorithm, of your three functions.
pub fn backward(layers: &[Layer], x: &[f64], y: &[f64]) -> Vec<Layer> {
    let z = forward(layers, x);
    let last = layers.len() - 1;
    let mut deltas = vec![last_delta(&z[last], y)];
    for l in (0..last).rev() {
        deltas.insert(0, delta(&z[l], &layers[l + 1].weights, &deltas[0]));
    }
    let answers = z.iter().map(|z| z.iter().copied().map(sigmoid).collect());
    let before = std::iter::once(x.to_vec()).chain(answers);
    deltas.into_iter().zip(before).map(|(biases, a)| Layer { weights: weights_gradient(&biases, &a), biases }).collect()
}

#[cfg(test)]
mod tests;
