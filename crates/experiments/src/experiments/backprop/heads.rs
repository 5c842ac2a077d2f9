//! The gradients that the notes derive by hand for one hidden layer, for logistic regression and for softmax.
//!
//! Parameters are one list each, in the order in which gradients are given, so that a difference can be taken along any of them.

use crate::autodiff::{gradient_by_parts, matrix};
use crate::prelude::*;
use burn::tensor::activation::relu;
use trainer::loss::loss;
use zoo_recipe::Loss;

/// Inputs and hidden units of the 3-4-1 network.
const INPUTS: usize = 3;
const UNITS: usize = 4;

/// The 3-4-1 network on one example: four ReLU units, a linear output, `L = 1/2 (y - y_hat)^2`.
pub(super) struct SmallNetwork {
    /// W1 row after row, b1, W2, b2.
    pub(super) parameters: Vec<f64>,
    x: Vec<f64>,
    y: f64,
}

/// What the layers of a [`SmallNetwork`] answer.
struct Answers {
    /// Before the ReLU.
    z: Vec<f64>,
    h: Vec<f64>,
    y_hat: f64,
}

impl SmallNetwork {
    /// With no unit so near its kink that a difference would reach across it.
    pub(super) fn random(random: &mut Stream) -> Self {
        loop {
            let parameters = random.normals(21).iter().map(|x| 0.5 * x).collect();
            let small = Self { parameters, x: random.normals(INPUTS), y: random.normal() };
            if small.answers(&small.parameters).z.iter().all(|z| z.abs() > 1e-3) {
                return small;
            }
        }
    }

    fn answers(&self, parameters: &[f64]) -> Answers {
        let (w1, rest) = parameters.split_at(INPUTS * UNITS);
        let (b1, rest) = rest.split_at(UNITS);
        let (w2, b2) = rest.split_at(UNITS);
        let z: Vec<f64> = w1.chunks_exact(INPUTS).zip(b1).map(|(w, b)| dot(w, &self.x) + b).collect();
        let h: Vec<f64> = z.iter().map(|z| z.max(0.0)).collect();
        let y_hat = dot(w2, &h) + b2[0];
        Answers { z, h, y_hat }
    }

    pub(super) fn cost(&self, parameters: &[f64]) -> f64 {
        0.5 * (self.y - self.answers(parameters).y_hat).powi(2)
    }

    /// By the chain rule.
    pub(super) fn gradient(&self) -> Vec<f64> {
        let Answers { z, h, y_hat } = self.answers(&self.parameters);
        let w2 = &self.parameters[INPUTS * UNITS + UNITS..][..UNITS];
        let error = y_hat - self.y; // dL/dy_hat
        // dL/dz_j = (y_hat - y) w2_j relu'(z_j)
        let delta: Vec<f64> = z.iter().zip(w2).map(|(z, w)| if *z > 0.0 { error * w } else { 0.0 }).collect();
        let by_w1 = delta.iter().flat_map(|delta| self.x.iter().map(move |x| delta * x)); // dL/dW1_ji = dL/dz_j x_i
        let by_w2 = h.iter().map(|h| error * h); // dL/dw2_j = (y_hat - y) h_j
        by_w1.chain(delta.iter().copied()).chain(by_w2).chain([error]).collect()
    }

    pub(super) fn autodiff(&self) -> Result<Vec<f64>> {
        let shapes = [[UNITS, INPUTS], [UNITS, 1], [1, UNITS], [1, 1]]; // W1, b1, W2, b2
        gradient_by_parts(&self.parameters, &shapes, DType::F64, |leaves| {
            let z = leaves[0].clone().matmul(matrix(&self.x, [INPUTS, 1], DType::F64)) + leaves[1].clone(); // [4, 1]
            let y_hat = leaves[2].clone().matmul(relu(z)) + leaves[3].clone(); // [1, 1]
            ((matrix(&[self.y], [1, 1], DType::F64) - y_hat).square() * 0.5).sum()
        })
    }
}

