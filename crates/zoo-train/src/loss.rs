//! What training minimizes.

use burn::tensor::activation::{log_sigmoid, relu, sigmoid, softmax};
use burn::tensor::{FloatDType, Int, Tensor};
use zoo_kernels::cross_entropy;
use zoo_recipe::Loss;

/// What a model should give for a batch of examples.
#[derive(Clone, Debug)]
pub enum BatchTargets {
    /// Class indices, `[batch]`.
    Classes(Tensor<1, Int>),
    /// Standardized numbers, `[batch]`.
    Numbers(Tensor<1>),
}

impl From<Tensor<1, Int>> for BatchTargets {
    fn from(labels: Tensor<1, Int>) -> Self {
        BatchTargets::Classes(labels)
    }
}

/// The mean loss over a batch, `[1]`, of logits `[batch, outputs]` against class indices or numbers `[batch]`.
///
/// # Panics
///
/// If the loss is for one logit and there are more, or the other way about, or it is for classes and there are numbers, or the
/// other way about.
pub fn loss(kind: &Loss, logits: Tensor<2>, targets: impl Into<BatchTargets>) -> Tensor<1> {
    losses(kind, logits, targets).mean()
}

/// The loss of each example, `[batch]`: their sum over batches of unequal size gives an exact mean.
///
/// # Panics
///
/// As [`loss`].
pub fn losses(kind: &Loss, logits: Tensor<2>, targets: impl Into<BatchTargets>) -> Tensor<1> {
    match targets.into() {
        BatchTargets::Classes(labels) => class_losses(kind, logits, labels),
        BatchTargets::Numbers(targets) => number_losses(kind, logits.squeeze_dim(1), targets),
    }
}

fn number_losses(kind: &Loss, predicted: Tensor<1>, targets: Tensor<1>) -> Tensor<1> {
    let errors = predicted - targets; // [batch]
    match *kind {
        Loss::MeanSquaredError => errors.square(),
        Loss::MeanAbsoluteError => errors.abs(),
        Loss::Huber { delta } => {
            let sizes = errors.abs();
            let squared = sizes.clone().clamp_max(delta);
            (sizes - squared.clone()) * delta + squared.square() * 0.5
        }
        _ => panic!("{kind:?} is for classes, not for numbers"),
    }
}

fn class_losses(kind: &Loss, logits: Tensor<2>, labels: Tensor<1, Int>) -> Tensor<1> {
    let [_, outputs] = logits.dims();
    let one_logit = outputs == 1;
    let losses = match *kind {
        Loss::BinaryCrossEntropy { positive_weight } => {
            assert!(one_logit, "binary cross-entropy takes one logit, not {outputs}");
            binary_cross_entropy(logits, labels, positive_weight)
        }
        Loss::MeanSquaredError if one_logit => {
            let targets = like(&logits, column(labels));
            (sigmoid(logits) - targets).square()
        }
        Loss::MeanSquaredError => {
            let targets = like(&logits, one_hot(labels, outputs));
            (softmax(logits, 1) - targets).square().mean_dim(1)
        }
        Loss::MeanAbsoluteError | Loss::Huber { .. } => panic!("{kind:?} is for numbers, not for classes"),
        _ if one_logit => panic!("{kind:?} takes one logit a class, not a single one"),
        Loss::CrossEntropy { label_smoothing } => return cross_entropy(logits, labels, label_smoothing),
        Loss::Hinge { margin } => hinge(logits, labels, margin),
    };
    losses.squeeze_dim(1) // [batch]
}

/// `-log sigmoid(z)` times the weight for label 1 and `-log sigmoid(-z)` for label 0: finite for every logit.
fn binary_cross_entropy(logits: Tensor<2>, labels: Tensor<1, Int>, positive_weight: f64) -> Tensor<2> {
    let positive = like(&logits, column(labels)); // [batch, 1]: 1 or 0
    let losses = log_sigmoid(logits * (positive.clone() * 2.0 - 1.0)).neg();
    if positive_weight == 1.0 {
        return losses;
    }
    losses * (positive * (positive_weight - 1.0) + 1.0)
}

/// The sum over the wrong classes of `max(0, s_j - s_label + margin)`.
fn hinge(logits: Tensor<2>, labels: Tensor<1, Int>, margin: f64) -> Tensor<2> {
    let of_label = logits.clone().gather(1, column(labels)); // [batch, 1]
    // The label's own term is `margin` whatever the scores are, so it is cheaper to take it off than to mask it.
    relu(logits - of_label + margin).sum_dim(1) - margin
}

/// Whole numbers in the precision of the logits.
fn like(logits: &Tensor<2>, numbers: Tensor<2, Int>) -> Tensor<2> {
    numbers.float().cast(FloatDType::from(logits.dtype()))
}

