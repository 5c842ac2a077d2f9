//! The products of [`product`](super::product) where each channel has weights of its own: lane by lane.

#![allow(unsafe_op_in_unsafe_fn)]

use super::product::{Outer, Product};
use super::vector::Vector;

/// Pixels whose sums stay in registers.
const PIXELS: usize = 8;
/// Taps whose sums stay in registers.
const TAPS: usize = 9;

impl Product {
    /// `out[row][c] = sum over line, tap of x[row * x_row + line * lines.x + tap * taps.x + c] * w[w_first + line * lines.w + tap * taps.w][c]`,
    /// for rows of the weight that are as long as the columns.
    ///
    /// # Safety
    ///
    /// The instruction set of `V` is available.
    #[inline(always)]
    pub(crate) unsafe fn run_lanewise<V: Vector>(&self, x: &[f32], w: &[f32], out: &mut [f32]) {
        let [x_extent, w_extent, out_extent] = self.extents();
        assert!(self.columns.is_multiple_of(V::LANES) && self.rows > 0 && self.depth == 1);
        // A row of `x` holds a value of every column, where the extents count one.
        assert!(x_extent == 0 || x.len() >= x_extent - 1 + self.columns);
        assert!(w.len() >= w_extent && out.len() >= out_extent);
        // SAFETY: the extents are inside the slices, and the pixels below visit each row and column once.
        for column in (0..self.columns).step_by(V::LANES) {
            let (x, w) = (x.as_ptr().wrapping_add(column), w.as_ptr().wrapping_add(column));
            let out = out.as_mut_ptr().add(column);
            let mut row = 0;
            while row + PIXELS <= self.rows {
                self.pixels::<V, PIXELS>(x.wrapping_add(row * self.x_row), w, out.add(row * self.out_row));
                row += PIXELS;
            }
            while row + 4 <= self.rows {
                self.pixels::<V, 4>(x.wrapping_add(row * self.x_row), w, out.add(row * self.out_row));
                row += 4;
            }
            while row < self.rows {
                self.pixels::<V, 1>(x.wrapping_add(row * self.x_row), w, out.add(row * self.out_row));
                row += 1;
            }
        }
    }

    #[inline(always)]
    unsafe fn pixels<V: Vector, const P: usize>(&self, x: *const f32, w: *const f32, out: *mut f32) {
        let mut sums = [V::splat(0.0); P];
        for line in 0..self.lines.count {
            for tap in 0..self.taps.count {
                let x = x.add(line * self.lines.x + tap * self.taps.x);
                let weight = V::load(w.add((self.w_first + line * self.lines.w + tap * self.taps.w) * self.columns));
                for (p, sum) in sums.iter_mut().enumerate() {
                    *sum = V::load(x.add(p * self.x_row)).mul_add(weight, *sum);
                }
            }
        }
        for (p, sum) in sums.iter().enumerate() {
            sum.store(out.add(p * self.out_row));
        }
    }
}

impl Outer {
    /// `sums[tap][c] += sum over line, row of x[offsets[tap] + line * x_line + row * x_row + c] * g[line * g_line + row * g_row + c]`.
    ///
    /// # Safety
    ///
    /// The instruction set of `V` is available.
    #[inline(always)]
    pub(crate) unsafe fn run_lanewise<V: Vector>(&self, offsets: &[usize], x: &[f32], g: &[f32], sums: &mut [f32]) {
        assert!(self.columns.is_multiple_of(V::LANES) && self.rows > 0 && self.lines > 0);
        let furthest = offsets.iter().max().copied().unwrap_or(0);
        let end = |line: usize, row: usize| (self.lines - 1) * line + (self.rows - 1) * row + self.columns;
        assert!(x.len() >= furthest + end(self.x_line, self.x_row) && g.len() >= end(self.g_line, self.g_row));
        assert!(sums.len() >= offsets.len() * self.columns);
        // SAFETY: the extents asserted above.
        for column in (0..self.columns).step_by(V::LANES) {
            let (x, g) = (x.as_ptr().add(column), g.as_ptr().add(column));
            let mut sums = sums.as_mut_ptr().add(column);
            let mut rest = offsets;
            while let [a, b, c, d, e, f, g_, h, i, behind @ ..] = rest {
                self.taps::<V, TAPS>(x, g, [*a, *b, *c, *d, *e, *f, *g_, *h, *i], sums);
                sums = sums.wrapping_add(TAPS * self.columns);
                rest = behind;
            }
            while let [a, b, c, d, behind @ ..] = rest {
                self.taps::<V, 4>(x, g, [*a, *b, *c, *d], sums);
                sums = sums.wrapping_add(4 * self.columns);
                rest = behind;
            }
            for offset in rest {
                self.taps::<V, 1>(x, g, [*offset], sums);
                sums = sums.wrapping_add(self.columns);
            }
        }
    }

    #[inline(always)]
    unsafe fn taps<V: Vector, const N: usize>(
        &self,
        x: *const f32,
        g: *const f32,
        offsets: [usize; N],
        target: *mut f32,
    ) {
        let mut sums = [V::splat(0.0); N];
        for line in 0..self.lines {
            for row in 0..self.rows {
                let x = x.add(line * self.x_line + row * self.x_row);
                let gradient = V::load(g.add(line * self.g_line + row * self.g_row));
                for (sum, offset) in sums.iter_mut().zip(offsets) {
                    *sum = V::load(x.add(offset)).mul_add(gradient, *sum);
                }
            }
        }
        for (n, sum) in sums.iter().enumerate() {
            let target = target.add(n * self.columns);
            V::load(target).add(*sum).store(target);
        }
    }
}
