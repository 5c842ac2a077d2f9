//! The optimization sections of a recipe: what is minimized, by which steps, held back by what.

use serde::{Deserialize, Serialize};
use zoo_core::{Explain, range};

/// What training minimizes, as the mean over a batch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Explain)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Loss {
    /// Softmax and the negative logarithm of the true class's probability, on one logit per class.
    CrossEntropy {
        /// The fraction of the target spread evenly over all classes.
        #[serde(deserialize_with = "range::below_one")]
        #[explain(usual = 0.0)]
        label_smoothing: f64,
    },
    /// The logistic loss, on one logit; label 1 is the positive class.
    BinaryCrossEntropy {
        /// How many times an example of the positive class counts; 1 in the usual form.
        #[serde(deserialize_with = "range::positive")]
        #[explain(usual = 1.0)]
        positive_weight: f64,
    },
    /// Multi-class: the sum over the wrong classes of `max(0, s_j - s_y + margin)`, on one logit per class.
    Hinge {
        /// How far ahead the true class's score has to be; 1 in the usual form.
        #[serde(deserialize_with = "range::positive")]
        #[explain(usual = 1.0)]
        margin: f64,
    },
    /// Between the predicted probabilities and the one-hot target: softmax, or the sigmoid of one logit. Where the target is a number,
    /// between prediction and target, in standard deviations of the training split's targets.
    MeanSquaredError,
    /// The mean of `|prediction - target|`, for a number, in standard deviations: outliers count less than squared.
    MeanAbsoluteError,
    /// Half the squared error up to `delta`, beyond it `delta (|error| - delta / 2)`, for a number.
    Huber {
        /// The error, in standard deviations, from which on it counts linearly; 1 in the usual form.
        #[serde(deserialize_with = "range::positive")]
        #[explain(usual = 1.0)]
        delta: f64,
    },
}

/// How a gradient `g` becomes a step. The constants mean what they mean in PyTorch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Explain)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Optimizer {
    /// Against the gradient.
    Sgd,
    /// `v = momentum v + (1 - dampening) g`, then against `v`.
    Momentum {
        /// The momentum coefficient.
        #[serde(deserialize_with = "range::below_one")]
        #[explain(usual = 0.9)]
        momentum: f64,
        /// The fraction of the gradient that does not enter the velocity; 0 in the usual form.
        #[serde(deserialize_with = "range::unit")]
        #[explain(usual = 0.0)]
        dampening: f64,
    },
    /// Momentum with the gradient looked up one step ahead.
    Nesterov {
        /// The momentum coefficient; above 0.
        #[serde(deserialize_with = "range::fraction")]
        #[explain(usual = 0.9)]
        momentum: f64,
    },
    /// Divides by the root of the sum of all squared gradients so far.
    Adagrad {
        /// Added to the divisor.
        #[serde(deserialize_with = "range::positive")]
        #[explain(usual = 1e-10)]
        epsilon: f64,
        /// The rate is divided by `1 + (step - 1) learning_rate_decay`.
        #[serde(deserialize_with = "range::not_negative")]
        #[explain(usual = 0.0)]
        learning_rate_decay: f64,
    },
    /// Divides by the root of a running mean of squared gradients.
    Rmsprop {
        /// The decay of the running mean.
        #[serde(deserialize_with = "range::below_one")]
        #[explain(usual = 0.99)]
        alpha: f64,
        /// Added to the divisor.
        #[serde(deserialize_with = "range::positive")]
        #[explain(usual = 1e-8)]
        epsilon: f64,
        /// The momentum coefficient; 0 for none.
        #[serde(deserialize_with = "range::below_one")]
        #[explain(usual = 0.0)]
        momentum: f64,
        /// Whether the running mean of the gradients is taken off first.
        #[explain(usual = false)]
        centered: bool,
    },
    /// Running means of gradients and of their squares, both corrected for their start at zero.
    Adam {
        /// The decay of the mean of gradients.
        #[serde(deserialize_with = "range::below_one")]
        #[explain(usual = 0.9)]
        beta1: f64,
        /// The decay of the mean of squares.
        #[serde(deserialize_with = "range::below_one")]
        #[explain(usual = 0.999)]
        beta2: f64,
        /// Added to the divisor.
        #[serde(deserialize_with = "range::positive")]
        #[explain(usual = 1e-8)]
        epsilon: f64,
    },
    /// Adam, with weight decay beside the step instead of in the gradient.
    Adamw {
        /// The decay of the mean of gradients.
        #[serde(deserialize_with = "range::below_one")]
        #[explain(usual = 0.9)]
        beta1: f64,
        /// The decay of the mean of squares.
        #[serde(deserialize_with = "range::below_one")]
        #[explain(usual = 0.999)]
        beta2: f64,
        /// Added to the divisor.
        #[serde(deserialize_with = "range::positive")]
        #[explain(usual = 1e-8)]
        epsilon: f64,
    },
    /// For convolutions: Nesterov's momentum, made orthogonal by five steps of Newton and Schulz, and as long as a step of Adam would
    /// be, or as weights that are normalized say. AdamW for all other parameters, at the same rate.
    Muon {
        /// The momentum coefficient; above 0.
        #[serde(deserialize_with = "range::fraction")]
        #[explain(usual = 0.95)]
        momentum: f64,
        /// AdamW's: the decay of the mean of gradients.
        #[serde(deserialize_with = "range::below_one")]
        #[explain(usual = 0.9)]
        beta1: f64,
        /// AdamW's: the decay of the mean of squares.
        #[serde(deserialize_with = "range::below_one")]
        #[explain(usual = 0.999)]
        beta2: f64,
        /// AdamW's: added to the divisor.
        #[serde(deserialize_with = "range::positive")]
        #[explain(usual = 1e-8)]
        epsilon: f64,
    },
}

