//! Four optimizers as their authors write them, for one parameter, in double precision: to be read beside the notes (S8).
//!
//! Each function changes what is remembered, all of which starts at 0, and gives what the rate is multiplied with in step `t` against the
//! gradient `g`.

use super::walks::momentum;
use crate::prelude::*;
use zoo_recipe::Optimizer;

type Recursion = fn(&mut [f64; 2], f64, i32) -> f64;

const BETA: f64 = 0.9;
const ALPHA: f64 = 0.99;
const BETAS: [f64; 2] = [0.9, 0.999];
/// Beside gradients of size 1 the usual 1e-8 would not show where it is added.
const EPSILON: f64 = 0.01;

fn with_momentum([v, _]: &mut [f64; 2], g: f64, _t: i32) -> f64 {
    *v = BETA * *v + g;
    *v
}

fn adagrad([s, _]: &mut [f64; 2], g: f64, _t: i32) -> f64 {
    *s += g * g;
    g / (s.sqrt() + EPSILON)
}

fn rmsprop([s, _]: &mut [f64; 2], g: f64, _t: i32) -> f64 {
    *s = ALPHA * *s + (1.0 - ALPHA) * g * g;
    g / (s.sqrt() + EPSILON)
}

fn adam([m, s]: &mut [f64; 2], g: f64, t: i32) -> f64 {
    let [b1, b2] = BETAS;
    *m = b1 * *m + (1.0 - b1) * g;
    *s = b2 * *s + (1.0 - b2) * g * g;
    // Both started at 0, which is corrected.
    *m / (1.0 - b1.powi(t)) / ((*s / (1.0 - b2.powi(t))).sqrt() + EPSILON)
}

/// The zoo's optimizers against these recursions, under gradients that are noise.
pub(super) fn follow(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let gradients = Stream::numbered(settings.seed, 8_000).normals(50);
    let of_adagrad = Optimizer::Adagrad { epsilon: EPSILON, learning_rate_decay: 0.0 };
    let of_rmsprop = Optimizer::Rmsprop { alpha: ALPHA, epsilon: EPSILON, momentum: 0.0, centered: false };
    let of_adam = Optimizer::Adam { beta1: BETAS[0], beta2: BETAS[1], epsilon: EPSILON };
    let pairs: [(&str, Optimizer, Recursion); 4] = [
        ("momentum 0.9", momentum(BETA), with_momentum),
        ("AdaGrad", of_adagrad, adagrad),
        ("RMSProp", of_rmsprop, rmsprop),
        ("Adam", of_adam, adam),
    ];
    for (name, recipe, recursion) in pairs {
        findings
            .claiming(format!("{name} follows its recursion under 50 random gradients: largest relative difference"))
            // Single precision: a few of its 6e-8 per step, and the 0.001 of 1 - beta2, the smallest difference taken, known to 3e-5.
            .is(off_recursion(&recipe, recursion, &gradients)?, AtMost(1e-4));
    }
    Ok(())
}

/// The largest distance from where the recursion leads, relative to the way gone so far.
fn off_recursion(recipe: &Optimizer, recursion: Recursion, gradients: &[f64]) -> Result<f64> {
    let rate = 0.1;
    let mut walkers = Walkers::new(recipe, &[[0.0, 0.0]], &Device::flex());
    let mut remembered = [0.0; 2];
    let (mut place, mut way, mut apart) = (0.0_f64, 0.0_f64, 0.0_f64);
    for (&gradient, t) in gradients.iter().zip(1..) {
        walkers = walkers.step(rate, &[[gradient, 0.0]]);
        let step = rate * recursion(&mut remembered, gradient, t);
        (place, way) = (place - step, way + step.abs());
        let [x, _] = walkers.places()?[0];
        apart = larger(apart, (x - place).abs() / way);
    }
    Ok(apart)
}

/// What correcting for the start does, against a gradient of (3, -0.02), whatever its size.
pub(super) fn first_step(findings: &mut Findings) -> Result<()> {
    let rate = 0.01;
    let walkers = Walkers::new(&ADAM, &[[0.0, 0.0]], &Device::flex()).step(rate, &[[3.0, -0.02]]);
    let [x, y] = walkers.places()?[0];
    findings
        .claiming("Adam's first step, its bias corrected, is the rate in every direction: relative difference")
        .is(larger((-x / rate - 1.0).abs(), (y / rate - 1.0).abs()), AtMost(1e-4));
    Ok(())
}
