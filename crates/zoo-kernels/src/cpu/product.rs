//! The two register-blocked products that all the arithmetic here comes down to.

#![allow(unsafe_op_in_unsafe_fn)]

use super::vector::Vector;

/// Steps that are alike, of `x` and of the weight's rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Steps {
    pub(crate) count: usize,
    /// Values of `x` from one to the next.
    pub(crate) x: usize,
    /// Rows of the weight from one to the next.
    pub(crate) w: usize,
}

impl Steps {
    /// A single one.
    pub(crate) const ONE: Self = Self { count: 1, x: 0, w: 0 };
}

/// `out[row][c] = sum over line, tap, k of x[row * x_row + line * lines.x + tap * taps.x + k] * w[w_first + line * lines.w + tap * taps.w + k][c]`.
///
/// A row is a pixel of the output, a line the part of its window that lies in one line of the image. Where column and channel are
/// contiguous, the line is one tap. Of `w`, blocks of two vectors of columns stand one after another, each
/// `[w_rows][2 * LANES]`, the last `[w_rows][LANES]` where their number is odd.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Product {
    pub(crate) rows: usize,
    pub(crate) x_row: usize,
    pub(crate) lines: Steps,
    pub(crate) taps: Steps,
    pub(crate) depth: usize,
    /// Row of the weight at which the first tap's begin.
    pub(crate) w_first: usize,
    pub(crate) w_rows: usize,
    /// A multiple of the lanes.
    pub(crate) columns: usize,
    pub(crate) out_row: usize,
}

impl Product {
    /// A matrix product of rows that lie one after another.
    pub(crate) fn of_rows(rows: usize, [x_row, depth]: [usize; 2], columns: usize) -> Self {
        let (lines, taps) = (Steps::ONE, Steps::ONE);
        Self { rows, x_row, lines, taps, depth, w_first: 0, w_rows: depth, columns, out_row: columns }
    }

    /// The same with taps that lie one after another seen as one.
    pub(crate) fn merged(self) -> Self {
        let is_run = self.taps.x == self.depth && self.taps.w == self.depth && self.taps.count > 0;
        if is_run { Self { depth: self.taps.count * self.depth, taps: Steps::ONE, ..self } } else { self }
    }

    /// Values that `x`, `w` and `out` must hold.
    pub(super) fn extents(&self) -> [usize; 3] {
        let out = (self.rows - 1) * self.out_row + self.columns;
        if self.lines.count == 0 || self.taps.count == 0 {
            return [0, 0, out];
        }
        let last = [self.lines.count - 1, self.taps.count - 1];
        let rows = self.w_first + last[0] * self.lines.w + last[1] * self.taps.w + self.depth;
        assert!(rows <= self.w_rows);
        [
            (self.rows - 1) * self.x_row + last[0] * self.lines.x + last[1] * self.taps.x + self.depth,
            self.w_rows * self.columns,
            out,
        ]
    }

    /// Computes the product.
    ///
    /// # Safety
    ///
    /// The instruction set of `V` is available.
    #[inline(always)]
    pub(crate) unsafe fn run<V: Vector>(&self, x: &[f32], w: &[f32], out: &mut [f32]) {
        let [x_extent, w_extent, out_extent] = self.extents();
        assert!(self.columns.is_multiple_of(V::LANES) && self.rows > 0);
        assert!(x.len() >= x_extent && w.len() >= w_extent && out.len() >= out_extent);
        // SAFETY: the extents are inside the slices, and the tiles below visit each row and column once.
        let (x, w, out) = (x.as_ptr(), w.as_ptr(), out.as_mut_ptr());
        let mut column = 0;
        while column + 2 * V::LANES <= self.columns {
            self.columns::<V, 2>(x, w.add(column * self.w_rows), out.add(column));
            column += 2 * V::LANES;
        }
        if column < self.columns {
            self.columns::<V, 1>(x, w.add(column * self.w_rows), out.add(column));
        }
    }

    #[inline(always)]
    unsafe fn columns<V: Vector, const N: usize>(&self, x: *const f32, w: *const f32, out: *mut f32) {
        let mut row = 0;
        let at = |row: usize| (x.add(row * self.x_row), out.add(row * self.out_row));
        match V::ROWS {
            8 => row += self.rows_of::<V, 8, N>(row, at, w),
            6 => row += self.rows_of::<V, 6, N>(row, at, w),
            _ => {}
        }
        row += self.rows_of::<V, 4, N>(row, at, w);
        row += self.rows_of::<V, 2, N>(row, at, w);
        self.rows_of::<V, 1, N>(row, at, w);
    }

    /// As many blocks of `P` rows from `first` on as there are; returns how many rows that was.
    #[inline(always)]
    unsafe fn rows_of<V: Vector, const P: usize, const N: usize>(
        &self,
        first: usize,
        at: impl Fn(usize) -> (*const f32, *mut f32),
        w: *const f32,
    ) -> usize {
        let mut row = first;
        while row + P <= self.rows {
            let (x, out) = at(row);
            self.tile::<V, P, N>(x, w, out);
            row += P;
        }
        row - first
    }

