//! Table 2.1: each activation of one value with its derivative, by hand and as the zoo or Burn has it.

use burn::tensor::{Tensor, activation};
use zoo_mlp::Activation as Zoo;

use crate::scalar::{sigmoid, softplus};

/// A row of the table.
#[derive(Clone, Copy)]
pub(super) struct Activation {
    pub(super) name: &'static str,
    /// For the reader.
    pub(super) formula: &'static str,
    pub(super) derivative_formula: &'static str,
    pub(super) range: Range,
    /// Whether the mean of its answers to standard normal inputs is 0.
    pub(super) zero_centered: bool,
    /// Where the derivative jumps, if it does.
    pub(super) kink: Option<f64>,
    pub(super) value: fn(f64) -> f64,
    pub(super) derivative: fn(f64) -> f64,
    /// The same function on tensors: the zoo's where it has one.
    pub(super) on_tensor: fn(Tensor<1>) -> Tensor<1>,
}

/// The values that a function takes.
#[derive(Clone, Copy)]
pub(super) struct Range {
    pub(super) text: &'static str,
    pub(super) low: End,
    pub(super) high: End,
}

/// One end of a range.
#[derive(Clone, Copy)]
pub(super) enum End {
    /// There is none.
    Infinite,
    /// Approached, not taken.
    Open(f64),
    /// Taken.
    Closed(f64),
}

/// PReLU's slope below 0 is learned; this is where PyTorch starts it.
pub(super) const PRELU_SLOPE: f64 = 0.25;
/// Klambauer et al. (2017), equation 14; the table has 1.67 and 1.05.
pub(super) const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;
pub(super) const SELU_LAMBDA: f64 = 1.050_700_987_355_480_5;

const REALS: Range = Range { text: "(-∞, ∞)", low: End::Infinite, high: End::Infinite };
const POSITIVE: Range = Range { text: "(0, ∞)", low: End::Open(0.0), high: End::Infinite };
const UNIT: Range = Range { text: "(0, 1)", low: End::Open(0.0), high: End::Open(1.0) };

