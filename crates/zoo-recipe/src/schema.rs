//! What a recipe file may say: every key, the type of its value and the range, as one table of constants.
//!
//! The structs of this crate hold the same keys. Tests walk this table and fail when the two differ, in either
//! direction. The order here is the order of [`Recipe::to_toml`](crate::Recipe::to_toml).

use std::ops::Bound::{Excluded, Included, Unbounded};

use crate::accepts::Accepts::{self, Boolean, Choice, List, Table, Text, Word};
use crate::accepts::{Field, between, integer};

const FINITE: Accepts = between(Unbounded, Unbounded);
const POSITIVE: Accepts = between(Excluded(0.0), Unbounded);
const NOT_NEGATIVE: Accepts = between(Included(0.0), Unbounded);
const AT_LEAST_ONE: Accepts = between(Included(1.0), Unbounded);
/// A part of a whole, where none or all of it makes no sense.
const PART: Accepts = between(Excluded(0.0), Excluded(1.0));
/// What remains of a running mean, or the probability of being dropped: 1 would keep or drop all.
const BELOW_ONE: Accepts = between(Included(0.0), Excluded(1.0));
const FACTOR: Accepts = between(Excluded(0.0), Included(1.0));

const SEED: Accepts = integer(0, i64::MAX);
/// Bounds that no sensible run meets, so that a slip of a digit is an error and not a full disk.
const EPOCHS: Accepts = integer(1, 100_000);
const BATCH_SIZE: Accepts = integer(1, 65_536);
const STEPS: Accepts = integer(0, 1_000_000_000);
const FOLDS: Accepts = integer(2, 1000);
const WIDTH: Accepts = integer(1, 65_536);
const PIXELS: Accepts = integer(1, 64);
const SIDE: Accepts = integer(1, 1_024);

const METRIC: Accepts = Word(&["loss", "accuracy", "balanced_accuracy", "auroc"]);
const PADDING: Accepts = Word(&["zero", "edge", "reflect"]);

pub(crate) const RECIPE: Accepts = Table(&[
    ("name", Text),
    ("claim", CLAIM),
    ("data", DATA),
    ("model", MODEL),
    ("loss", LOSS),
    ("optimizer", OPTIMIZER),
    ("schedule", SCHEDULE),
    ("regularization", REGULARIZATION),
    ("early_stopping", EARLY_STOPPING),
    ("training", TRAINING),
]);

const CLAIM: Accepts = Table(&[
    ("summary", Text),
    ("source", Text),
    ("stated", Text),
    ("found", Text),
    ("measured", Choice(&[("test", &[]), ("folds", &[("folds", FOLDS)])])),
    ("metric", METRIC),
    ("expected", NOT_NEGATIVE),
    ("tolerance", NOT_NEGATIVE),
    ("floors", List { item: &FLOOR, fewest: 0, most: 4 }),
    ("parameters", integer(1, i64::MAX)),
    ("seconds", POSITIVE),
]);

/// Of the scores: higher is better, 1 is perfect.
const FLOOR: Accepts = Table(&[
    ("metric", Word(&["accuracy", "balanced_accuracy", "auroc"])),
    ("least", between(Included(0.0), Included(1.0))),
]);

const DATA: Accepts = Table(&[
    ("name", Word(&["breast_cancer", "digits", "digits32", "cifar10", "emnist_letters"])),
    ("target", Choice(&[("classes", &[]), ("one_vs_rest", &[("class", Text)])])),
    ("test", Choice(&[("given", &[]), ("stratified", HOLDOUT)])),
    ("valid", Table(HOLDOUT)),
    ("frame", Choice(&[("none", &[]), ("black", &[("side", SIDE)])])),
    ("normalization", NORMALIZATION),
    ("augmentation", List { item: &AUGMENTATION, fewest: 0, most: 16 }),
]);

const HOLDOUT: &[Field] = &[("fraction", PART), ("seed", SEED)];

const NORMALIZATION: Accepts = Choice(&[("none", &[]), ("unit", &[]), ("channels", &[]), ("standardize", &[])]);

const AUGMENTATION: Accepts = Choice(&[
    ("flip", &[]),
    ("shift", &[("pixels", PIXELS), ("padding", PADDING)]),
    ("rotate", &[("degrees", between(Excluded(0.0), Included(180.0))), ("padding", PADDING)]),
    ("brightness", &[("amount", FACTOR)]),
    ("alternate_flip", &[]),
    ("cutout", &[("pixels", PIXELS)]),
]);

