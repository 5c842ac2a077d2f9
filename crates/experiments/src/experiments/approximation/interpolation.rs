//! Universal approximation in one dimension: a network of ReLU units through points of the target.

use super::wave::{Curve, Wave};
use crate::prelude::*;

/// Units with joints at `0, 1/n, ..`, whose sum with a constant passes through the target at every joint and at 1.
struct Interpolation {
    constant: f64,
    /// What each unit adds to the slope, from its joint on.
    turns: Vec<f64>,
}

impl Interpolation {
    fn of(target: impl Fn(f64) -> f64, units: usize) -> Self {
        let width = 1.0 / units as f64;
        let slope = |piece: usize| (target((piece + 1) as f64 * width) - target(piece as f64 * width)) / width;
        let turn = |piece: usize| if piece == 0 { slope(0) } else { slope(piece) - slope(piece - 1) };
        Self { constant: target(0.0), turns: (0..units).map(turn).collect() }
    }

    fn value(&self, x: f64) -> f64 {
        let width = 1.0 / self.turns.len() as f64;
        let unit = |(joint, turn): (usize, &f64)| turn * (x - joint as f64 * width).max(0.0);
        self.constant + self.turns.iter().enumerate().map(unit).sum::<f64>()
    }

    /// The mean squared error, by the midpoint rule with 20 places a piece.
    fn error(&self, target: impl Fn(f64) -> f64) -> f64 {
        let places = 20 * self.turns.len();
        let square = |place: usize| {
            let x = (place as f64 + 0.5) / places as f64;
            (self.value(x) - target(x)).powi(2)
        };
        (0..places).map(square).sum::<f64>() / places as f64
    }
}

/// Squared errors by width for two targets: the wave, and one with a kink that lies on no joint, which costs `h^2` in height over one piece
/// of width `h`.
pub(super) fn check(settings: &Setup, findings: &mut Findings) {
    let units = settings.choose(vec![4, 8, 16, 32, 64, 128, 256, 512], vec![4, 8, 16, 32, 64, 128]);
    let wave = Wave::draw(1, settings);
    let curve = |target: &dyn Fn(f64) -> f64| -> Curve {
        units.iter().map(|&units| (units as f64, Interpolation::of(target, units).error(target))).collect()
    };
    let smooth = curve(&|x| wave.value(&[x]));
    let kinked = curve(&|x| (x - 1.0 / 3.0).abs());
    let exponent = |curve: &Curve| fitted_exponent(&curve[curve.len() - 4..]);
    findings
        // On a piece the error is about f'' t (h - t) / 2, whose mean square is f''^2 h^4 / 120.
        .claiming("A ReLU network through n + 1 points of a smooth function: exponent of its squared error by n")
        .is(exponent(&smooth), Near(-4.0, 0.02))
        // With n a power of two the kink lies a third into a piece or a third before its end, which is the same.
        .claiming("A function with a kink, |x - 1/3|, needs wider networks: the same exponent")
        .is(exponent(&kinked), Near(-3.0, 0.02))
        .figure(
            "interpolation",
            "Interpolation by ReLU networks",
            "A ReLU network through n + 1 points of a smooth function of one number errs by n^(-4); of one with a \
             kink by n^(-3). Wider comes as near as one likes to either, at its own rate.",
            Chart::new(Axis::log("ReLU units n"), Axis::log("mean squared error"))
                .line("cosine", &smooth)
                .line("|x - 1/3|", &kinked),
        );
}
