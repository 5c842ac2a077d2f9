//! # Adam, and its bias correction
//!
//! Adam divides a mean of the gradients by the root of a mean of their squares. Both are running means that begin at zero:
//!
//! ```text
//! m <- beta1 m + (1 - beta1) g            beta1 = 0.9
//! v <- beta2 v + (1 - beta2) g^2          beta2 = 0.999
//! ```
//!
//! Because they begin at zero they are too small at first: after t steps of one and the same g, m is (1 - beta1^t) g. Dividing by
//! that factor mends it, with t = 1 in the first step:
//!
//! ```text
//! m^ = m / (1 - beta1^t)        v^ = v / (1 - beta2^t)
//! theta <- theta - eta m^ / (sqrt(v^) + epsilon)          epsilon = 1e-8
//! ```
//!
//! So the first step is about eta, however large the gradient is.

/// The share of the past in the mean of gradients.
pub const BETA1: f64 = 0.9;
/// The share of the past in the mean of their squares.
pub const BETA2: f64 = 0.999;
/// What keeps a gradient of zero from being divided by zero.
pub const EPSILON: f64 = 1e-8;

/// The running mean after one more number.
pub fn running_mean(mean: f64, number: f64, beta: f64) -> f64 {
    // answer: beta of the past, 1 - beta of what is new
    beta * mean + (1.0 - beta) * number
    // mistake: factor 1 - beta of what is new
    // | beta * mean + number
    // mistake: the wrong way round
    // | (1.0 - beta) * mean + beta * number
    // end of answer
}

/// A running mean that began at zero, corrected after `t` numbers.
pub fn corrected(mean: f64, beta: f64, t: i32) -> f64 {
    // answer: divide by what is missing
    mean / (1.0 - beta.powi(t))
    // mistake: the exponent t
    // | mean / (1.0 - beta)
    // mistake: multiplied
    // | mean * (1.0 - beta.powi(t))
    // end of answer
}

/// Adam's state of one parameter.
#[derive(Default)]
pub struct Adam {
    /// The running mean of gradients.
    pub m: f64,
    /// The running mean of their squares.
    pub v: f64,
    /// The steps taken.
    pub t: i32,
}

impl Adam {
    /// One step: what to add to theta.
    pub fn step(&mut self, gradient: f64, eta: f64) -> f64 {
        // answer: count the step, update m and v, correct both
        self.t += 1;
        self.m = running_mean(self.m, gradient, BETA1);
        self.v = running_mean(self.v, gradient * gradient, BETA2);
        -eta * corrected(self.m, BETA1, self.t) / (corrected(self.v, BETA2, self.t).sqrt() + EPSILON)
        // mistake: nothing is corrected
        // | self.t += 1;
        // | self.m = running_mean(self.m, gradient, BETA1);
        // | self.v = running_mean(self.v, gradient * gradient, BETA2);
        // | -eta * self.m / (self.v.sqrt() + EPSILON)
        // mistake: the first step has t = 1
        // | self.m = running_mean(self.m, gradient, BETA1);
        // | self.v = running_mean(self.v, gradient * gradient, BETA2);
        // | let change = -eta * corrected(self.m, BETA1, self.t) / (corrected(self.v, BETA2, self.t).sqrt() + EPSILON);
        // | self.t += 1;
        // | change
        // mistake: epsilon stands outside the root
        // | self.t += 1;
        // | self.m = running_mean(self.m, gradient, BETA1);
        // | self.v = running_mean(self.v, gradient * gradient, BETA2);
        // | -eta * corrected(self.m, BETA1, self.t) / (corrected(self.v, BETA2, self.t) + EPSILON).sqrt()
        // end of answer
    }
}

#[cfg(test)]
mod tests;
