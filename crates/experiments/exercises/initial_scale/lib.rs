//! # How large weights begin: Xavier and He
//!
//! A unit adds up n inputs, z = sum over j of w_j x_j. With independent weights of mean 0 and variance d^2, and inputs whose mean
//! square is q, the variance of z is
//!
//! ```text
//! Var z = n d^2 q
//! ```
//!
//! Through many layers the signal neither dies nor explodes only if each layer keeps it as it was. Where the activation passes z on
//! nearly as it is (tanh, near zero), n d^2 has to be 1: Xavier. ReLU puts one half of the values to zero, and with them one half of
//! the mean square, so n d^2 has to be 2: He.
//!
//! n is the number of inputs of a unit ("fan in"). Biases begin at zero.

/// How many numbers a layer takes and gives.
pub struct Shape {
    /// Numbers it takes.
    pub inputs: usize,
    /// Units, and so numbers that it gives.
    pub outputs: usize,
}

/// The standard deviation d of weights before tanh.
pub fn xavier(shape: &Shape) -> f64 {
    // answer: d by Xavier
    (1.0 / shape.inputs as f64).sqrt()
    // mistake: the variance
    // | 1.0 / shape.inputs as f64
    // mistake: counts the outputs
    // | (1.0 / shape.outputs as f64).sqrt()
    // end of answer
}

/// The standard deviation d of weights before ReLU.
pub fn he(shape: &Shape) -> f64 {
    // answer: d by He
    (2.0 / shape.inputs as f64).sqrt()
    // mistake: this is Xavier's
    // | (1.0 / shape.inputs as f64).sqrt()
    // mistake: the variance
    // | 2.0 / shape.inputs as f64
    // end of answer
}

/// The weights of a layer: a row per output, drawn row by row. Each call of `normal` draws a number of mean 0 and variance 1.
pub fn weights(shape: &Shape, deviation: f64, normal: &mut dyn FnMut() -> f64) -> Vec<Vec<f64>> {
    // answer: a row per output, every weight deviation * normal()
    (0..shape.outputs).map(|_| (0..shape.inputs).map(|_| deviation * normal()).collect()).collect()
    // mistake: the transpose
    // | (0..shape.inputs).map(|_| (0..shape.outputs).map(|_| deviation * normal()).collect()).collect()
    // mistake: one number for all
    // | let weight = deviation * normal();
    // | vec![vec![weight; shape.inputs]; shape.outputs]
    // mistake: the deviation is missing
    // | (0..shape.outputs).map(|_| (0..shape.inputs).map(|_| normal()).collect()).collect()
    // end of answer
}

#[cfg(test)]
mod tests;
