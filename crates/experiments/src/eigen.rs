//! Eigenvalues and eigenvectors of small symmetric matrices.

use crate::matrix::Matrix;

impl Matrix {
    /// The eigenvalues of a symmetric matrix, ascending.
    pub(crate) fn eigenvalues(&self) -> Vec<f64> {
        self.eigen().into_iter().map(|(value, _)| value).collect()
    }

    /// The same, each with its eigenvector of length 1, by Jacobi's rotations.
    pub(crate) fn eigen(&self) -> Vec<(f64, Vec<f64>)> {
        let mut turned = self.clone();
        let mut vectors = Self::zeros(self.rows, self.rows).with_ridge(1.0);
        for _ in 0..60 {
            for row in 0..self.rows {
                for column in row + 1..self.rows {
                    turned.rotate_away(row, column, &mut vectors);
                }
            }
        }
        let pair = |place: usize| (turned.at(place, place), vectors.row(place).to_vec());
        let mut pairs: Vec<_> = (0..self.rows).map(pair).collect();
        pairs.sort_by(|one, other| one.0.total_cmp(&other.0));
        pairs
    }

    /// Makes the entry at (`p`, `q`) zero by a rotation of both rows and both columns, and of the rows of `vectors`.
    fn rotate_away(&mut self, p: usize, q: usize, vectors: &mut Self) {
        let entry = self.at(p, q);
        if entry.abs() < 1e-300 {
            return;
        }
        let angle = 0.5 * (2.0 * entry).atan2(self.at(q, q) - self.at(p, p));
        let (sin, cos) = angle.sin_cos();
        for k in 0..self.rows {
            let (left, right) = (self.at(k, p), self.at(k, q));
            self.set(k, p, cos * left - sin * right);
            self.set(k, q, sin * left + cos * right);
        }
        for rotated in [self, vectors] {
            for k in 0..rotated.columns {
                let (upper, lower) = (rotated.at(p, k), rotated.at(q, k));
                rotated.set(p, k, cos * upper - sin * lower);
                rotated.set(q, k, sin * upper + cos * lower);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::{dot, norm};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn eigenvalues_keep_trace_and_squares_and_stretch_their_vectors(values in prop::collection::vec(-1.0..1.0f64, 20)) {
            let matrix = Matrix { rows: 5, columns: 4, values }.gram();
            let eigenvalues = matrix.eigenvalues();
            let trace: f64 = (0..4).map(|place| matrix.at(place, place)).sum();
            prop_assert!((eigenvalues.iter().sum::<f64>() - trace).abs() < 1e-9);
            prop_assert!((dot(&eigenvalues, &eigenvalues) - dot(&matrix.values, &matrix.values)).abs() < 1e-9);
            prop_assert!(eigenvalues[0] > -1e-9);
            for (value, vector) in matrix.eigen() {
                prop_assert!((norm(&vector) - 1.0).abs() < 1e-9);
                for (found, part) in matrix.times(&vector).iter().zip(&vector) {
                    prop_assert!((found - value * part).abs() < 1e-9);
                }
            }
        }
    }
}
