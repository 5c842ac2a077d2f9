//! Each loss with its gradient by hand, and the same as the zoo trains with it.

use self::TargetKind::*;
use super::divergence::cross_entropy;
use crate::autodiff::double;
use crate::prelude::*;
use crate::rings::CROSS_ENTROPY;
use crate::scalar::softplus;
use burn::tensor::activation::relu;
use trainer::loss::BatchTargets;
use zoo_recipe::Loss as Zoo;

/// A loss of one example: `x` is the prediction or the scores, `t` the target (for a class a one-hot vector).
pub(super) struct LossFormula {
    pub(super) name: &'static str,
    pub(super) formula: &'static str,
    pub(super) gradient_formula: &'static str,
    pub(super) kind: TargetKind,
    pub(super) value: fn(&[f64], &[f64]) -> f64,
    pub(super) gradient: fn(&[f64], &[f64]) -> Vec<f64>,
    /// The mean over a batch `[batch, outputs]`, `[1]`.
    pub(super) on_tensors: fn(Tensor<2>, &[Vec<f64>]) -> Tensor<1>,
}

/// What predictions and targets are.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum TargetKind {
    /// Two numbers.
    Number,
    /// One score and 0 or 1.
    Binary,
    /// A score for every class, and one of them.
    Classes,
}

/// Of a loss of several.
pub(super) const CLASSES: usize = 4;
pub(super) const BCE: Zoo = Zoo::BinaryCrossEntropy { positive_weight: 1.0 };
/// From here on Huber's loss is linear.
const DELTA: f64 = 1.0;
const MARGIN: f64 = 1.0;

pub(super) const LOSSES: &[LossFormula] = &[
    LossFormula {
        name: "MSE",
        formula: "1/N Σ e²",
        gradient_formula: "2 e / N",
        kind: Number,
        value: |x, t| (x[0] - t[0]).powi(2),
        gradient: |x, t| vec![2.0 * (x[0] - t[0])],
        on_tensors: |x, t| of_numbers(&Zoo::MeanSquaredError, x, t),
    },
    LossFormula {
        name: "quadratic cost",
        formula: "1/(2N) Σ e²",
        gradient_formula: "e / N",
        kind: Number,
        value: |x, t| (x[0] - t[0]).powi(2) / 2.0,
        gradient: differences,
        on_tensors: |x, t| of_numbers(&Zoo::MeanSquaredError, x, t) * 0.5,
    },
    LossFormula {
        name: "MAE",
        formula: "1/N Σ |e|",
        gradient_formula: "sign(e) / N",
        kind: Number,
        value: |x, t| (x[0] - t[0]).abs(),
        gradient: |x, t| vec![(x[0] - t[0]).signum()],
        on_tensors: |x, t| of_numbers(&Zoo::MeanAbsoluteError, x, t),
    },
    LossFormula {
        name: "Huber, δ = 1",
        formula: "1/N Σ (e²/2 for |e| < δ, else δ (|e| - δ/2))",
        gradient_formula: "e / N for |e| < δ, else δ sign(e) / N",
        kind: Number,
        value: |x, t| huber(x[0] - t[0]),
        gradient: |x, t| vec![(x[0] - t[0]).clamp(-DELTA, DELTA)],
        on_tensors: |x, t| of_numbers(&Zoo::Huber { delta: DELTA }, x, t),
    },
    LossFormula {
        name: "binary cross-entropy of a sigmoid",
        formula: "-1/N Σ (t ln p + (1 - t) ln(1 - p)), p = σ(z)",
        gradient_formula: "(σ(z) - t) / N",
        kind: Binary,
        value: |z, t| softplus(-sign(t[0]) * z[0]),
        gradient: |z, t| vec![sigmoid(z[0]) - t[0]],
        on_tensors: |z, t| of_classes(&BCE, z, t),
    },
    LossFormula {
        name: "squared error of a sigmoid",
        formula: "1/N Σ (σ(z) - t)²",
        gradient_formula: "2 (σ(z) - t) σ'(z) / N",
        kind: Binary,
        value: |z, t| (sigmoid(z[0]) - t[0]).powi(2),
        gradient: |z, t| vec![2.0 * (sigmoid(z[0]) - t[0]) * sigmoid(z[0]) * sigmoid(-z[0])],
        on_tensors: |z, t| of_classes(&Zoo::MeanSquaredError, z, t),
    },
    LossFormula {
        name: "binary hinge",
        formula: "1/N Σ max(0, 1 - t s), t = 1 or -1",
        gradient_formula: "-t / N where t s < 1, else 0",
        kind: Binary,
        value: |s, t| binary_hinge(s[0], t[0]),
        gradient: |s, t| vec![if binary_hinge(s[0], t[0]) > 0.0 { -sign(t[0]) } else { 0.0 }],
        on_tensors: |s, t| relu(s.clone() * (like(&s, t) * -2.0 + 1.0) + MARGIN).mean(),
    },
    LossFormula {
        name: "categorical cross-entropy of softmax",
        formula: "-1/N Σ ln s_y(z)",
        gradient_formula: "(s(z) - t) / N",
        kind: Classes,
        value: cross_entropy,
        gradient: |z, t| differences(&softmax(z), t),
        on_tensors: |z, t| of_classes(&CROSS_ENTROPY, z, t),
    },
    LossFormula {
        name: "multi-class hinge",
        formula: "1/N Σ Σ_{j≠y} max(0, s_j - s_y + 1)",
        gradient_formula: "1/N for each j within the margin, minus their number / N for y",
        kind: Classes,
        value: hinge,
        gradient: hinge_gradient,
        on_tensors: |s, t| of_classes(&Zoo::Hinge { margin: MARGIN }, s, t),
    },
];

