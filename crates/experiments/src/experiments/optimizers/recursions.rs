//! The six optimizers as their authors write them, for one parameter, in double precision: to be read beside the notes (S8).
//!
//! Each function gives the steps against gradients `g_1, g_2, ..`; the parameter is reduced by every step.

use super::walks::{RMSPROP, momentum};
use crate::prelude::*;
use zoo_recipe::Optimizer;

fn descent(gradients: &[f64], rate: f64) -> Vec<f64> {
    gradients.iter().map(|g| rate * g).collect()
}

fn with_momentum(gradients: &[f64], rate: f64, b: f64) -> Vec<f64> {
    let mut v = 0.0_f64;
    let step = |g: &f64| {
        v = b * v + g;
        rate * v
    };
    gradients.iter().map(step).collect()
}

/// Nesterov's: as if the velocity had already been followed once more.
fn nesterov(gradients: &[f64], rate: f64, b: f64) -> Vec<f64> {
    let mut v = 0.0_f64;
    let step = |g: &f64| {
        v = b * v + g;
        rate * (b * v + g)
    };
    gradients.iter().map(step).collect()
}

fn adagrad(gradients: &[f64], rate: f64, epsilon: f64) -> Vec<f64> {
    let mut s = 0.0_f64;
    let step = |g: &f64| {
        s += g * g;
        rate * g / (s.sqrt() + epsilon)
    };
    gradients.iter().map(step).collect()
}

fn rmsprop(gradients: &[f64], rate: f64, a: f64, epsilon: f64) -> Vec<f64> {
    let mut s = 0.0_f64;
    let step = |g: &f64| {
        s = a * s + (1.0 - a) * g * g;
        rate * g / (s.sqrt() + epsilon)
    };
    gradients.iter().map(step).collect()
}

fn adam(gradients: &[f64], rate: f64, [b1, b2]: [f64; 2], epsilon: f64) -> Vec<f64> {
    let (mut m, mut s) = (0.0_f64, 0.0_f64);
    let step = |(g, t): (&f64, i32)| {
        m = b1 * m + (1.0 - b1) * g;
        s = b2 * s + (1.0 - b2) * g * g;
        // Both started at 0, which is corrected.
        rate * m / (1.0 - b1.powi(t)) / ((s / (1.0 - b2.powi(t))).sqrt() + epsilon)
    };
    gradients.iter().zip(1..).map(step).collect()
}

/// The zoo's optimizers against these recursions, under gradients that are noise.
pub(super) fn follow(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let gradients = Stream::numbered(settings.seed, 8_000).normals(50);
    // Beside gradients of size 1 the usual 1e-8 would not show where it is added.
    let (rate, epsilon, g) = (0.1, 0.01, &gradients);
    let of_adagrad = Optimizer::Adagrad { epsilon, learning_rate_decay: 0.0 };
    let of_rmsprop = Optimizer::Rmsprop { alpha: 0.99, epsilon, momentum: 0.0, centered: false };
    let of_adam = Optimizer::Adam { beta1: 0.9, beta2: 0.999, epsilon };
    for (name, recipe, steps) in [
        ("gradient descent", Optimizer::Sgd, descent(g, rate)),
        ("momentum 0.9", momentum(0.9), with_momentum(g, rate, 0.9)),
        ("Nesterov 0.9", Optimizer::Nesterov { momentum: 0.9 }, nesterov(g, rate, 0.9)),
        ("AdaGrad", of_adagrad, adagrad(g, rate, epsilon)),
        ("RMSProp", of_rmsprop, rmsprop(g, rate, 0.99, epsilon)),
        ("Adam", of_adam, adam(g, rate, [0.9, 0.999], epsilon)),
    ] {
        findings
            .claiming(format!("{name} follows its recursion under 50 random gradients: largest relative difference"))
            // Single precision: a few of its 6e-8 per step, and the 0.001 of 1 - beta2, the smallest difference taken, known to 3e-5.
            .is(off_recursion(&recipe, rate, g, &steps)?, AtMost(1e-4));
    }
    Ok(())
}

/// The largest distance from where the recursion leads, relative to the way gone so far.
fn off_recursion(recipe: &Optimizer, rate: f64, gradients: &[f64], steps: &[f64]) -> Result<f64> {
    let mut walkers = Walkers::new(recipe, &[[0.0, 0.0]], &Device::flex());
    let (mut place, mut way, mut apart) = (0.0_f64, 0.0_f64, 0.0_f64);
    for (gradient, step) in gradients.iter().zip(steps) {
        walkers = walkers.step(rate, &[[*gradient, -gradient]]);
        (place, way) = (place - step, way + step.abs());
        let [x, y] = walkers.places()?[0];
        apart = larger(larger(apart, (x - place).abs() / way), (y + place).abs() / way);
    }
    Ok(apart)
}

/// What correcting for the start does, against a gradient of (3, -0.02), whatever its size.
pub(super) fn first_steps(findings: &mut Findings) -> Result<()> {
    let rate = 0.01;
    let first = |recipe: &Optimizer| -> Result<[f64; 2]> {
        let walkers = Walkers::new(recipe, &[[0.0, 0.0]], &Device::flex()).step(rate, &[[3.0, -0.02]]);
        Ok(walkers.places()?[0])
    };
    let ([x, y], [scaled, _]) = (first(&ADAM)?, first(&RMSPROP)?);
    findings
        .claiming("Adam's first step, its bias corrected, is the rate in every direction: relative difference")
        .is(larger((-x / rate - 1.0).abs(), (y / rate - 1.0).abs()), AtMost(1e-4))
        .claiming("RMSProp's first step is the rate over sqrt(1 - alpha): relative difference")
        .is((-scaled / rate * (1.0_f64 - 0.99).sqrt() - 1.0).abs(), AtMost(1e-3));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_worked_out_on_paper() {
        assert_eq!(descent(&[1.0, 2.0], 0.5), [0.5, 1.0]);
        assert_eq!(with_momentum(&[1.0, 2.0], 0.5, 0.5), [0.5, 1.25]);
        assert_eq!(nesterov(&[1.0, 2.0], 0.5, 0.5), [0.75, 1.625]);
        assert_eq!(adagrad(&[3.0, 4.0], 6.0, 1.0), [4.5, 4.0]);
        assert_eq!(rmsprop(&[4.0], 3.0, 0.75, 1.0), [4.0]);
        // Both means corrected for their start are 2 and 4 after one step, 14/3 and 76/3 after two.
        let found = adam(&[2.0, 6.0], 1.0, [0.5, 0.5], 0.0);
        assert!((found[0] - 1.0).abs() < 1e-12 && (found[1] - 14.0 / 3.0 / (76.0_f64 / 3.0).sqrt()).abs() < 1e-12);
    }
}