/// A linear classifier on a few examples: scores `z = x W + b`, and the mean cross-entropy of their sigmoid or softmax.
pub(super) struct LinearClassifier {
    /// One score per class; a single one means two classes and a sigmoid.
    scores: usize,
    features: usize,
    /// W, `[features][scores]` row after row, then b.
    pub(super) parameters: Vec<f64>,
    /// `[examples][features]`, row after row.
    inputs: Vec<f64>,
    labels: Vec<usize>,
}

impl LinearClassifier {
    pub(super) fn random(scores: usize, random: &mut Stream) -> Self {
        let (examples, features) = (1 + random.index(8), 1 + random.index(6));
        let classes = scores.max(2);
        Self {
            scores,
            features,
            parameters: random.normals((features + 1) * scores),
            inputs: random.normals(examples * features),
            labels: (0..examples).map(|_| random.index(classes)).collect(),
        }
    }

    /// The scores of one example.
    fn z(&self, parameters: &[f64], x: &[f64]) -> Vec<f64> {
        let (weights, biases) = parameters.split_at(self.features * self.scores);
        let mut z = biases.to_vec();
        for (row, x) in weights.chunks_exact(self.scores).zip(x) {
            z.iter_mut().zip(row).for_each(|(z, weight)| *z += weight * x);
        }
        z
    }

    /// The probabilities of one example: of class 1 alone, or of every class.
    fn probabilities(&self, x: &[f64]) -> Vec<f64> {
        let z = self.z(&self.parameters, x);
        if let [z] = z[..] {
            return vec![sigmoid(z)];
        }
        let total: f64 = z.iter().map(|z| z.exp()).sum();
        z.iter().map(|z| z.exp() / total).collect()
    }

    /// `-log` of the probability given to the label, the mean over the examples; from the scores, so that no digits are lost where
    /// that probability is nearly 1.
    pub(super) fn cost(&self, parameters: &[f64]) -> f64 {
        let examples = self.inputs.chunks_exact(self.features).zip(&self.labels);
        let losses = examples.map(|(x, label)| match self.z(parameters, x)[..] {
            [z] if *label == 1 => (-z).exp().ln_1p(),
            [z] => z.exp().ln_1p(),
            ref z => z.iter().map(|other| (other - z[*label]).exp()).sum::<f64>().ln(),
        });
        losses.sum::<f64>() / self.labels.len() as f64
    }

    /// `dL/dz = p - y`, where `y` is the (one-hot) label; then `dL/dW = x^T (p - y)` and `dL/db = p - y`.
    pub(super) fn gradient(&self) -> Vec<f64> {
        let mut gradient = vec![0.0; self.parameters.len()];
        let fraction = 1.0 / self.labels.len() as f64;
        for (x, label) in self.inputs.chunks_exact(self.features).zip(&self.labels) {
            let p = self.probabilities(x);
            for (score, p) in p.iter().enumerate() {
                let y = if self.scores == 1 { *label == 1 } else { score == *label };
                let error = fraction * (p - f64::from(u8::from(y)));
                // The bias is the weight of an input that is always 1.
                for (feature, x) in x.iter().chain(&[1.0]).enumerate() {
                    gradient[feature * self.scores + score] += error * x;
                }
            }
        }
        gradient
    }

    /// The gradient of the loss that the zoo trains with.
    pub(super) fn autodiff(&self) -> Result<Vec<f64>> {
        let inputs = matrix(&self.inputs, [self.labels.len(), self.features], DType::F64);
        let labels = labels(&self.labels, &training_device());
        let kind = match self.scores {
            1 => Loss::BinaryCrossEntropy { positive_weight: 1.0 },
            _ => Loss::CrossEntropy { label_smoothing: 0.0 },
        };
        gradient_by_parts(&self.parameters, &[[self.features, self.scores], [1, self.scores]], DType::F64, |leaves| {
            let logits = inputs.clone().matmul(leaves[0].clone()) + leaves[1].clone(); // [examples, scores]
            loss(&kind, logits, labels.clone())
        })
    }
}
