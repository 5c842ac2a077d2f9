//! Each loss with its gradient by hand, and the same as the zoo or Burn has it.

use crate::autodiff::double;
use crate::descent::labels;
use crate::scalar::softmax;
use crate::scalar::{sigmoid, softplus};
use burn::nn::loss::{HuberLossConfig, MseLoss, Reduction};
use burn::tensor::activation::{log_softmax, relu};
use burn::tensor::{DType, Int, Tensor};
use zoo_recipe::Loss as Zoo;

/// A loss of one example: `x` is the prediction or the scores, `t` the target (for a class a one-hot vector).
#[derive(Clone, Copy)]
pub(super) struct LossFormula {
    pub(super) name: &'static str,
    pub(super) formula: &'static str,
    pub(super) gradient_formula: &'static str,
    pub(super) kind: TargetKind,
    pub(super) value: fn(&[f64], &[f64]) -> f64,
    pub(super) gradient: fn(&[f64], &[f64]) -> Vec<f64>,
    /// The mean over a batch `[batch, outputs]`, `[1]`.
    pub(super) on_tensors: fn(Tensor<2>, &[Vec<f64>]) -> Tensor<1>,
    /// How far from an example the nearest kink is, where there are some.
    pub(super) to_kink: fn(&[f64], &[f64]) -> f64,
}

/// What predictions and targets are.
#[derive(Clone, Copy, PartialEq)]
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
pub(super) const DELTA: f64 = 1.0;
const SMOOTHING: f64 = 0.1;
const MARGIN: f64 = 1.0;
const SMOOTH: fn(&[f64], &[f64]) -> f64 = |_, _| f64::INFINITY;