pub(super) const FUNCTIONS: [Activation; 11] = [
    Activation {
        name: "identity",
        formula: "x",
        derivative_formula: "1",
        range: REALS,
        zero_centered: true,
        kink: None,
        value: |x| x,
        derivative: |_| 1.0,
        on_tensor: |x| x,
    },
    Activation {
        name: "binary step",
        formula: "0 for x < 0, else 1",
        derivative_formula: "0 (none at 0)",
        range: Range { text: "{0, 1}", low: End::Closed(0.0), high: End::Closed(1.0) },
        zero_centered: false,
        kink: Some(0.0),
        value: |x| f64::from(u8::from(x >= 0.0)),
        derivative: |_| 0.0,
        on_tensor: |x| (x.sign() + 1.0) * 0.5,
    },
    Activation {
        name: "sigmoid",
        formula: "1 / (1 + e^-x)",
        derivative_formula: "f(x) (1 - f(x))",
        range: UNIT,
        zero_centered: false,
        kink: None,
        value: sigmoid,
        // f(x) f(-x): 1 - f(x) would lose its digits for large x.
        derivative: |x| sigmoid(x) * sigmoid(-x),
        on_tensor: |x| Zoo::Sigmoid.forward(x),
    },
    Activation {
        name: "tanh",
        formula: "(e^x - e^-x) / (e^x + e^-x)",
        derivative_formula: "1 - f(x)^2",
        range: Range { text: "(-1, 1)", low: End::Open(-1.0), high: End::Open(1.0) },
        zero_centered: true,
        kink: None,
        value: f64::tanh,
        derivative: |x| x.cosh().powi(-2),
        on_tensor: |x| Zoo::Tanh.forward(x),
    },
    Activation {
        name: "ReLU",
        formula: "max(0, x)",
        derivative_formula: "0 for x < 0, 1 for x > 0",
        range: Range { text: "[0, ∞)", low: End::Closed(0.0), high: End::Infinite },
        zero_centered: false,
        kink: Some(0.0),
        value: |x| x.max(0.0),
        derivative: |x| f64::from(u8::from(x > 0.0)),
        on_tensor: |x| Zoo::Relu.forward(x),
    },
    Activation {
        name: "leaky ReLU",
        formula: "max(0.01 x, x)",
        derivative_formula: "0.01 for x < 0, 1 for x > 0",
        range: REALS,
        zero_centered: false,
        kink: Some(0.0),
        value: |x| x.max(0.01 * x),
        derivative: |x| if x > 0.0 { 1.0 } else { 0.01 },
        on_tensor: |x| Zoo::LeakyRelu.forward(x),
    },
    Activation {
        name: "PReLU",
        formula: "max(a x, x), a < 1 learned",
        derivative_formula: "a for x < 0, 1 for x > 0",
        range: REALS,
        zero_centered: false,
        kink: Some(0.0),
        value: |x| x.max(PRELU_SLOPE * x),
        derivative: |x| if x > 0.0 { 1.0 } else { PRELU_SLOPE },
        on_tensor: prelu,
    },
    Activation {
        name: "ELU",
        formula: "x for x > 0, else e^x - 1",
        derivative_formula: "1 for x > 0, else e^x",
        range: Range { text: "(-1, ∞)", low: End::Open(-1.0), high: End::Infinite },
        zero_centered: false,
        kink: None,
        value: |x| if x > 0.0 { x } else { x.exp_m1() },
        derivative: |x| x.min(0.0).exp(),
        on_tensor: |x| Zoo::Elu.forward(x),
    },
    Activation {
        name: "SELU",
        formula: "λ x for x > 0, else λ α (e^x - 1)",
        derivative_formula: "λ for x > 0, else λ α e^x",
        range: Range { text: "(-λ α, ∞)", low: End::Open(-SELU_LAMBDA * SELU_ALPHA), high: End::Infinite },
        zero_centered: true,
        kink: Some(0.0),
        value: |x| selu(x, SELU_LAMBDA, SELU_ALPHA),
        derivative: |x| if x > 0.0 { SELU_LAMBDA } else { SELU_LAMBDA * SELU_ALPHA * x.exp() },
        on_tensor: |x| Zoo::Selu.forward(x),
    },
    Activation {
        name: "softplus",
        formula: "ln(1 + e^x)",
        derivative_formula: "1 / (1 + e^-x)",
        range: POSITIVE,
        zero_centered: false,
        kink: None,
        value: softplus,
        derivative: sigmoid,
        on_tensor: |x| Zoo::Softplus.forward(x),
    },
    Activation {
        name: "Gaussian",
        formula: "e^(-x^2)",
        derivative_formula: "-2 x f(x)",
        range: Range { text: "(0, 1]", low: End::Open(0.0), high: End::Closed(1.0) },
        zero_centered: false,
        kink: None,
        value: |x| (-x * x).exp(),
        derivative: |x| -2.0 * x * (-x * x).exp(),
        on_tensor: |x| x.square().neg().exp(),
    },
];

/// The row of this name.
pub(super) fn named(name: &str) -> Option<&'static Activation> {
    FUNCTIONS.iter().find(|one| one.name == name)
}

/// A network's activation by hand; not a number, which no check passes, for the one that is not in the table.
pub(crate) fn value_of(function: zoo_recipe::Activation) -> fn(f64) -> f64 {
    row_of(function).map_or(|_| f64::NAN, |row| row.value)
}

/// Its derivative, likewise.
pub(crate) fn derivative_of(function: zoo_recipe::Activation) -> fn(f64) -> f64 {
    row_of(function).map_or(|_| f64::NAN, |row| row.derivative)
}

fn row_of(function: zoo_recipe::Activation) -> Option<&'static Activation> {
    named(match trainer::network::activation(function) {
        Zoo::Relu => "ReLU",
        Zoo::LeakyRelu => "leaky ReLU",
        Zoo::Elu => "ELU",
        Zoo::Selu => "SELU",
        Zoo::Gelu => "GELU",
        Zoo::Sigmoid => "sigmoid",
        Zoo::Tanh => "tanh",
        Zoo::Softplus => "softplus",
    })
}

pub(super) fn selu(x: f64, lambda: f64, alpha: f64) -> f64 {
    lambda * if x > 0.0 { x } else { alpha * x.exp_m1() }
}

/// Burn's, which takes its slope as a tensor and its values in rows.
fn prelu(x: Tensor<1>) -> Tensor<1> {
    let slope = Tensor::<1>::full([1], PRELU_SLOPE, (&x.device(), x.dtype()));
    activation::prelu(x.unsqueeze::<2>(), slope).squeeze_dim(0)
}
