//! Table 2.1 of the thesis: each activation of one value with its derivative, by hand and as the zoo or Burn has it.

use crate::scalar::{sigmoid, softplus};
use burn::tensor::{Tensor, activation};
use zoo_core::{SELU_ALPHA, SELU_SCALE};
use zoo_mlp::Activation as Zoo;

/// A row of the table.
#[derive(Clone, Copy)]
pub(crate) struct Formula {
    pub(crate) name: &'static str,
    /// For the reader.
    pub(crate) formula: &'static str,
    pub(crate) derivative_formula: &'static str,
    pub(crate) range: ValueRange,
    /// Whether the mean of its answers to standard normal inputs is 0.
    pub(crate) zero_centered: bool,
    /// Where the derivative jumps, if it does.
    pub(crate) kink: Option<f64>,
    pub(crate) value: fn(f64) -> f64,
    pub(crate) derivative: fn(f64) -> f64,
    /// The same function on tensors: the zoo's where it has one.
    pub(crate) on_tensor: fn(Tensor<1>) -> Tensor<1>,
}

/// The values that a function takes.
#[derive(Clone, Copy)]
pub(crate) struct ValueRange {
    pub(crate) text: &'static str,
    pub(crate) low: RangeEnd,
    pub(crate) high: RangeEnd,
}

/// One end of a range.
#[derive(Clone, Copy)]
pub(crate) enum RangeEnd {
    /// There is none.
    Infinite,
    /// Approached, not taken.
    Open(f64),
    /// Taken.
    Closed(f64),
}

/// PReLU's slope below 0 is learned; this is where PyTorch starts it.
const PRELU_SLOPE: f64 = 0.25;

const REALS: ValueRange = ValueRange { text: "(-∞, ∞)", low: RangeEnd::Infinite, high: RangeEnd::Infinite };
const POSITIVE: ValueRange = ValueRange { text: "(0, ∞)", low: RangeEnd::Open(0.0), high: RangeEnd::Infinite };
const UNIT: ValueRange = ValueRange { text: "(0, 1)", low: RangeEnd::Open(0.0), high: RangeEnd::Open(1.0) };

pub(crate) const FUNCTIONS: [Formula; 11] = [
    Formula {
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
    Formula {
        name: "binary step",
        formula: "0 for x < 0, else 1",
        derivative_formula: "0 (none at 0)",
        range: ValueRange { text: "{0, 1}", low: RangeEnd::Closed(0.0), high: RangeEnd::Closed(1.0) },
        zero_centered: false,
        kink: Some(0.0),
        value: |x| f64::from(u8::from(x >= 0.0)),
        derivative: |_| 0.0,
        on_tensor: |x| (x.sign() + 1.0) * 0.5,
    },
    Formula {
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
    Formula {
        name: "tanh",
        formula: "(e^x - e^-x) / (e^x + e^-x)",
        derivative_formula: "1 - f(x)^2",
        range: ValueRange { text: "(-1, 1)", low: RangeEnd::Open(-1.0), high: RangeEnd::Open(1.0) },
        zero_centered: true,
        kink: None,
        value: f64::tanh,
        derivative: |x| x.cosh().powi(-2),
        on_tensor: |x| Zoo::Tanh.forward(x),
    },
    Formula {
        name: "ReLU",
        formula: "max(0, x)",
        derivative_formula: "0 for x < 0, 1 for x > 0",
        range: ValueRange { text: "[0, ∞)", low: RangeEnd::Closed(0.0), high: RangeEnd::Infinite },
        zero_centered: false,
        kink: Some(0.0),
        value: |x| x.max(0.0),
        derivative: |x| f64::from(u8::from(x > 0.0)),
        on_tensor: |x| Zoo::Relu.forward(x),
    },
    Formula {
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
    Formula {
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
    Formula {
        name: "ELU",
        formula: "x for x > 0, else e^x - 1",
        derivative_formula: "1 for x > 0, else e^x",
        range: ValueRange { text: "(-1, ∞)", low: RangeEnd::Open(-1.0), high: RangeEnd::Infinite },
        zero_centered: false,
        kink: None,
        value: |x| if x > 0.0 { x } else { x.exp_m1() },
        derivative: |x| x.min(0.0).exp(),
        on_tensor: |x| Zoo::Elu.forward(x),
    },
    Formula {
        name: "SELU",
        formula: "λ x for x > 0, else λ α (e^x - 1)",
        derivative_formula: "λ for x > 0, else λ α e^x",
        range: ValueRange {
            text: "(-λ α, ∞)",
            low: RangeEnd::Open(-SELU_SCALE * SELU_ALPHA),
            high: RangeEnd::Infinite,
        },
        zero_centered: true,
        kink: Some(0.0),
        value: |x| SELU_SCALE * if x > 0.0 { x } else { SELU_ALPHA * x.exp_m1() },
        derivative: |x| if x > 0.0 { SELU_SCALE } else { SELU_SCALE * SELU_ALPHA * x.exp() },
        on_tensor: |x| Zoo::Selu.forward(x),
    },
    Formula {
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
    Formula {
        name: "Gaussian",
        formula: "e^(-x^2)",
        derivative_formula: "-2 x f(x)",
        range: ValueRange { text: "(0, 1]", low: RangeEnd::Open(0.0), high: RangeEnd::Closed(1.0) },
        zero_centered: false,
        kink: None,
        value: |x| (-x * x).exp(),
        derivative: |x| -2.0 * x * (-x * x).exp(),
        on_tensor: |x| x.square().neg().exp(),
    },
];

/// The row of this name.
pub(crate) fn named(name: &str) -> Option<&'static Formula> {
    FUNCTIONS.iter().find(|one| one.name == name)
}

/// A network's activation and its derivative by hand; not a number, which no check passes, for the one that is not in the table.
pub(crate) fn by_hand(function: Zoo) -> [fn(f64) -> f64; 2] {
    const NOT_LISTED: fn(f64) -> f64 = |_| f64::NAN;
    let row = named(match function {
        Zoo::Relu => "ReLU",
        Zoo::LeakyRelu => "leaky ReLU",
        Zoo::Elu => "ELU",
        Zoo::Selu => "SELU",
        Zoo::Gelu => "GELU",
        Zoo::Sigmoid => "sigmoid",
        Zoo::Tanh => "tanh",
        Zoo::Softplus => "softplus",
    });
    row.map_or([NOT_LISTED; 2], |row| [row.value, row.derivative])
}

/// Burn's, which takes its slope as a tensor and its values in rows.
fn prelu(x: Tensor<1>) -> Tensor<1> {
    let slope = Tensor::<1>::full([1], PRELU_SLOPE, (&x.device(), x.dtype()));
    activation::prelu(x.unsqueeze::<2>(), slope).squeeze_dim(0)
}
