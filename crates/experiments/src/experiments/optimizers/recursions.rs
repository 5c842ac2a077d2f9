//! The six optimizers as their authors write them, for one parameter, in double precision: to be read beside the notes (S8).
//!
//! Each function gives the steps against gradients `g_1, g_2, ..`; the parameter starts at 0 and is reduced by every step.

use crate::prelude::*;
use zoo_recipe::Optimizer;

/// What `step` gives for each gradient in turn; it sees the state that it left behind, which starts at 0.
fn run<const N: usize>(gradients: &[f64], mut step: impl FnMut(&mut [f64; N], f64) -> f64) -> Vec<f64> {
    let mut state = [0.0; N];
    gradients.iter().map(|g| step(&mut state, *g)).collect()
}

/// `rate g`.
fn descent(gradients: &[f64], rate: f64) -> Vec<f64> {
    run(gradients, |[]: &mut [f64; 0], g| rate * g)
}

/// `v <- b v + g`, then `rate v`.
fn momentum(gradients: &[f64], rate: f64, b: f64) -> Vec<f64> {
    run(gradients, |[v], g| {
        *v = b * *v + g;
        rate * *v
    })
}

/// `v <- b v + g`, then `rate (b v + g)`: as if the velocity had already been followed once more.
fn nesterov(gradients: &[f64], rate: f64, b: f64) -> Vec<f64> {
    run(gradients, |[v], g| {
        *v = b * *v + g;
        rate * (b * *v + g)
    })
}

/// `s <- s + g^2`, then `rate g / (sqrt(s) + epsilon)`.
fn adagrad(gradients: &[f64], rate: f64, epsilon: f64) -> Vec<f64> {
    run(gradients, |[s], g| {
        *s += g * g;
        rate * g / (s.sqrt() + epsilon)
    })
}

/// `s <- a s + (1 - a) g^2`, then `rate g / (sqrt(s) + epsilon)`.
fn rmsprop(gradients: &[f64], rate: f64, a: f64, epsilon: f64) -> Vec<f64> {
    run(gradients, |[s], g| {
        *s = a * *s + (1.0 - a) * g * g;
        rate * g / (s.sqrt() + epsilon)
    })
}

/// `m <- b1 m + (1 - b1) g` and `s <- b2 s + (1 - b2) g^2`, both over `1 - b^t`, then `rate m / (sqrt(s) + epsilon)`.
fn adam(gradients: &[f64], rate: f64, [b1, b2]: [f64; 2], epsilon: f64) -> Vec<f64> {
    let mut t = 0;
    run(gradients, |[m, s], g| {
        t += 1;
        *m = b1 * *m + (1.0 - b1) * g;
        *s = b2 * *s + (1.0 - b2) * g * g;
        rate * *m / (1.0 - b1.powi(t)) / ((*s / (1.0 - b2.powi(t))).sqrt() + epsilon)
    })
}

/// The steps of one of the six at the constants of a recipe.
///
/// # Errors
///
/// If the recipe asks for what is not written down here.
pub(super) fn steps(recipe: &Optimizer, gradients: &[f64], rate: f64) -> Result<Vec<f64>> {
    Ok(match *recipe {
        Optimizer::Sgd => descent(gradients, rate),
        Optimizer::Momentum { momentum: b, dampening: 0.0 } => momentum(gradients, rate, b),
        Optimizer::Nesterov { momentum: b } => nesterov(gradients, rate, b),
        Optimizer::Adagrad { epsilon, learning_rate_decay: 0.0 } => adagrad(gradients, rate, epsilon),
        Optimizer::Rmsprop { alpha, epsilon, momentum: 0.0, centered: false } => {
            rmsprop(gradients, rate, alpha, epsilon)
        }
        Optimizer::Adam { beta1, beta2, epsilon } => adam(gradients, rate, [beta1, beta2], epsilon),
        ref other => bail!("no recursion is written down for {other:?}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_worked_out_on_paper() {
        assert_eq!(descent(&[1.0, 2.0], 0.5), [0.5, 1.0]);
        assert_eq!(momentum(&[1.0, 2.0], 0.5, 0.5), [0.5, 1.25]);
        assert_eq!(nesterov(&[1.0, 2.0], 0.5, 0.5), [0.75, 1.625]);
        assert_eq!(adagrad(&[3.0, 4.0], 6.0, 1.0), [4.5, 4.0]);
        assert_eq!(rmsprop(&[4.0], 3.0, 0.75, 1.0), [4.0]);
        // Both means corrected for their start are 2 and 4 after one step, 14/3 and 76/3 after two.
        let found = adam(&[2.0, 6.0], 1.0, [0.5, 0.5], 0.0);
        assert!((found[0] - 1.0).abs() < 1e-12 && (found[1] - 14.0 / 3.0 / (76.0_f64 / 3.0).sqrt()).abs() < 1e-12);
    }
}