pub(super) const LOSSES: [LossFormula; 13] = [
    LossFormula {
        name: "MSE",
        formula: "1/N Σ e²",
        gradient_formula: "2 e / N",
        kind: TargetKind::Numbers(1),
        value: |x, t| (x[0] - t[0]).powi(2),
        gradient: |x, t| vec![2.0 * (x[0] - t[0])],
        on_tensors: |x, t| MseLoss::new().forward(x.clone(), like(&x, t), Reduction::Mean),
        to_kink: SMOOTH,
    },
    LossFormula {
        name: "MAE",
        formula: "1/N Σ |e|",
        gradient_formula: "sign(e) / N",
        kind: TargetKind::Numbers(1),
        value: |x, t| (x[0] - t[0]).abs(),
        gradient: |x, t| vec![(x[0] - t[0]).signum()],
        on_tensors: |x, t| (x.clone() - like(&x, t)).abs().mean(),
        to_kink: |x, t| (x[0] - t[0]).abs(),
    },
    LossFormula {
        name: "Huber, δ = 1",
        formula: "1/N Σ (e²/2 for |e| < δ, else δ (|e| - δ/2))",
        gradient_formula: "e / N for |e| < δ, else δ sign(e) / N",
        kind: TargetKind::Numbers(1),
        value: |x, t| huber(x[0] - t[0]),
        gradient: |x, t| vec![(x[0] - t[0]).clamp(-DELTA, DELTA)],
        on_tensors: |x, t| {
            let huber = HuberLossConfig::new(DELTA as f32).init();
            huber.forward(x.clone(), like(&x, t), Reduction::Mean)
        },
        to_kink: |x, t| ((x[0] - t[0]).abs() - DELTA).abs(),
    },
    LossFormula {
        name: "quadratic cost",
        formula: "1/(2N) Σ |e|²",
        gradient_formula: "e / N",
        kind: TargetKind::Numbers(3),
        value: |x, t| differences(x, t).iter().map(|e| e * e).sum::<f64>() / 2.0,
        gradient: differences,
        on_tensors: |x, t| (x.clone() - like(&x, t)).square().sum_dim(1).mean() * 0.5,
        to_kink: SMOOTH,
    },
    LossFormula {
        name: "binary cross-entropy of a probability",
        formula: "-1/N Σ (t ln p + (1 - t) ln(1 - p))",
        gradient_formula: "(p - t) / (p (1 - p)) / N",
        kind: TargetKind::Probability,
        value: |p, t| -t[0] * p[0].ln() - (1.0 - t[0]) * (1.0 - p[0]).ln(),
        gradient: |p, t| vec![(p[0] - t[0]) / (p[0] * (1.0 - p[0]))],
        on_tensors: binary_cross_entropy,
        to_kink: SMOOTH,
    },
    LossFormula {
        name: "binary cross-entropy of a sigmoid (zoo)",
        formula: "the same with p = σ(z)",
        gradient_formula: "(σ(z) - t) / N",
        kind: TargetKind::Score,
        value: |z, t| softplus(if t[0] == 1.0 { -z[0] } else { z[0] }),
        gradient: |z, t| vec![sigmoid(z[0]) - t[0]],
        on_tensors: |z, t| zoo(&Zoo::BinaryCrossEntropy { positive_weight: 1.0 }, z, t),
        to_kink: SMOOTH,
    },
    LossFormula {
        name: "squared error of a sigmoid (zoo)",
        formula: "1/N Σ (σ(z) - t)²",
        gradient_formula: "2 (σ(z) - t) σ'(z) / N",
        kind: TargetKind::Score,
        value: |z, t| (sigmoid(z[0]) - t[0]).powi(2),
        gradient: |z, t| vec![2.0 * (sigmoid(z[0]) - t[0]) * sigmoid(z[0]) * sigmoid(-z[0])],
        on_tensors: |z, t| zoo(&Zoo::MeanSquaredError, z, t),
        to_kink: SMOOTH,
    },
    LossFormula {
        name: "categorical cross-entropy of softmax (zoo)",
        formula: "-1/N Σ ln s_y(z)",
        gradient_formula: "(s(z) - t) / N",
        kind: TargetKind::Scores(4),
        value: |z, t| cross_entropy(z, t),
        gradient: |z, t| differences(&softmax(z), t),
        on_tensors: |z, t| zoo(&Zoo::CrossEntropy { label_smoothing: 0.0 }, z, t),
        to_kink: SMOOTH,
    },
    LossFormula {
        name: "the same with a tenth of the target spread (zoo)",
        formula: "-1/N Σ Σ_k t'_k ln s_k(z), t' = 0.9 t + 0.1 / K",
        gradient_formula: "(s(z) - t') / N",
        kind: TargetKind::Scores(4),
        value: |z, t| cross_entropy(z, &smoothed(t)),
        gradient: |z, t| differences(&softmax(z), &smoothed(t)),
        on_tensors: |z, t| zoo(&Zoo::CrossEntropy { label_smoothing: SMOOTHING }, z, t),
        to_kink: SMOOTH,
    },
    LossFormula {
        name: "squared error of softmax (zoo)",
        formula: "1/(NK) Σ |s(z) - t|²",
        gradient_formula: "2/(NK) s_j (e_j - Σ_k s_k e_k), e = s(z) - t",
        kind: TargetKind::Scores(4),
        value: |z, t| differences(&softmax(z), t).iter().map(|e| e * e).sum::<f64>() / z.len() as f64,
        gradient: squared_error_gradient,
        on_tensors: |z, t| zoo(&Zoo::MeanSquaredError, z, t),
        to_kink: SMOOTH,
    },
    LossFormula {
        name: "multi-class hinge (zoo)",
        formula: "1/N Σ Σ_{j≠y} max(0, s_j - s_y + 1)",
        gradient_formula: "1/N for each j within the margin, minus their number / N for y",
        kind: TargetKind::Scores(4),
        value: |s, t| overlaps(s, t).iter().map(|overlap| overlap.max(0.0)).sum(),
        gradient: hinge_gradient,
        on_tensors: |s, t| zoo(&Zoo::Hinge { margin: MARGIN }, s, t),
        to_kink: |s, t| overlaps(s, t).iter().fold(f64::INFINITY, |near, overlap| near.min(overlap.abs())),
    },
    LossFormula {
        name: "binary hinge, one against the rest",
        formula: "1/N Σ Σ_k max(0, 1 - t_k s_k), t_k = 1 for k = y, else -1",
        gradient_formula: "-t_k / N where t_k s_k < 1, else 0",
        kind: TargetKind::OneAgainstRest(4),
        value: |s, t| s.iter().zip(t).map(|(s, t)| binary_hinge(*s, *t)).sum(),
        gradient: |s, t| s.iter().zip(t).map(|(s, t)| binary_hinge_slope(*s, *t)).collect(),
        on_tensors: one_against_rest,
        to_kink: |s, t| s.iter().zip(t).map(|(s, t)| (MARGIN - sign(*t) * s).abs()).fold(f64::INFINITY, f64::min),
    },
    LossFormula {
        name: "KL divergence from softmax",
        formula: "1/N Σ Σ_k p_k ln(p_k / s_k(z))",
        gradient_formula: "(s(z) - p) / N",
        kind: TargetKind::Distribution(4),
        value: |z, p| divergence(p, &softmax(z)),
        gradient: |z, p| differences(&softmax(z), p),
        on_tensors: divergence_from_softmax,
        to_kink: SMOOTH,
    },
];

