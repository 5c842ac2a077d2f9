//! The target, a wave on the unit cube, and how well two fixed bases can do on it, in closed form.
//!
//! A wave's mean over a box and its Legendre coefficients are products over the dimensions, so the least possible mean squared error needs no
//! samples.

use crate::prelude::*;
use std::f64::consts::TAU;

/// Dimensions from 1 to this.
pub(super) const MOST_DIMENSIONS: usize = 10;
/// The length of the target's frequencies in every dimension: about one period along their direction.
const FREQUENCY: f64 = 6.0;

/// Number of functions, and error.
pub(super) type Curve = Vec<(f64, f64)>;

/// `cos(a . x + b)` for `x` uniform in `0..1` in every dimension.
pub(super) struct Wave {
    frequencies: Vec<f64>,
    phase: f64,
}

impl Wave {
    /// All entries of `a` as large, their signs and `b` random.
    pub(super) fn draw(dimensions: usize, settings: &Setup) -> Self {
        let mut random = Stream::numbered(settings.seed, 100 + dimensions as u64);
        let size = FREQUENCY / (dimensions as f64).sqrt();
        let frequencies = (0..dimensions).map(|_| if random.unit() < 0.5 { -size } else { size }).collect();
        Self { frequencies, phase: random.uniform(0.0, TAU) }
    }

    pub(super) fn dimensions(&self) -> usize {
        self.frequencies.len()
    }

    pub(super) fn value(&self, x: &[f64]) -> f64 {
        let angle: f64 = self.frequencies.iter().zip(x).map(|(frequency, x)| frequency * x).sum();
        (angle + self.phase).cos()
    }

    /// The mean of `cos(k (a . x + b))` over points that lie symmetrically about the cube's center: its value there, shrunk along each side.
    fn mean(&self, multiple: f64, shrink: impl Fn(f64) -> f64) -> f64 {
        let center = multiple * (self.phase + self.frequencies.iter().sum::<f64>() / 2.0);
        self.frequencies.iter().map(|frequency| shrink(*frequency)).product::<f64>() * center.cos()
    }

    /// The mean of the square.
    fn mean_square(&self) -> f64 {
        0.5 + 0.5 * self.mean(2.0, sinc)
    }

    /// What there is to be explained.
    pub(super) fn variance(&self) -> f64 {
        self.mean_square() - self.mean(1.0, |frequency| sinc(frequency / 2.0)).powi(2)
    }

    /// The least mean squared error of any function constant on each of `cells^D` boxes: the variance within the boxes.
    ///
    /// The mean over a box with center `c` is `cos(a . c + b) prod sinc(a_i h / 2)`; its square is averaged over the centers.
    fn grid_error(&self, cells: usize) -> f64 {
        let cells = cells as f64;
        let shrink: f64 = self.frequencies.iter().map(|frequency| sinc(frequency / cells / 2.0).powi(2)).product();
        let over_centers = |frequency: f64| frequency.sin() / (cells * (frequency / cells).sin());
        self.mean_square() - shrink * (0.5 + 0.5 * self.mean(2.0, over_centers))
    }

    /// Grids of 1, 2, 3, .. cells a side: their cells, and the fraction of the variance that they leave.
    pub(super) fn grid_curve(&self) -> Curve {
        let boxes = |cells: usize| (cells as f64).powi(self.dimensions() as i32);
        (1..=128).map(|cells| (boxes(cells), self.grid_error(cells) / self.variance())).collect()
    }
}

/// The exponent of a grid's squared error by its number of cells.
pub(super) fn grid_exponent(dimensions: usize, settings: &Setup) -> f64 {
    let curve = Wave::draw(dimensions, settings).grid_curve();
    fitted_exponent(&[16, 32, 64, 128].map(|cells: usize| curve[cells - 1]))
}

