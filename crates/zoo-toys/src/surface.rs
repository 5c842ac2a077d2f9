//! The surfaces that descent is watched on, each with its gradient by hand.

use std::ops::Range;

/// A surface, where walks on it start, and the part of the plane that is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Land {
    /// What it is called.
    pub name: &'static str,
    /// Its heights.
    pub surface: Surface,
    /// A place from which the optimizers differ.
    pub start: [f64; 2],
    /// Of the first parameter.
    pub x: Range<f64>,
    /// Of the second parameter.
    pub y: Range<f64>,
}

/// Four surfaces on which optimizers differ.
pub const LANDS: [Land; 4] = [
    Land {
        name: "quadratic, curvatures 1 and 4",
        surface: Surface::BOWL,
        start: [3.0, 2.5],
        x: -3.0..4.0,
        y: -2.5..3.2,
    },
    Land {
        name: "ravine, curvatures 1 and 50",
        surface: Surface::RAVINE,
        start: [10.0, 1.0],
        x: -6.0..11.0,
        y: -1.4..1.4,
    },
    Land { name: "Rosenbrock", surface: Surface::Rosenbrock, start: [-1.2, 1.0], x: -2.0..2.0, y: -1.0..3.0 },
    Land { name: "saddle", surface: Surface::Saddle, start: [1.5, 0.001], x: -1.0..2.0, y: -1.6..1.6 },
];

/// A function of two parameters with its least value 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Surface {
    /// `1/2 (l_1 u^2 + l_2 v^2)` in coordinates turned by `angle`: the eigenvalues of its Hessian are the `curvatures`.
    Quadratic {
        /// Along the first coordinate, then along the second.
        curvatures: [f64; 2],
        /// In radians, counter-clockwise.
        angle: f64,
    },
    /// `(1 - x)^2 + 100 (y - x^2)^2`, a bent valley with its minimum at (1, 1).
    Rosenbrock,
    /// `1/2 x^2 - 1/2 y^2 + 1/4 y^4 + 1/4`: a saddle at the origin between minima at (0, 1) and (0, -1).
    Saddle,
}

impl Surface {
    /// A round bowl.
    pub const BOWL: Self = Self::Quadratic { curvatures: [1.0, 4.0], angle: 0.5 };
    /// Fifty times as steep across as along.
    pub const RAVINE: Self = Self::Quadratic { curvatures: [1.0, 50.0], angle: 0.0 };

    /// Its height over a place.
    #[inline]
    pub fn value(self, [x, y]: [f64; 2]) -> f64 {
        match self {
            Self::Quadratic { curvatures, angle } => {
                let [u, v] = turned([x, y], -angle);
                0.5 * (curvatures[0] * u * u + curvatures[1] * v * v)
            }
            Self::Rosenbrock => (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2),
            Self::Saddle => 0.5 * x * x + 0.25 * (y * y - 1.0).powi(2),
        }
    }

    /// By the first parameter, then by the second.
    #[inline]
    pub fn gradient(self, [x, y]: [f64; 2]) -> [f64; 2] {
        match self {
            Self::Quadratic { curvatures, angle } => {
                let [u, v] = turned([x, y], -angle);
                turned([curvatures[0] * u, curvatures[1] * v], angle)
            }
            Self::Rosenbrock => {
                let off_valley = y - x * x;
                [-2.0 * (1.0 - x) - 400.0 * x * off_valley, 200.0 * off_valley]
            }
            Self::Saddle => [x, y * (y * y - 1.0)],
        }
    }

    /// The largest eigenvalue of the Hessian at the minimum.
    pub fn steepest(self) -> f64 {
        match self {
            Self::Quadratic { curvatures, .. } => curvatures[0].max(curvatures[1]),
            // [[802, -400], [-400, 200]] has trace 1002 and determinant 400.
            Self::Rosenbrock => (1002.0 + (1002.0_f64.powi(2) - 1600.0).sqrt()) / 2.0,
            Self::Saddle => 2.0,
        }
    }
}

fn turned([x, y]: [f64; 2], angle: f64) -> [f64; 2] {
    let (sin, cos) = angle.sin_cos();
    [cos * x - sin * y, sin * x + cos * y]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn gradients_are_slopes(x in -2.0..2.0f64, y in -2.0..2.0f64, angle in 0.0..3.0f64) {
            let turned = Surface::Quadratic { curvatures: [0.5, 7.0], angle };
            for surface in [turned, Surface::BOWL, Surface::RAVINE, Surface::Rosenbrock, Surface::Saddle] {
                let [by_x, by_y] = surface.gradient([x, y]);
                let step = 1e-6;
                let along_x = (surface.value([x + step, y]) - surface.value([x - step, y])) / (2.0 * step);
                let along_y = (surface.value([x, y + step]) - surface.value([x, y - step])) / (2.0 * step);
                prop_assert!((by_x - along_x).abs() < 1e-5 * (1.0 + by_x.abs()), "{surface:?}");
                prop_assert!((by_y - along_y).abs() < 1e-5 * (1.0 + by_y.abs()), "{surface:?}");
                prop_assert!(surface.value([x, y]) >= 0.0);
            }
        }
    }

    #[test]
    fn the_minima_are_minima() {
        let minima = [(Surface::BOWL, [0.0, 0.0]), (Surface::Rosenbrock, [1.0, 1.0]), (Surface::Saddle, [0.0, -1.0])];
        for (surface, minimum) in minima {
            assert_eq!((surface.value(minimum), surface.gradient(minimum)), (0.0, [0.0, 0.0]));
        }
    }
}
