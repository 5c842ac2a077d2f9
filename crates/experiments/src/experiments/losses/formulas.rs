//! Each loss with its gradient by hand, and the same as the zoo or Burn has it.

use self::TargetKind::*;
use crate::autodiff::double;
use crate::prelude::*;
use crate::scalar::softplus;
use burn::nn::loss::{HuberLossConfig, MseLoss, Reduction};
use burn::tensor::activation::{log_softmax, relu};
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
#[derive(Clone, Copy)]
pub(super) enum TargetKind {
    /// Numbers, so many an example.
    Numbers(usize),
    /// A probability and 0 or 1.
    Probability,
    /// One score and 0 or 1; the zoo's, in single precision.
    Score,
    /// So many scores and one of as many classes; the zoo's, in single precision.
    Scores(usize),
    /// So many scores and one of as many classes, on Burn tensors in double precision.
    OneAgainstRest(usize),
    /// So many scores and as many probabilities.
    Distribution(usize),
}

/// From here on Huber's loss is linear.
const DELTA: f64 = 1.0;
const MARGIN: f64 = 1.0;

pub(super) const BINARY_CROSS_ENTROPY: &str = "binary cross-entropy of a sigmoid (zoo)";
pub(super) const SQUARED_ERROR: &str = "squared error of a sigmoid (zoo)";
pub(super) const CROSS_ENTROPY: &str = "categorical cross-entropy of softmax (zoo)";
pub(super) const MULTI_CLASS: &str = "multi-class hinge (zoo)";
pub(super) const ONE_AGAINST_REST: &str = "binary hinge, one against the rest";

pub(super) const LOSSES: &[LossFormula] = &[
    LossFormula {
        name: "MSE",
        formula: "1/N Σ e²",
        gradient_formula: "2 e / N",
        kind: Numbers(1),
        value: |x, t| (x[0] - t[0]).powi(2),
        gradient: |x, t| vec![2.0 * (x[0] - t[0])],
        on_tensors: |x, t| MseLoss::new().forward(x.clone(), like(&x, t), Reduction::Mean),
    },
    LossFormula {
        name: "MAE",
        formula: "1/N Σ |e|",
        gradient_formula: "sign(e) / N",
        kind: Numbers(1),
        value: |x, t| (x[0] - t[0]).abs(),
        gradient: |x, t| vec![(x[0] - t[0]).signum()],
        on_tensors: |x, t| (x.clone() - like(&x, t)).abs().mean(),
    },
    LossFormula {
        name: "Huber, δ = 1",
        formula: "1/N Σ (e²/2 for |e| < δ, else δ (|e| - δ/2))",
        gradient_formula: "e / N for |e| < δ, else δ sign(e) / N",
        kind: Numbers(1),
        value: |x, t| huber(x[0] - t[0]),
        gradient: |x, t| vec![(x[0] - t[0]).clamp(-DELTA, DELTA)],
        on_tensors: |x, t| {
            let huber = HuberLossConfig::new(DELTA as f32).init();
            huber.forward(x.clone(), like(&x, t), Reduction::Mean)
        },
    },
    LossFormula {
        name: "quadratic cost",
        formula: "1/(2N) Σ |e|²",
        gradient_formula: "e / N",
        kind: Numbers(3),
        value: |x, t| differences(x, t).iter().map(|e| e * e).sum::<f64>() / 2.0,
        gradient: differences,
        on_tensors: |x, t| (x.clone() - like(&x, t)).square().sum_dim(1).mean() * 0.5,
    },
    LossFormula {
        name: "binary cross-entropy of a probability",
        formula: "-1/N Σ (t ln p + (1 - t) ln(1 - p))",
        gradient_formula: "(p - t) / (p (1 - p)) / N",
        kind: Probability,
        value: |p, t| -t[0] * p[0].ln() - (1.0 - t[0]) * (1.0 - p[0]).ln(),
        gradient: |p, t| vec![(p[0] - t[0]) / (p[0] * (1.0 - p[0]))],
        on_tensors: binary_cross_entropy,
    },
    LossFormula {
        name: BINARY_CROSS_ENTROPY,
        formula: "the same with p = σ(z)",
        gradient_formula: "(σ(z) - t) / N",
        kind: Score,
        value: |z, t| softplus(if t[0] == 1.0 { -z[0] } else { z[0] }),
        gradient: |z, t| vec![sigmoid(z[0]) - t[0]],
        on_tensors: |z, t| zoo(&Zoo::BinaryCrossEntropy { positive_weight: 1.0 }, z, t),
    },
    LossFormula {
        name: SQUARED_ERROR,
        formula: "1/N Σ (σ(z) - t)²",
        gradient_formula: "2 (σ(z) - t) σ'(z) / N",
        kind: Score,
        value: |z, t| (sigmoid(z[0]) - t[0]).powi(2),
        gradient: |z, t| vec![2.0 * (sigmoid(z[0]) - t[0]) * sigmoid(z[0]) * sigmoid(-z[0])],
        on_tensors: |z, t| zoo(&Zoo::MeanSquaredError, z, t),
    },
    LossFormula {
        name: CROSS_ENTROPY,
        formula: "-1/N Σ ln s_y(z)",
        gradient_formula: "(s(z) - t) / N",
        kind: Scores(4),
        value: cross_entropy,
        gradient: |z, t| differences(&softmax(z), t),
        on_tensors: |z, t| zoo(&Zoo::CrossEntropy { label_smoothing: 0.0 }, z, t),
    },
    LossFormula {
        name: MULTI_CLASS,
        formula: "1/N Σ Σ_{j≠y} max(0, s_j - s_y + 1)",
        gradient_formula: "1/N for each j within the margin, minus their number / N for y",
        kind: Scores(4),
        value: |s, t| overlaps(s, t).iter().map(|overlap| overlap.max(0.0)).sum(),
        gradient: hinge_gradient,
        on_tensors: |s, t| zoo(&Zoo::Hinge { margin: MARGIN }, s, t),
    },
    LossFormula {
        name: ONE_AGAINST_REST,
        formula: "1/N Σ Σ_k max(0, 1 - t_k s_k), t_k = 1 for k = y, else -1",
        gradient_formula: "-t_k / N where t_k s_k < 1, else 0",
        kind: OneAgainstRest(4),
        value: |s, t| s.iter().zip(t).map(|(s, t)| binary_hinge(*s, *t)).sum(),
        gradient: |s, t| s.iter().zip(t).map(|(s, t)| binary_hinge_slope(*s, *t)).collect(),
        on_tensors: one_against_rest,
    },
    LossFormula {
        name: "KL divergence from softmax",
        formula: "1/N Σ Σ_k p_k ln(p_k / s_k(z))",
        gradient_formula: "(s(z) - p) / N",
        kind: Distribution(4),
        value: |z, p| divergence(p, &softmax(z)),
        gradient: |z, p| differences(&softmax(z), p),
        on_tensors: divergence_from_softmax,
    },
];