/// Polynomials of total degree 0, 1, .. `most`: their terms, and the fraction of the variance that they leave, of the means of both over all
/// phases.
///
/// In the products of orthonormal Legendre polynomials the coefficient of degrees `k` is
/// `Re(exp(i b') i^|k|) prod sqrt(2 k_i + 1) j_{k_i}(a_i / 2)` with spherical Bessel functions `j` and the phase `b'` at the cube's center:
/// its square has the mean `1/2 prod (2 k_i + 1) j_{k_i}^2`, and the wave's square the mean 1/2.
pub(super) fn polynomial_curve(dimensions: usize, most: usize) -> Curve {
    let energies = energies(dimensions, most);
    let mut rest = 1.0;
    let errors = energies.iter().map(|energy| {
        rest -= energy;
        rest
    });
    let fractions = errors.map(|error| error / (1.0 - energies[0]));
    fractions.enumerate().map(|(degree, fraction)| (polynomial_terms(dimensions, degree), fraction)).collect()
}

/// The number of terms of a polynomial of this total degree: `(D + M choose M)`.
pub(super) fn polynomial_terms(dimensions: usize, degree: usize) -> f64 {
    (1..=degree).fold(1.0, |product, step| product * (dimensions + step) as f64 / step as f64)
}

/// The energy of `exp(i a . x)` in polynomials of total degree 0, 1, .. `most`; all degrees together have 1.
fn energies(dimensions: usize, most: usize) -> Vec<f64> {
    let side = FREQUENCY / (dimensions as f64).sqrt() / 2.0;
    let one: Vec<f64> = (0..=most).map(|k| (2 * k + 1) as f64 * spherical_bessel(k, side).powi(2)).collect();
    // A degree is shared between a further dimension and those before.
    let shared = |all: &Vec<f64>, degree: usize| (0..=degree).map(|own| all[degree - own] * one[own]).sum::<f64>();
    (1..dimensions).fold(one.clone(), |all, _| (0..=most).map(|degree| shared(&all, degree)).collect())
}

/// `j_k(x) = x^k / (2k + 1)!! (1 - (x^2 / 2) / (1 (2k + 3)) + (x^2 / 2)^2 / (2 (2k + 3) (2k + 5)) - ..)`; for `x` up to 3 no term is much
/// larger than the sum.
fn spherical_bessel(k: usize, x: f64) -> f64 {
    let mut term = (1..=k).fold(1.0, |term, factor| term * x / (2 * factor + 1) as f64);
    let mut sum = term;
    for place in 1..30 {
        term *= -x * x / (2 * place * (2 * (k + place) + 1)) as f64;
        sum += term;
    }
    sum
}

fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-8 { 1.0 } else { x.sin() / x }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn closed_forms_are_the_integrals(across in -6.0..6.0f64, up in -6.0..6.0f64, phase in -3.0..3.0f64) {
            let wave = Wave { frequencies: vec![across, up], phase };
            let place = |index: usize| (index as f64 + 0.5) / 200.0;
            // What is left of the variance in each of 2 x 2 cells, by 100 x 100 points, and in all of the square.
            let within = |corner: [usize; 2], side: usize| {
                let points = (0..side * side).map(|point| [corner[0] + point / side, corner[1] + point % side]);
                let values: Vec<f64> = points.map(|point| wave.value(&point.map(place))).collect();
                let mean = values.iter().sum::<f64>() / values.len() as f64;
                values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64
            };
            let quarters = [[0, 0], [0, 100], [100, 0], [100, 100]].map(|corner| within(corner, 100));
            prop_assert!((wave.variance() - within([0, 0], 200)).abs() < 1e-3);
            prop_assert!((wave.grid_error(2) - quarters.iter().sum::<f64>() / 4.0).abs() < 1e-3);
        }
    }

    #[test]
    fn all_degrees_together_have_all_energy() {
        for dimensions in 1..=MOST_DIMENSIONS {
            assert!((energies(dimensions, 30).iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }
}
