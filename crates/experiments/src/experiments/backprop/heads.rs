//! The gradients that the notes derive by hand for one hidden layer, for logistic regression and for softmax.

use anyhow::{Context, Result};
use burn::tensor::activation::relu;
use burn::tensor::{DType, Int, Tensor, TensorData};
use trainer::loss::loss;
use zoo_recipe::Loss;

use super::network::tensor;
use crate::descent::{training_device, values};
use crate::random::Random;

/// The 3-4-1 network: four ReLU units, a linear output, `L = 1/2 (y - y_hat)^2`.
pub(super) struct Small {
    /// `[4][3]`: of the hidden units.
    w1: Vec<[f64; 3]>,
    b1: [f64; 4],
    w2: [f64; 4],
    b2: f64,
    x: [f64; 3],
    y: f64,
}

impl Small {
    pub(super) fn random(random: &mut Random) -> Self {
        let w1 = (0..4).map(|_| [(); 3].map(|()| random.normal())).collect();
        let mut four = || [(); 4].map(|()| random.normal());
        let (b1, w2) = (four(), four());
        Self { w1, b1, w2, b2: random.normal(), x: [(); 3].map(|()| random.normal()), y: random.normal() }
    }

    /// Of the whole network, by the chain rule: W1, b1, W2, b2.
    pub(super) fn gradient(&self) -> Vec<f64> {
        let z: Vec<f64> = self
            .w1
            .iter()
            .zip(&self.b1)
            .map(|(w, b)| w.iter().zip(&self.x).map(|(w, x)| w * x).sum::<f64>() + b)
            .collect();
        let h: Vec<f64> = z.iter().map(|z| z.max(0.0)).collect();
        let y_hat = self.b2 + self.w2.iter().zip(&h).map(|(w, h)| w * h).sum::<f64>();
        let error = y_hat - self.y; // dL/dy_hat
        // dL/dz_j = (y_hat - y) w2_j relu'(z_j)
        let delta: Vec<f64> = z.iter().zip(&self.w2).map(|(z, w)| if *z > 0.0 { error * w } else { 0.0 }).collect();
        let by_w1 = delta.iter().flat_map(|delta| self.x.map(|x| delta * x)); // dL/dW1_ji = dL/dz_j x_i
        let by_w2 = h.iter().map(|h| error * h); // dL/dw2_j = (y_hat - y) h_j
        by_w1.chain(delta.iter().copied()).chain(by_w2).chain([error]).collect()
    }

    pub(super) fn autodiff(&self, precision: DType) -> Result<Vec<f64>> {
        let leaf = |numbers: &[f64], shape| tensor(numbers, shape, precision).require_grad();
        let (w1, b1) = (leaf(&self.w1.concat(), [4, 3]), leaf(&self.b1, [4, 1]));
        let (w2, b2) = (leaf(&self.w2, [1, 4]), leaf(&[self.b2], [1, 1]));
        let x = tensor(&self.x, [3, 1], precision);
        let h = relu(w1.clone().matmul(x) + b1.clone()); // [4, 1]
        let y_hat = w2.clone().matmul(h) + b2.clone(); // [1, 1]
        let gradients = ((tensor(&[self.y], [1, 1], precision) - y_hat).square() * 0.5).sum().backward();
        let of = |leaf: &Tensor<2>| values(leaf.grad(&gradients).context("a parameter without gradient")?);
        Ok([&w1, &b1, &w2, &b2].into_iter().map(of).collect::<Result<Vec<_>>>()?.concat())
    }
}

/// A linear classifier on a few examples: scores `z = x W + b`.
pub(super) struct Linear {
    /// One score a class; a single one means two classes and a sigmoid.
    pub(super) scores: usize,
    features: usize,
    /// `[features][scores]`, row after row.
    weights: Vec<f64>,
    biases: Vec<f64>,
    /// `[examples][features]`, row after row.
    inputs: Vec<f64>,
    labels: Vec<usize>,
}

impl Linear {
    pub(super) fn random(scores: usize, random: &mut Random) -> Self {
        let (examples, features) = (1 + random.below(8), 1 + random.below(6));
        let classes = scores.max(2);
        Self {
            scores,
            features,
            weights: random.normals(features * scores),
            biases: random.normals(scores),
            inputs: random.normals(examples * features),
            labels: (0..examples).map(|_| random.below(classes)).collect(),
        }
    }

    /// `dL/dz = p - y`, where `p` is the sigmoid or the softmax of the scores and `y` the (one-hot) label; then
    /// `dL/dW = x^T (p - y)` and `dL/db = p - y`, as means over the examples.
    pub(super) fn gradient(&self) -> Vec<f64> {
        let mut by_weights = vec![0.0; self.weights.len()];
        let mut by_biases = vec![0.0; self.scores];
        let share = 1.0 / self.labels.len() as f64;
        for (x, label) in self.inputs.chunks_exact(self.features).zip(&self.labels) {
            for (score, error) in self.errors(x, *label).into_iter().enumerate() {
                by_biases[score] += share * error;
                for (feature, x) in x.iter().enumerate() {
                    by_weights[feature * self.scores + score] += share * error * x;
                }
            }
        }
        [by_weights, by_biases].concat()
    }

    /// `p - y` of one example.
    fn errors(&self, x: &[f64], label: usize) -> Vec<f64> {
        let score = |score: usize| {
            self.biases[score]
                + x.iter().enumerate().map(|(feature, x)| x * self.weights[feature * self.scores + score]).sum::<f64>()
        };
        let z: Vec<f64> = (0..self.scores).map(score).collect();
        if let [z] = z[..] {
            return vec![1.0 / (1.0 + (-z).exp()) - label as f64];
        }
        let total: f64 = z.iter().map(|z| z.exp()).sum();
        z.iter().enumerate().map(|(score, z)| z.exp() / total - f64::from(u8::from(score == label))).collect()
    }

    /// The gradient of the loss that the zoo trains with.
    pub(super) fn autodiff(&self, precision: DType) -> Result<Vec<f64>> {
        let weights = tensor(&self.weights, [self.features, self.scores], precision).require_grad();
        let biases = tensor(&self.biases, [1, self.scores], precision).require_grad();
        let inputs = tensor(&self.inputs, [self.labels.len(), self.features], precision);
        let labels: Vec<i64> = self.labels.iter().map(|label| *label as i64).collect();
        let labels = Tensor::<1, Int>::from_data(TensorData::new(labels, [self.labels.len()]), &training_device());
        let kind = match self.scores {
            1 => Loss::BinaryCrossEntropy { positive_weight: 1.0 },
            _ => Loss::CrossEntropy { label_smoothing: 0.0 },
        };
        let logits = inputs.matmul(weights.clone()) + biases.clone(); // [examples, scores]
        let gradients = loss(&kind, logits, labels).backward();
        let of = |leaf: &Tensor<2>| values(leaf.grad(&gradients).context("a parameter without gradient")?);
        Ok([of(&weights)?, of(&biases)?].concat())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use proptest::prelude::*;

    use super::super::network::apart;
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn hand_derived_gradients_are_autodiffs(seed: u64, scores in 1..6_usize) {
            let mut random = Random::new(seed, 0);
            let small = Small::random(&mut random);
            prop_assert!(apart(&small.gradient(), &small.autodiff(DType::F64).unwrap()) < 1e-8);
            let linear = Linear::random(scores, &mut random);
            prop_assert!(apart(&linear.gradient(), &linear.autodiff(DType::F64).unwrap()) < 1e-8);
        }
    }
}