/// The loss of this name.
pub(super) fn named(name: &str) -> Option<&'static LossFormula> {
    LOSSES.iter().find(|loss| loss.name == name)
}

pub(super) fn huber(error: f64) -> f64 {
    if error.abs() < DELTA { error * error / 2.0 } else { DELTA * (error.abs() - DELTA / 2.0) }
}

/// `max(0, 1 - t s)` of one score: 0 from 1 on, "right and far enough". The target is 1 or 0, which stands for `t = -1`.
pub(super) fn binary_hinge(score: f64, target: f64) -> f64 {
    (MARGIN - sign(target) * score).max(0.0)
}

pub(super) fn binary_hinge_slope(score: f64, target: f64) -> f64 {
    if binary_hinge(score, target) > 0.0 { -sign(target) } else { 0.0 }
}

fn sign(target: f64) -> f64 {
    2.0 * target - 1.0
}

/// A binary hinge for every class, against the rest; the mean over a batch.
pub(super) fn one_against_rest(scores: Tensor<2>, targets: &[Vec<f64>]) -> Tensor<1> {
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
    let classes: Tensor<1, Int> = labels(&targets.iter().map(|one| class(one)).collect::<Vec<_>>(), &scores.device());
    trainer::loss::loss(kind, scores.cast(DType::F32), classes)
}

/// The class of a one-hot target, or of a single 0 or 1.
///
/// # Panics
///
/// If a target of several numbers has no 1: then it is no class.
pub(super) fn class(target: &[f64]) -> usize {
    if let [one] = target {
        return usize::from(*one == 1.0);
    }
    let Some(class) = target.iter().position(|&t| t == 1.0) else { panic!("the target {target:?} is no class") };
    class
}

/// Targets in the precision of `x`.
fn like(x: &Tensor<2>, targets: &[Vec<f64>]) -> Tensor<2> {
    double(&targets.concat(), x.dims(), &x.device()).cast(x.dtype())
}

fn differences(left: &[f64], right: &[f64]) -> Vec<f64> {
    left.iter().zip(right).map(|(left, right)| left - right).collect()
}

fn smoothed(target: &[f64]) -> Vec<f64> {
    target.iter().map(|t| (1.0 - SMOOTHING) * t + SMOOTHING / target.len() as f64).collect()
}

fn squared_error_gradient(scores: &[f64], target: &[f64]) -> Vec<f64> {
    let probabilities = softmax(scores);
    let errors = differences(&probabilities, target);
    let mean: f64 = probabilities.iter().zip(&errors).map(|(p, e)| p * e).sum();
    let factor = 2.0 / scores.len() as f64;
    probabilities.iter().zip(&errors).map(|(p, e)| factor * p * (e - mean)).collect()
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