/// The learning rate of every step. All shapes but the one-cycles may rise linearly over `warmup_steps` first.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Explain)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Schedule {
    /// The same at every step.
    Constant {
        /// The rate.
        #[serde(deserialize_with = "range::positive")]
        learning_rate: f64,
        /// Steps of linear rise; 0 for none.
        #[serde(deserialize_with = "range::count_or_none::<1_000_000_000, _>")]
        #[explain(usual = 0)]
        warmup_steps: usize,
    },
    /// Multiplied by `factor` every `every_epochs` epochs.
    Step {
        /// The rate at first.
        #[serde(deserialize_with = "range::positive")]
        learning_rate: f64,
        /// Steps of linear rise; 0 for none.
        #[serde(deserialize_with = "range::count_or_none::<1_000_000_000, _>")]
        #[explain(usual = 0)]
        warmup_steps: usize,
        /// Above 0, at most 1.
        #[serde(deserialize_with = "range::factor")]
        #[explain(usual = 0.1)]
        factor: f64,
        /// Epochs between two changes.
        #[serde(deserialize_with = "range::count::<100_000, _>")]
        #[explain(usual = 30)]
        every_epochs: usize,
    },
    /// Multiplied by `factor` after every epoch, interpolated by step.
    Exponential {
        /// The rate at first.
        #[serde(deserialize_with = "range::positive")]
        learning_rate: f64,
        /// Steps of linear rise; 0 for none.
        #[serde(deserialize_with = "range::count_or_none::<1_000_000_000, _>")]
        #[explain(usual = 0)]
        warmup_steps: usize,
        /// Above 0, at most 1.
        #[serde(deserialize_with = "range::factor")]
        #[explain(usual = 0.95)]
        factor: f64,
    },
    /// Half a cosine from `learning_rate` to `final_learning_rate` at the last step.
    Cosine {
        /// The rate at first.
        #[serde(deserialize_with = "range::positive")]
        learning_rate: f64,
        /// Steps of linear rise; 0 for none.
        #[serde(deserialize_with = "range::count_or_none::<1_000_000_000, _>")]
        #[explain(usual = 0)]
        warmup_steps: usize,
        /// The rate at the end, at most `learning_rate`.
        #[serde(deserialize_with = "range::not_negative")]
        #[explain(usual = 0.0)]
        final_learning_rate: f64,
    },
    /// Cosine from `learning_rate / div_factor` up over `pct_start` of all steps, then down to that over
    /// `final_div_factor`, as PyTorch's OneCycleLR.
    OneCycle {
        /// The rate at the peak.
        #[serde(deserialize_with = "range::positive")]
        learning_rate: f64,
        /// The fraction of all steps before the peak.
        #[serde(deserialize_with = "range::fraction")]
        #[explain(usual = 0.3)]
        pct_start: f64,
        /// Peak over start.
        #[serde(deserialize_with = "range::at_least_one")]
        #[explain(usual = 25.0)]
        div_factor: f64,
        /// Start over end.
        #[serde(deserialize_with = "range::at_least_one")]
        #[explain(usual = 10000.0)]
        final_div_factor: f64,
    },
    /// As `one_cycle`, along straight lines: PyTorch's OneCycleLR with `anneal_strategy="linear"`.
    OneCycleLinear {
        /// The rate at the peak.
        #[serde(deserialize_with = "range::positive")]
        learning_rate: f64,
        /// The fraction of all steps before the peak.
        #[serde(deserialize_with = "range::fraction")]
        #[explain(usual = 0.3)]
        pct_start: f64,
        /// Peak over start.
        #[serde(deserialize_with = "range::at_least_one")]
        #[explain(usual = 25.0)]
        div_factor: f64,
        /// Start over end.
        #[serde(deserialize_with = "range::at_least_one")]
        #[explain(usual = 10000.0)]
        final_div_factor: f64,
    },
}