/// The loss of this name.
pub(super) fn named(name: &str) -> Result<&'static LossFormula> {
    LOSSES.iter().find(|loss| loss.name == name).with_context(|| format!("the table has no loss {name}"))
}

pub(super) fn huber(error: f64) -> f64 {
    if error.abs() < DELTA { error * error / 2.0 } else { DELTA * (error.abs() - DELTA / 2.0) }
}

/// `max(0, 1 - t s)` of one score: 0 from 1 on, "right and far enough". The target is 1 or 0, which stands for `t = -1`.
pub(super) fn binary_hinge(score: f64, target: f64) -> f64 {
    (MARGIN - sign(target) * score).max(0.0)
}

fn binary_hinge_slope(score: f64, target: f64) -> f64 {
    if binary_hinge(score, target) > 0.0 { -sign(target) } else { 0.0 }
}

fn sign(target: f64) -> f64 {
    2.0 * target - 1.0
}

/// A binary hinge for every class, against the rest; the mean over a batch.
fn one_against_rest(scores: Tensor<2>, targets: &[Vec<f64>]) -> Tensor<1> {
    let signs = like(&scores, targets) * 2.0 - 1.0;
    relu((signs * scores).neg() + MARGIN).sum_dim(1).mean()
}

/// `KL(p || q) = Σ p ln(p / q)`; what `p` never does costs nothing.
pub(super) fn divergence(p: &[f64], q: &[f64]) -> f64 {
    p.iter().zip(q).filter(|(p, _)| **p > 0.0).map(|(p, q)| p * (p / q).ln()).sum()
}

/// `-Σ t ln s(z)`.
pub(super) fn cross_entropy(scores: &[f64], targets: &[f64]) -> f64 {
    -targets.iter().zip(softmax(scores)).filter(|(t, _)| **t > 0.0).map(|(t, p)| t * p.ln()).sum::<f64>()
}

/// As Burn tensors, of outputs taken for probabilities.
pub(super) fn binary_cross_entropy(p: Tensor<2>, targets: &[Vec<f64>]) -> Tensor<1> {
    let t = like(&p, targets);
    (t.clone() * p.clone().log() + (t.neg() + 1.0) * (p.neg() + 1.0).log()).mean().neg()
}

/// `KL(p || s(z))`, the mean over a batch.
pub(super) fn divergence_from_softmax(scores: Tensor<2>, targets: &[Vec<f64>]) -> Tensor<1> {
    let p = like(&scores, targets);
    (p.clone() * (p.log() - log_softmax(scores, 1))).sum_dim(1).mean()
}

/// The zoo's loss, in the precision in which it trains.
pub(super) fn zoo(kind: &Zoo, scores: Tensor<2>, targets: &[Vec<f64>]) -> Tensor<1> {
    let classes = labels(&targets.iter().map(|one| class(one)).collect::<Vec<_>>(), &scores.device());
    trainer::loss::loss(kind, scores.cast(DType::F32), classes)
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

/// How far each wrong class reaches into the margin: above 0 is a loss.
fn overlaps(scores: &[f64], target: &[f64]) -> Vec<f64> {
    let label = class(target);
    let wrong = (0..scores.len()).filter(|&other| other != label);
    wrong.map(|other| scores[other] - scores[label] + MARGIN).collect()
}

fn hinge_gradient(scores: &[f64], target: &[f64]) -> Vec<f64> {
    let label = class(target);
    let within = |score: &f64| f64::from(u8::from(score - scores[label] + MARGIN > 0.0));
    let mut gradient: Vec<f64> = scores.iter().map(within).collect();
    gradient[label] = 0.0;
    gradient[label] = -gradient.iter().sum::<f64>();
    gradient
}