pub(super) fn huber(error: f64) -> f64 {
    if error.abs() < DELTA { error * error / 2.0 } else { DELTA * (error.abs() - DELTA / 2.0) }
}

/// `max(0, 1 - t s)` of one score: 0 from 1 on, "right and far enough". The target is 1 or 0, which stands for `t = -1`.
pub(super) fn binary_hinge(score: f64, target: f64) -> f64 {
    (MARGIN - sign(target) * score).max(0.0)
}

fn sign(target: f64) -> f64 {
    2.0 * target - 1.0
}

/// `Σ_{j≠y} max(0, s_j - s_y + 1)`.
pub(super) fn hinge(scores: &[f64], target: &[f64]) -> f64 {
    let of_label = scores[class(target)];
    let wrong = scores.iter().zip(target).filter(|(_, t)| **t == 0.0);
    wrong.map(|(score, _)| (score - of_label + MARGIN).max(0.0)).sum()
}

fn hinge_gradient(scores: &[f64], target: &[f64]) -> Vec<f64> {
    let label = class(target);
    let within = |score: &f64| f64::from(u8::from(score - scores[label] + MARGIN > 0.0));
    let mut gradient: Vec<f64> = scores.iter().map(within).collect();
    gradient[label] = 0.0;
    gradient[label] = -gradient.iter().sum::<f64>();
    gradient
}

/// The zoo's loss of scores, in the precision in which it trains.
pub(super) fn of_classes(kind: &Zoo, scores: Tensor<2>, targets: &[Vec<f64>]) -> Tensor<1> {
    let classes = labels(&targets.iter().map(|one| class(one)).collect::<Vec<_>>(), &scores.device());
    trainer::loss::loss(kind, scores.cast(DType::F32), classes)
}

/// The same of predicted numbers.
fn of_numbers(kind: &Zoo, predicted: Tensor<2>, targets: &[Vec<f64>]) -> Tensor<1> {
    let predicted = predicted.cast(DType::F32);
    let targets = like(&predicted, targets).squeeze_dim(1);
    trainer::loss::loss(kind, predicted, BatchTargets::Numbers(targets))
}

/// 1 for the class, 0 for the others.
pub(super) fn one_hot(classes: usize, class: usize) -> Vec<f64> {
    (0..classes).map(|other| f64::from(u8::from(other == class))).collect()
}

/// The class of a one-hot target, or of a single 0 or 1.
fn class(target: &[f64]) -> usize {
    match target {
        [one] => usize::from(*one == 1.0),
        _ => target.iter().position(|t| *t == 1.0).unwrap_or_default(),
    }
}

/// Targets in the precision of `x`.
fn like(x: &Tensor<2>, targets: &[Vec<f64>]) -> Tensor<2> {
    double(&targets.concat(), x.dims(), &x.device()).cast(x.dtype())
}

fn differences(left: &[f64], right: &[f64]) -> Vec<f64> {
    left.iter().zip(right).map(|(left, right)| left - right).collect()
}