    #[inline(always)]
    unsafe fn tile<V: Vector, const P: usize, const N: usize>(&self, x: *const f32, w: *const f32, out: *mut f32) {
        let mut sums = [[V::splat(0.0); N]; P];
        for line in 0..self.lines.count {
            for tap in 0..self.taps.count {
                let x = x.add(line * self.lines.x + tap * self.taps.x);
                let mut w = w.add((self.w_first + line * self.lines.w + tap * self.taps.w) * N * V::LANES);
                for k in 0..self.depth {
                    let mut weights = [V::splat(0.0); N];
                    for (n, weight) in weights.iter_mut().enumerate() {
                        *weight = V::load(w.add(n * V::LANES));
                    }
                    // The last of these may lie past the end, where nothing is read.
                    w = w.wrapping_add(N * V::LANES);
                    for (p, sums) in sums.iter_mut().enumerate() {
                        let value = V::splat(*x.add(p * self.x_row + k));
                        for (sum, weight) in sums.iter_mut().zip(weights) {
                            *sum = value.mul_add(weight, *sum);
                        }
                    }
                }
            }
        }
        for (p, sums) in sums.iter().enumerate() {
            for (n, sum) in sums.iter().enumerate() {
                sum.store(out.add(p * self.out_row + n * V::LANES));
            }
        }
    }
}

/// `sums[k][c] += sum over line, row of x[line * x_line + row * x_row + k] * g[line * g_line + row * g_row + c]`: what a weight's
/// gradient is made of. With `first`, what `sums` held does not count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outer {
    pub(crate) lines: usize,
    pub(crate) x_line: usize,
    pub(crate) g_line: usize,
    pub(crate) rows: usize,
    pub(crate) x_row: usize,
    pub(crate) g_row: usize,
    pub(crate) depth: usize,
    /// A multiple of the lanes; also the length of a row of `sums`.
    pub(crate) columns: usize,
    pub(crate) first: bool,
}

impl Outer {
    fn extents(&self) -> [usize; 3] {
        [
            (self.lines - 1) * self.x_line + (self.rows - 1) * self.x_row + self.depth,
            (self.lines - 1) * self.g_line + (self.rows - 1) * self.g_row + self.columns,
            self.depth * self.columns,
        ]
    }

    /// Adds the product to `sums`.
    ///
    /// # Safety
    ///
    /// The instruction set of `V` is available.
    #[inline(always)]
    pub(crate) unsafe fn run<V: Vector>(&self, x: &[f32], g: &[f32], sums: &mut [f32]) {
        let [x_extent, g_extent, sums_extent] = self.extents();
        assert!(self.columns.is_multiple_of(V::LANES) && self.rows > 0 && self.lines > 0);
        assert!(x.len() >= x_extent && g.len() >= g_extent && sums.len() >= sums_extent);
        // SAFETY: the extents are inside the slices, and the tiles below visit each k and column once.
        let (x, g, sums) = (x.as_ptr(), g.as_ptr(), sums.as_mut_ptr());
        let mut column = 0;
        while column + 2 * V::LANES <= self.columns {
            self.columns::<V, 2>(x, g.add(column), sums.add(column));
            column += 2 * V::LANES;
        }
        if column < self.columns {
            self.columns::<V, 1>(x, g.add(column), sums.add(column));
        }
    }

    #[inline(always)]
    unsafe fn columns<V: Vector, const N: usize>(&self, x: *const f32, g: *const f32, sums: *mut f32) {
        let mut k = 0;
        let at = |k: usize| (x.add(k), sums.add(k * self.columns));
        match V::ROWS {
            8 => k += self.depths_of::<V, 8, N>(k, at, g),
            6 => k += self.depths_of::<V, 6, N>(k, at, g),
            _ => {}
        }
        k += self.depths_of::<V, 4, N>(k, at, g);
        k += self.depths_of::<V, 2, N>(k, at, g);
        self.depths_of::<V, 1, N>(k, at, g);
    }

    #[inline(always)]
    unsafe fn depths_of<V: Vector, const P: usize, const N: usize>(
        &self,
        first: usize,
        at: impl Fn(usize) -> (*const f32, *mut f32),
        g: *const f32,
    ) -> usize {
        let mut k = first;
        while k + P <= self.depth {
            let (x, sums) = at(k);
            self.tile::<V, P, N>(x, g, sums);
            k += P;
        }
        k - first
    }

    #[inline(always)]
    unsafe fn tile<V: Vector, const P: usize, const N: usize>(&self, x: *const f32, g: *const f32, target: *mut f32) {
        let mut sums = [[V::splat(0.0); N]; P];
        for line in 0..self.lines {
            let (mut x, mut g) = (x.add(line * self.x_line), g.add(line * self.g_line));
            for _ in 0..self.rows {
                let mut gradients = [V::splat(0.0); N];
                for (n, gradient) in gradients.iter_mut().enumerate() {
                    *gradient = V::load(g.add(n * V::LANES));
                }
                for (p, sums) in sums.iter_mut().enumerate() {
                    let value = V::splat(*x.add(p));
                    for (sum, gradient) in sums.iter_mut().zip(gradients) {
                        *sum = value.mul_add(gradient, *sum);
                    }
                }
                // The last of these may lie past the end, where nothing is read.
                x = x.wrapping_add(self.x_row);
                g = g.wrapping_add(self.g_row);
            }
        }
        for (p, sums) in sums.iter().enumerate() {
            for (n, sum) in sums.iter().enumerate() {
                let target = target.add(p * self.columns + n * V::LANES);
                let total = if self.first { *sum } else { V::load(target).add(*sum) };
                total.store(target);
            }
        }
    }
}
