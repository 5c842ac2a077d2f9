//! Small dense matrices in `f64`: what least squares needs, written out.

use std::ops::{Add, Div, Mul, Sub};

/// A matrix stored row after row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Matrix {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) values: Vec<f64>,
}

impl Matrix {
    pub(crate) fn zeros(rows: usize, columns: usize) -> Self {
        Self { rows, columns, values: vec![0.0; rows * columns] }
    }

    /// Of rows of equal length.
    pub(crate) fn from_rows(rows: &[Vec<f64>]) -> Self {
        let columns = rows.first().map_or(0, Vec::len);
        Self { rows: rows.len(), columns, values: rows.concat() }
    }

    pub(crate) fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.columns..][..self.columns]
    }

    pub(crate) fn at(&self, row: usize, column: usize) -> f64 {
        self.values[row * self.columns + column]
    }

    pub(crate) fn set(&mut self, row: usize, column: usize, value: f64) {
        self.values[row * self.columns + column] = value;
    }

    /// `A x`.
    pub(crate) fn times(&self, x: &[f64]) -> Vec<f64> {
        (0..self.rows).map(|row| dot(self.row(row), x)).collect()
    }

    /// `A^T y`.
    pub(crate) fn transposed_times(&self, y: &[f64]) -> Vec<f64> {
        let mut product = vec![0.0; self.columns];
        for (row, factor) in y.iter().enumerate() {
            add_scaled(&mut product, *factor, self.row(row));
        }
        product
    }

    /// `A B`.
    pub(crate) fn product(&self, right: &Self) -> Self {
        let rows = (0..self.rows).flat_map(|row| right.transposed_times(self.row(row)));
        Self { rows: self.rows, columns: right.columns, values: rows.collect() }
    }

    pub(crate) fn transposed(&self) -> Self {
        let values = (0..self.columns).flat_map(|column| (0..self.rows).map(move |row| self.at(row, column)));
        Self { rows: self.columns, columns: self.rows, values: values.collect() }
    }

    /// How many rows are left by elimination that are not nearly a sum of the others: pivots, the largest of all entries each time, below
    /// `tolerance` times the first count as 0.
    pub(crate) fn rank(&self, tolerance: f64) -> usize {
        let mut rest = self.clone();
        let mut first = None;
        for rank in 0..self.rows.min(self.columns) {
            let places = (0..rest.values.len()).filter(|place| rest.values[*place].is_finite());
            let largest = places.max_by(|one, other| rest.values[*one].abs().total_cmp(&rest.values[*other].abs()));
            let Some(place) = largest else { return rank };
            let size = rest.values[place].abs();
            if size <= tolerance * *first.get_or_insert(size) {
                return rank;
            }
            rest.eliminate(place / self.columns, place % self.columns);
        }
        self.rows.min(self.columns)
    }

    /// Takes multiples of the pivot's row from all rows, itself included, so that its row and column are 0.
    fn eliminate(&mut self, row: usize, column: usize) {
        let pivot = self.row(row).to_vec();
        for other in 0..self.rows {
            let factor = self.at(other, column) / pivot[column];
            add_scaled(&mut self.values[other * self.columns..][..self.columns], -factor, &pivot);
            self.set(other, column, 0.0);
        }
    }

    /// `A^T A`, the products of all pairs of columns: `N D^2` multiplications, half of which symmetry saves.
    pub(crate) fn gram(&self) -> Self {
        Self { rows: self.columns, columns: self.columns, values: gram(&self.values, self.columns) }
    }

    /// Adds `amount` to the diagonal: a ridge.
    pub(crate) fn with_ridge(mut self, amount: f64) -> Self {
        for place in 0..self.rows {
            self.values[place * self.columns + place] += amount;
        }
        self
    }

    /// Cholesky's lower triangle `L` with `L L^T = A`; `None` if `A` is not positive definite.
    pub(crate) fn cholesky(&self) -> Option<Self> {
        Some(Self { rows: self.rows, columns: self.rows, values: cholesky(&self.values, self.rows)? })
    }

    /// The `x` with `A x = b` for a positive definite `A`, by Cholesky and two triangular systems.
    pub(crate) fn solve(&self, b: &[f64]) -> Option<Vec<f64>> {
        let lower = self.cholesky()?;
        let mut x = b.to_vec();
        for row in 0..x.len() {
            x[row] = (x[row] - dot(&lower.row(row)[..row], &x[..row])) / lower.at(row, row);
        }
        for row in (0..x.len()).rev() {
            x[row] /= lower.at(row, row);
            let (above, rest) = x.split_at_mut(row);
            add_scaled(above, -rest[0], &lower.row(row)[..row]);
        }
        Some(x)
    }

    /// The parameters that minimize `|A x - y|^2 + ridge |x|^2`, by the normal equations.
    pub(crate) fn least_squares(&self, y: &[f64], ridge: f64) -> Option<Vec<f64>> {
        self.gram().with_ridge(ridge).solve(&self.transposed_times(y))
    }
}

