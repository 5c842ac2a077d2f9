//! Universal approximation in one dimension: a network of ReLU units through points of the target.

use super::fixed::Curve;
use super::harmonic::Harmonic;
use crate::prelude::*;

/// Units with joints at `0, 1/n, ..`, whose sum with a constant passes through the target at every joint and at 1.
pub(super) struct Interpolation {
    constant: f64,
    /// What each unit adds to the slope, from its joint on.
    turns: Vec<f64>,
}

impl Interpolation {
    pub(super) fn of(target: impl Fn(f64) -> f64, units: usize) -> Self {
        let width = 1.0 / units as f64;
        let slope = |piece: usize| (target((piece + 1) as f64 * width) - target(piece as f64 * width)) / width;
        let turn = |piece: usize| if piece == 0 { slope(0) } else { slope(piece) - slope(piece - 1) };
        Self { constant: target(0.0), turns: (0..units).map(turn).collect() }
    }

    pub(super) fn value(&self, x: f64) -> f64 {
        let width = 1.0 / self.turns.len() as f64;
        let unit = |(joint, turn): (usize, &f64)| turn * (x - joint as f64 * width).max(0.0);
        self.constant + self.turns.iter().enumerate().map(unit).sum::<f64>()
    }

    /// The mean squared error, by the midpoint rule with 20 places a piece.
    pub(super) fn error(&self, target: impl Fn(f64) -> f64) -> f64 {
        let places = 20 * self.turns.len();
        let square = |place: usize| {
            let x = (place as f64 + 0.5) / places as f64;
            (self.value(x) - target(x)).powi(2)
        };
        (0..places).map(square).sum::<f64>() / places as f64
    }
}

/// Squared errors by number of units, for targets of three kinds.
pub(super) struct InterpolationErrors {
    /// The wave, with theory's errors beside: on a piece of width `h` the error is about `f'' t (h - t) / 2`, whose mean square is
    /// `f''^2 h^4 / 120`.
    pub(super) smooth: Curve,
    pub(super) expected: Curve,
    /// `|x - 1/3|`, with a kink that lies on no joint: all of the error is in one piece, `h^2` of it in height and `h` in width.
    pub(super) kinked: Curve,
    /// `sqrt |x - 1/3|`, whose slope has no bound: near 1/3 the error is as large as `h^(1/2)`, squared `h`, over a width of `h`.
    pub(super) root: Curve,
}

pub(super) fn errors(target: &Harmonic, settings: &Setup) -> InterpolationErrors {
    let units = settings.choose(vec![4, 8, 16, 32, 64, 128, 256, 512], vec![4, 8, 16, 32, 64, 128]);
    let curvature = target.frequencies[0].powi(4) * target.mean_square();
    InterpolationErrors {
        smooth: curve(&units, |x| target.value(&[x])),
        expected: units.iter().map(|&units| (units as f64, curvature / 120.0 / (units as f64).powi(4))).collect(),
        kinked: curve(&units, |x| (x - 1.0 / 3.0).abs()),
        root: curve(&units, |x| (x - 1.0 / 3.0).abs().sqrt()),
    }
}

fn curve(units: &[usize], target: impl Fn(f64) -> f64) -> Curve {
    units.iter().map(|&units| (units as f64, Interpolation::of(&target, units).error(&target))).collect()
}

pub(super) fn check(errors: &InterpolationErrors, findings: &mut Findings) {
    let last = errors.smooth.len() - 1;
    let slope = |curve: &Curve| FittedLine::of_logarithms(&curve[last - 3..]).slope;
    findings
        .claiming("A ReLU network through n + 1 points of a smooth function: exponent of its squared error by n")
        .is(slope(&errors.smooth), Near(-4.0, 0.02))
        // The next term of the expansion is smaller by (a h)^2 = (6/128)^2; the midpoint rule is off by 1/20^2.
        .claiming("and its size with the most units over mean(f''²) / (120 n^4)")
        .is(errors.smooth[last].1 / errors.expected[last].1, Near(1.0, 0.01))
        // With n a power of two the kink lies a third into a piece or a third before its end, which is the same.
        .claiming("A function with a kink, |x - 1/3|, needs wider networks: the same exponent")
        .is(slope(&errors.kinked), Near(-3.0, 0.02))
        // Pieces far from the root add h^4 f''^2: a fraction that falls as h^2, below (4/16)^2 / 10 at 16 units.
        .claim("and for sqrt |x - 1/3|, whose slope has no bound", slope(&errors.root), Near(-2.0, 0.02));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_passes_through_its_points(units in 1..30usize, frequency in -9.0..9.0f64) {
            let target = |x: f64| (frequency * x).sin() + x * x;
            let network = Interpolation::of(target, units);
            for joint in 0..=units {
                let x = joint as f64 / units as f64;
                prop_assert!((network.value(x) - target(x)).abs() < 1e-9);
            }
        }
    }
}
