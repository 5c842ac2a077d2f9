//! A value at every point of a rectangle.

use std::ops::Range;

/// Values on a grid: row by row from the lowest y to the highest, each from the lowest x to the highest.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub(crate) x: Range<f64>,
    pub(crate) y: Range<f64>,
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    pub(crate) values: Vec<f64>,
}

impl Field {
    /// `value(x, y)` at the middle of every cell.
    ///
    /// # Panics
    ///
    /// If there are no columns or rows.
    pub fn sample(
        x: Range<f64>,
        y: Range<f64>,
        [columns, rows]: [usize; 2],
        mut value: impl FnMut(f64, f64) -> f64,
    ) -> Field {
        assert!(columns > 0 && rows > 0, "a field needs columns and rows, not {columns} and {rows}");
        let mut field = Field { x, y, columns, rows, values: Vec::with_capacity(columns * rows) };
        for row in 0..rows {
            for column in 0..columns {
                let (at_x, at_y) = field.center(column, row);
                field.values.push(value(at_x, at_y));
            }
        }
        field
    }

    /// A picture: `rows` from the top down, pixels one unit wide.
    ///
    /// # Panics
    ///
    /// If there is no row, or rows differ in length.
    pub fn picture(rows: &[Vec<f64>]) -> Field {
        let columns = rows.first().map_or(0, Vec::len);
        assert!(columns > 0 && rows.iter().all(|row| row.len() == columns), "a picture needs rows of one length");
        let values = rows.iter().rev().flatten().copied().collect();
        Field { x: 0.0..columns as f64, y: 0.0..rows.len() as f64, columns, rows: rows.len(), values }
    }

    pub(crate) fn at(&self, column: usize, row: usize) -> f64 {
        self.values[row * self.columns + column]
    }

    pub(crate) fn center(&self, column: usize, row: usize) -> (f64, f64) {
        let part = |range: &Range<f64>, at: usize, of: usize| {
            range.start + (range.end - range.start) * (at as f64 + 0.5) / of as f64
        };
        (part(&self.x, column, self.columns), part(&self.y, row, self.rows))
    }

    /// The least and largest finite value; 0 and 1 if there is none.
    pub(crate) fn span(&self) -> (f64, f64) {
        let finite = || self.values.iter().copied().filter(|value| value.is_finite());
        (finite().reduce(f64::min).unwrap_or(0.0), finite().reduce(f64::max).unwrap_or(1.0))
    }
}