/// What the closed form computes with: `f64`, or numbers that count what is done with them.
pub(crate) trait Scalar:
    Copy + From<f64> + Into<f64> + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    fn root(self) -> Self;
}

impl Scalar for f64 {
    fn root(self) -> Self {
        self.sqrt()
    }
}

/// [`Matrix::gram`] of rows of `columns` values.
pub(crate) fn gram<T: Scalar>(values: &[T], columns: usize) -> Vec<T> {
    let mut gram = vec![T::from(0.0); columns * columns];
    for row in values.chunks_exact(columns.max(1)) {
        for (place, factor) in row.iter().enumerate() {
            add_scaled(&mut gram[place * columns..][..=place], *factor, &row[..=place]);
        }
    }
    for row in 0..columns {
        for column in row + 1..columns {
            gram[row * columns + column] = gram[column * columns + row];
        }
    }
    gram
}

/// [`Matrix::cholesky`] of a square matrix with `size` rows.
pub(crate) fn cholesky<T: Scalar>(values: &[T], size: usize) -> Option<Vec<T>> {
    let mut lower = vec![T::from(0.0); size * size];
    for row in 0..size {
        for column in 0..=row {
            let known = dot(&lower[row * size..][..column], &lower[column * size..][..column]);
            let rest = values[row * size + column] - known;
            let value = if row == column { rest.root() } else { rest / lower[column * size + column] };
            let number: f64 = value.into();
            if !number.is_finite() || (row == column && number == 0.0) {
                return None;
            }
            lower[row * size + column] = value;
        }
    }
    Some(lower)
}

pub(crate) fn dot<T: Scalar>(left: &[T], right: &[T]) -> T {
    left.iter().zip(right).fold(T::from(0.0), |sum, (left, right)| sum + *left * *right)
}

pub(crate) fn norm(x: &[f64]) -> f64 {
    dot(x, x).sqrt()
}

/// `sum += factor x`.
pub(crate) fn add_scaled<T: Scalar>(sum: &mut [T], factor: T, x: &[T]) {
    for (sum, x) in sum.iter_mut().zip(x) {
        *sum = *sum + factor * *x;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_solved_system_is_solved(values in prop::collection::vec(-1.0..1.0f64, 20), b in prop::collection::vec(-1.0..1.0f64, 4)) {
            let matrix = Matrix { rows: 5, columns: 4, values }.gram().with_ridge(0.1);
            let x = matrix.solve(&b).unwrap();
            for (found, wanted) in matrix.times(&x).iter().zip(&b) {
                prop_assert!((found - wanted).abs() < 1e-9);
            }
        }

        #[test]
        fn a_product_applies_one_after_the_other(values in prop::collection::vec(-1.0..1.0f64, 32), x in prop::collection::vec(-1.0..1.0f64, 4)) {
            let (left, right) = values.split_at(12);
            let left = Matrix { rows: 3, columns: 4, values: left.to_vec() };
            let right = Matrix { rows: 5, columns: 4, values: right.to_vec() }.transposed();
            let x = [x, vec![0.5]].concat();
            for (found, wanted) in left.product(&right).times(&x).iter().zip(left.times(&right.times(&x))) {
                prop_assert!((found - wanted).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn a_rank_counts_independent_rows() {
        let rank = |values: [f64; 6]| Matrix { rows: 2, columns: 3, values: values.to_vec() }.rank(1e-9);
        assert_eq!(rank([1.0, 2.0, 3.0, 2.0, 4.0, 6.0]), 1);
        assert_eq!(rank([1.0, 2.0, 3.0, 2.0, 4.0, 7.0]), 2);
        assert_eq!(rank([0.0; 6]), 0);
    }

    #[test]
    fn what_is_not_positive_definite_has_no_triangle() {
        assert_eq!(Matrix { rows: 2, columns: 2, values: vec![1.0, 2.0, 2.0, 1.0] }.cholesky(), None);
    }
}
