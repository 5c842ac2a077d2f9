//! Fixed bases on the harmonic target, by the closed forms and by fits on real points.

use super::harmonic::{Harmonic, polynomial_terms};
use super::target::{MOST_DIMENSIONS, target};
use crate::prelude::*;

/// Number of basis functions and squared error.
pub(super) type Curve = Vec<(f64, f64)>;

/// Grids of 1, 2, 3, .. cells a side.
pub(super) fn grid_curve(target: &Harmonic, cells: impl IntoIterator<Item = usize>) -> Curve {
    let dimensions = target.frequencies.len() as i32;
    cells.into_iter().map(|cells| ((cells as f64).powi(dimensions), target.grid_error(cells))).collect()
}

/// Polynomials of total degree 0, 1, 2, ..
pub(super) fn polynomial_curve(target: &Harmonic, most: usize) -> Curve {
    let terms = |degree: usize| polynomial_terms(target.frequencies.len(), degree) as f64;
    target.polynomial_errors(most).into_iter().enumerate().map(|(degree, error)| (terms(degree), error)).collect()
}

/// The grid's exponents for every dimension, and both closed forms against fits.
pub(super) fn check(settings: &Setup, findings: &mut Findings) {
    let off = |dimensions: usize| {
        let curve = grid_curve(&target(dimensions, settings), [16, 32, 64, 128]);
        (FittedLine::of_logarithms(&curve).slope * dimensions as f64 / -2.0 - 1.0).abs()
    };
    let by_fit = |closed: f64, fitted: f64| (fitted / closed - 1.0).abs();
    let grids = [(1, 6), (2, 4), (3, 3)].map(|(dimensions, cells)| {
        let target = target(dimensions, settings);
        by_fit(target.grid_error(cells), fitted_grid(&target, cells, 8))
    });
    let polynomials = [(1, 3), (2, 3), (3, 2)].map(|(dimensions, degree)| {
        let target = target(dimensions, settings);
        by_fit(target.polynomial_errors(degree)[degree], fitted_polynomial(&target, degree).unwrap_or(f64::INFINITY))
    });
    findings
        // Cells of a sixteenth leave a second term of (a h)^2 / 12, some hundredths of the first.
        .claiming("A grid's squared error falls as n^(-2/D): largest relative difference of the exponent, D = 1 to 10")
        .is((1..=MOST_DIMENSIONS).map(off).fold(0.0, larger), AtMost(0.02))
        // The midpoint rule with m places a side of a cell loses 1/m^2 of the variance in it: 1.6 %.
        .claiming("Its closed form agrees with cell means over 8^D points per cell, D = 1 to 3: largest difference")
        .is(grids.into_iter().fold(0.0, larger), AtMost(0.03))
        .claiming("The closed form for polynomials agrees with least squares on a fine grid, D = 1 to 3: likewise")
        .is(polynomials.into_iter().fold(0.0, larger), AtMost(0.03));
}

/// The mean over the cells of the variance within each, from `places^D` points a cell.
fn fitted_grid(target: &Harmonic, cells: usize, places: usize) -> f64 {
    let dimensions = target.frequencies.len();
    let side = 1.0 / cells as f64;
    let variance = |corner: &[f64]| {
        let inside = lattice(dimensions, places);
        let at =
            |place: &Vec<f64>| -> Vec<f64> { corner.iter().zip(place).map(|(low, part)| low + part * side).collect() };
        let values: Vec<f64> = inside.iter().map(|place| target.value(&at(place))).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64
    };
    let corners = lattice(dimensions, cells);
    let sum: f64 = corners
        .iter()
        .map(|center| center.iter().map(|x| x - side / 2.0).collect::<Vec<_>>())
        .map(|c| variance(&c))
        .sum();
    sum / corners.len() as f64
}

/// The mean squared residual of least squares on all products of powers up to a total degree.
fn fitted_polynomial(target: &Harmonic, degree: usize) -> Option<f64> {
    let dimensions = target.frequencies.len();
    let points = lattice(dimensions, [0, 2000, 60, 24][dimensions]);
    let terms = powers(dimensions, degree);
    // Powers of 2x - 1 are less alike than those of x.
    let term = |x: &[f64], powers: &[usize]| {
        x.iter().zip(powers).map(|(x, &power)| (2.0 * x - 1.0).powi(power as i32)).product::<f64>()
    };
    let rows: Vec<Vec<f64>> = points.iter().map(|x| terms.iter().map(|one| term(x, one)).collect()).collect();
    let values: Vec<f64> = points.iter().map(|x| target.value(x)).collect();
    let matrix = Matrix::from_rows(&rows);
    let fitted = matrix.times(&matrix.least_squares(&values, 0.0)?);
    let squares = fitted.iter().zip(&values).map(|(fitted, value)| (fitted - value).powi(2));
    Some(squares.sum::<f64>() / values.len() as f64)
}

/// The middles of `side^D` equal cells of the unit cube.
fn lattice(dimensions: usize, side: usize) -> Vec<Vec<f64>> {
    let digit = |index: usize, place: usize| index / side.pow(place as u32) % side;
    let point = |index: usize| (0..dimensions).map(|place| (digit(index, place) as f64 + 0.5) / side as f64).collect();
    (0..side.pow(dimensions as u32)).map(point).collect()
}

/// All powers of `dimensions` variables whose sum is at most `degree`.
fn powers(dimensions: usize, degree: usize) -> Vec<Vec<usize>> {
    if dimensions == 0 {
        return vec![Vec::new()];
    }
    let with_last = |last: usize| {
        powers(dimensions - 1, degree - last).into_iter().map(move |mut powers| {
            powers.push(last);
            powers
        })
    };
    (0..=degree).flat_map(with_last).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_terms_as_the_binomial_says() {
        for (dimensions, degree) in [(1, 5), (2, 3), (3, 2), (4, 4)] {
            assert_eq!(powers(dimensions, degree).len() as u64, polynomial_terms(dimensions, degree));
        }
    }
}
