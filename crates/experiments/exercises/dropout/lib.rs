//! # Dropout
//!
//! In training, dropout sets each activation to zero with probability p. The next layer would get less than it will get later, when
//! nothing is dropped; so those that are kept are scaled up, and the mean stays as it was:
//!
//! ```text
//! in training:   a' = 0              with probability p
//!                a' = a / (1 - p)    with probability 1 - p
//! in prediction: a' = a
//! ```
//!
//! The mean of a' is (1 - p) a / (1 - p) = a. Back-propagation goes through the same mask: what was dropped gets no gradient.
//!
//! To have it testable, the random numbers come from outside: `uniform` has one number from 0 to 1 per activation, and an activation
//! is dropped where its number is below p.

/// Dropout with probability `p`, which is below 1.
pub struct Dropout {
    /// The probability that an activation is dropped.
    pub p: f64,
}

impl Dropout {
    /// What training passes on.
    pub fn train(&self, values: &[f64], uniform: &[f64]) -> Vec<f64> {
        // answer: zero where the number is below p, else scaled up
        let pass = |(value, number): (&f64, &f64)| if *number < self.p { 0.0 } else { value / (1.0 - self.p) };
        values.iter().zip(uniform).map(pass).collect()
        // mistake: factor 1/(1 - p)
        // | values.iter().zip(uniform).map(|(value, number)| if *number < self.p { 0.0 } else { *value }).collect()
        // mistake: drops with probability 1 - p
        // | let pass = |(value, number): (&f64, &f64)| if *number < self.p { value / (1.0 - self.p) } else { 0.0 };
        // | values.iter().zip(uniform).map(pass).collect()
        // mistake: divided by p
        // | let pass = |(value, number): (&f64, &f64)| if *number < self.p { 0.0 } else { value / self.p };
        // | values.iter().zip(uniform).map(pass).collect()
        // end of answer
    }

    /// What prediction passes on.
    pub fn predict(&self, values: &[f64]) -> Vec<f64> {
        // answer: what is left of dropout in prediction
        values.to_vec()
        // mistake: training has scaled already
        // | values.iter().map(|value| value * (1.0 - self.p)).collect()
        // end of answer
    }

    /// The gradient in `values`, from the gradient in what `train` passed on with the same `uniform`.
    pub fn backward(&self, gradient: &[f64], uniform: &[f64]) -> Vec<f64> {
        // answer: the same mask, the same factor
        let pass = |(slope, number): (&f64, &f64)| if *number < self.p { 0.0 } else { slope / (1.0 - self.p) };
        gradient.iter().zip(uniform).map(pass).collect()
        // mistake: the mask is missing
        // | gradient.iter().map(|slope| slope / (1.0 - self.p)).collect()
        // mistake: the factor of the forward pass
        // | gradient.iter().zip(uniform).map(|(slope, number)| if *number < self.p { 0.0 } else { *slope }).collect()
        // end of answer
    }
}

#[cfg(test)]
mod tests;