/// What keeps the weights and the gradients small.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Explain)]
#[serde(deny_unknown_fields)]
pub struct Regularization {
    /// What pulls the parameters to zero in proportion to their size.
    pub weight_decay: WeightDecay,
    /// Added to the loss: `l1` times the sum of |w|, weights only.
    #[serde(deserialize_with = "range::not_negative")]
    pub l1: f64,
    /// What bounds a step's gradient.
    pub gradient_clipping: GradientClipping,
}

/// What pulls the parameters to zero in proportion to their size.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Explain)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum WeightDecay {
    /// Nothing.
    None,
    /// `rate` times the parameter is added to its gradient.
    L2 {
        /// At least 0.
        #[serde(deserialize_with = "range::not_negative")]
        #[explain(usual = 0.0001)]
        rate: f64,
    },
    /// The parameter shrinks by `learning_rate * rate` beside the step (AdamW and Muon only).
    Decoupled {
        /// At least 0.
        #[serde(deserialize_with = "range::not_negative")]
        #[explain(usual = 0.01)]
        rate: f64,
    },
    /// Muon only: before each step a convolution's weights are scaled to the Euclidean norm they would have if each of its filters
    /// had norm 1, and a step changes them by about `learning_rate * step` of that norm, if there are no more filters than weights in
    /// each (cifar10-airbench). All other parameters shrink by `learning_rate * rate`.
    Normalized {
        /// At least 0.
        #[serde(deserialize_with = "range::not_negative")]
        #[explain(usual = 0.01)]
        rate: f64,
        /// Above 0: how much faster convolutions learn than all other parameters, whose rate is the learning rate itself.
        #[serde(deserialize_with = "range::positive")]
        #[explain(usual = 20.0)]
        step: f64,
    },
}

/// What bounds a step's gradient.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Explain)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum GradientClipping {
    /// Nothing.
    None,
    /// Scale all gradients together so that their common Euclidean norm is at most `max`.
    Norm {
        /// Above 0.
        #[serde(deserialize_with = "range::positive")]
        #[explain(usual = 1.0)]
        max: f64,
    },
    /// Clamp every component to `-max..max`.
    Value {
        /// Above 0.
        #[serde(deserialize_with = "range::positive")]
        #[explain(usual = 1.0)]
        max: f64,
    },
}

impl Loss {
    /// Whether it is defined for numbers to predict.
    pub fn is_for_numbers(&self) -> bool {
        matches!(self, Loss::MeanSquaredError | Loss::MeanAbsoluteError | Loss::Huber { .. })
    }

    /// Whether it is defined for classes.
    pub fn is_for_classes(&self) -> bool {
        !matches!(self, Loss::MeanAbsoluteError | Loss::Huber { .. })
    }
}

impl Schedule {
    /// The rate a user means by "the learning rate": the first of all shapes, the peak of the one-cycles.
    pub fn learning_rate(&self) -> f64 {
        match *self {
            Schedule::Constant { learning_rate, .. }
            | Schedule::Step { learning_rate, .. }
            | Schedule::Exponential { learning_rate, .. }
            | Schedule::Cosine { learning_rate, .. }
            | Schedule::OneCycle { learning_rate, .. }
            | Schedule::OneCycleLinear { learning_rate, .. } => learning_rate,
        }
    }
}