const MODEL: Accepts = Choice(&[
    ("logistic_regression", LINEAR),
    ("softmax", LINEAR),
    (
        "mlp",
        &[
            ("hidden", List { item: &WIDTH, fewest: 1, most: 64 }),
            ("activation", ACTIVATION),
            ("dropout", BELOW_ONE),
            ("batch_norm", Boolean),
            ("weights", INITIALIZER),
            ("biases", INITIALIZER),
        ],
    ),
    (
        "cnn",
        &[
            ("dropout", BELOW_ONE),
            ("first_filters", Choice(&[("drawn", &[]), ("whitening", &[("epsilon", NOT_NEGATIVE)])])),
            ("weights", INITIALIZER),
            ("biases", INITIALIZER),
        ],
    ),
]);

const LINEAR: &[Field] = &[("weights", INITIALIZER), ("biases", INITIALIZER)];

const ACTIVATION: Accepts = Word(&["relu", "leaky_relu", "elu", "selu", "gelu", "sigmoid", "tanh", "softplus"]);

const INITIALIZER: Accepts = Choice(&[
    ("zero", &[]),
    ("constant", &[("value", FINITE)]),
    ("uniform", &[("min", FINITE), ("max", FINITE)]),
    ("normal", &[("mean", FINITE), ("std", NOT_NEGATIVE)]),
    ("xavier_uniform", GAIN),
    ("xavier_normal", GAIN),
    ("he_uniform", GAIN),
    ("he_normal", GAIN),
    ("orthogonal", GAIN),
]);

const GAIN: &[Field] = &[("gain", POSITIVE)];

const LOSS: Accepts = Choice(&[
    ("cross_entropy", &[("label_smoothing", BELOW_ONE)]),
    ("binary_cross_entropy", &[("positive_weight", POSITIVE)]),
    ("hinge", &[("margin", POSITIVE)]),
    ("mean_squared_error", &[]),
]);

const OPTIMIZER: Accepts = Choice(&[
    ("sgd", &[]),
    ("momentum", &[("momentum", BELOW_ONE), ("dampening", between(Included(0.0), Included(1.0)))]),
    ("nesterov", &[("momentum", PART)]),
    ("adagrad", &[("epsilon", POSITIVE), ("learning_rate_decay", NOT_NEGATIVE)]),
    ("rmsprop", &[("alpha", BELOW_ONE), ("epsilon", POSITIVE), ("momentum", BELOW_ONE), ("centered", Boolean)]),
    ("adam", ADAM),
    ("adamw", ADAM),
    ("muon", &[("momentum", PART), ("beta1", BELOW_ONE), ("beta2", BELOW_ONE), ("epsilon", POSITIVE)]),
]);

const ADAM: &[Field] = &[("beta1", BELOW_ONE), ("beta2", BELOW_ONE), ("epsilon", POSITIVE)];

const SCHEDULE: Accepts = Choice(&[
    ("constant", &[("learning_rate", POSITIVE), ("warmup_steps", STEPS)]),
    ("step", &[("learning_rate", POSITIVE), ("warmup_steps", STEPS), ("factor", FACTOR), ("every_epochs", EPOCHS)]),
    ("exponential", &[("learning_rate", POSITIVE), ("warmup_steps", STEPS), ("factor", FACTOR)]),
    ("cosine", &[("learning_rate", POSITIVE), ("warmup_steps", STEPS), ("final_learning_rate", NOT_NEGATIVE)]),
    (
        "one_cycle",
        &[
            ("learning_rate", POSITIVE),
            ("rise", PART),
            ("start_divisor", AT_LEAST_ONE),
            ("final_divisor", AT_LEAST_ONE),
        ],
    ),
]);

const REGULARIZATION: Accepts = Table(&[
    (
        "weight_decay",
        Choice(&[("none", &[]), ("l2", &[("rate", NOT_NEGATIVE)]), ("decoupled", &[("rate", NOT_NEGATIVE)])]),
    ),
    ("l1", NOT_NEGATIVE),
    ("gradient_clipping", Choice(&[("none", &[]), ("norm", &[("max", POSITIVE)]), ("value", &[("max", POSITIVE)])])),
]);

const EARLY_STOPPING: Accepts =
    Choice(&[("none", &[]), ("patience", &[("metric", METRIC), ("patience", EPOCHS), ("min_change", NOT_NEGATIVE)])]);

const TRAINING: Accepts = Table(&[
    ("epochs", EPOCHS),
    ("batch_size", BATCH_SIZE),
    ("averaging", Choice(&[("none", &[]), ("exponential", &[("decay", PART)])])),
    ("keep", Word(&["last", "best_valid_loss", "best_valid_accuracy"])),
    ("seeds", List { item: &SEED, fewest: 1, most: 1_000 }),
]);

#[cfg(test)]
mod tests;
