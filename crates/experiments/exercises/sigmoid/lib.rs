//! # The derivative of the sigmoid
//!
//! A neuron takes a weighted sum z and answers
//!
//! ```text
//! a = sigma(z) = 1 / (1 + exp(-z))
//! ```
//!
//! The derivative needs no new exponential; the answer a is enough:
//!
//! ```text
//! sigma'(z) = sigma(z) (1 - sigma(z)) = a (1 - a)
//! ```
//!
//! (Derive it: write sigma as (1 + exp(-z))^-1 and use the chain rule.) It is never above 1/4, which is why gradients vanish
//! in deep networks of sigmoids. Back-propagation keeps both z and a of every layer; mixing them up is the usual mistake.

/// The sigmoid of `z`.
pub fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// The slope of the sigmoid at `z`.
pub fn derivative(z: f64) -> f64 {
    // answer: sigma'(z)
    let a = sigmoid(z);
    a * (1.0 - a)
    // mistake: a (1 - a) wants a = sigma(z)
    // | z * (1.0 - z)
    // mistake: taken at a instead of z
    // | let a = sigmoid(sigmoid(z));
    // | a * (1.0 - a)
    // mistake: 1 - a, and the factor a
    // | 1.0 - sigmoid(z)
    // end of answer
}

/// The slope of the sigmoid where its value is `a`.
pub fn derivative_from_value(a: f64) -> f64 {
    // answer: the same from a = sigma(z), without an exponential
    a * (1.0 - a)
    // mistake: the sigmoid was taken again
    // | sigmoid(a) * (1.0 - sigmoid(a))
    // end of answer
}

#[cfg(test)]
mod tests;