/// 1 for the class of each label, 0 for the others, `[batch, classes]`. Burn's own looks at the labels on the host first.
fn one_hot(labels: Tensor<1, Int>, classes: usize) -> Tensor<2, Int> {
    let all = Tensor::<1, Int>::arange(0..classes as i64, &labels.device());
    column(labels).equal(all.unsqueeze_dim(0)).int()
}

fn column(labels: Tensor<1, Int>) -> Tensor<2, Int> {
    labels.unsqueeze_dim(1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use burn::tensor::Device;

    use super::*;

    #[test]
    fn equal_scores_cost_the_logarithm_of_the_classes() {
        let found = of_one(Loss::CrossEntropy { label_smoothing: 0.0 }, [0.0; 10], 3);
        assert!((found - 10.0_f32.ln()).abs() < 1e-6);
        let smoothed = of_one(Loss::CrossEntropy { label_smoothing: 0.1 }, [0.0; 10], 3);
        assert!((smoothed - 10.0_f32.ln()).abs() < 1e-6);
    }

    #[test]
    fn hinge_counts_wrong_classes_within_the_margin() {
        // 0.5 - 2 + 1 is no loss, 1.5 - 2 + 1 is, 4 - 2 + 1 is.
        assert_eq!(of_one(Loss::Hinge { margin: 1.0 }, [2.0, 0.5, 1.5, 4.0], 0), 3.5);
    }

    #[test]
    fn binary_cross_entropy_is_finite_for_large_logits() {
        assert_eq!(of_one(Loss::BinaryCrossEntropy { positive_weight: 1.0 }, [200.0], 0), 200.0);
        assert_eq!(of_one(Loss::BinaryCrossEntropy { positive_weight: 1.0 }, [-200.0], 1), 200.0);
        assert_eq!(of_one(Loss::BinaryCrossEntropy { positive_weight: 1.0 }, [200.0], 1), 0.0);
    }

    #[test]
    fn a_weight_counts_the_positive_class_alone() {
        let weighted = Loss::BinaryCrossEntropy { positive_weight: 3.0 };
        assert_eq!(of_one(weighted, [-200.0], 1), 600.0);
        assert_eq!(of_one(weighted, [200.0], 0), 200.0);
    }

    #[test]
    fn squared_error_is_between_probabilities_and_one_hot() {
        assert_eq!(of_one(Loss::MeanSquaredError, [0.0], 1), 0.25);
        // (1/4 - 1)^2 and three times (1/4)^2, over four classes.
        assert_eq!(of_one(Loss::MeanSquaredError, [7.0; 4], 2), 0.1875);
    }

    #[test]
    fn the_mean_is_over_the_batch() {
        let device = Device::flex();
        let logits = Tensor::from_floats([[0.0], [100.0]], &device);
        let labels = Tensor::<1, Int>::from_ints([1, 1], &device);
        let mean: f32 = loss(&Loss::BinaryCrossEntropy { positive_weight: 1.0 }, logits, labels).into_scalar();
        assert!((mean - 2.0_f32.ln() / 2.0).abs() < 1e-6);
    }

    #[test]
    fn numbers_cost_their_error_squared_absolute_or_in_between() {
        let device = Device::flex();
        let of = |kind: Loss| {
            let logits = Tensor::<2>::from_floats([[1.5], [-2.0], [0.5]], &device);
            let targets = BatchTargets::Numbers(Tensor::from_floats([1.0, 1.0, 0.5], &device));
            losses(&kind, logits, targets).into_data().try_to_vec::<f32>().unwrap()
        };
        assert_eq!(of(Loss::MeanSquaredError), [0.25, 9.0, 0.0]);
        assert_eq!(of(Loss::MeanAbsoluteError), [0.5, 3.0, 0.0]);
        // torch.nn.functional.huber_loss(..., reduction="none", delta=1) of PyTorch 2: 0.125, 2.5, 0
        assert_eq!(of(Loss::Huber { delta: 1.0 }), [0.125, 2.5, 0.0]);
    }

    #[test]
    #[should_panic(expected = "takes one logit, not 3")]
    fn several_logits_for_a_loss_on_one_are_a_mistake() {
        of_one(Loss::BinaryCrossEntropy { positive_weight: 1.0 }, [0.0; 3], 0);
    }

    fn of_one<const OUTPUTS: usize>(kind: Loss, logits: [f32; OUTPUTS], label: i32) -> f32 {
        let device = Device::flex();
        let logits = Tensor::from_floats([logits], &device);
        let labels = Tensor::<1, Int>::from_ints([label], &device);
        losses(&kind, logits, labels).into_scalar()
    }
}
