//! The product of bytes that all of it comes down to.

#![allow(unsafe_op_in_unsafe_fn)]

/// Columns a register holds sums of, on every instruction set: the order of packed weights depends on it.
pub(crate) const LANES: usize = 8;

/// `out[row][c] = sum over run, k of x[row * x_row + run * x_run + k] * w[run][k][c]`, exact.
///
/// A row is a pixel of the output, a run the part of its window that lies in one line of the image. `x` holds bytes less their zero
/// point, -255 to 255. Of `w`, blocks of two registers of columns stand one after another, each `[runs][pairs][2 * LANES][2]`, the last
/// `[runs][pairs][LANES][2]` where their number is odd: two neighbors of a run are multiplied at once, and an odd run ends with a weight of
/// zero, for which `x` is read one value further.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ByteProduct {
    pub(crate) rows: usize,
    pub(crate) x_row: usize,
    pub(crate) runs: usize,
    pub(crate) x_run: usize,
    pub(crate) depth: usize,
    /// A multiple of [`LANES`].
    pub(crate) columns: usize,
}

impl ByteProduct {
    /// Pairs of neighbors in a run.
    pub(crate) fn pairs(&self) -> usize {
        self.depth.div_ceil(2)
    }

    /// Values that `x`, `w` and `out` must hold.
    fn extents(&self) -> [usize; 3] {
        [
            (self.rows - 1) * self.x_row + (self.runs - 1) * self.x_run + 2 * self.pairs(),
            self.runs * 2 * self.pairs() * self.columns,
            self.rows * self.columns,
        ]
    }

    fn check(&self, x: &[i16], w: &[i8], out: &[i32]) {
        let extents = self.extents();
        assert!(self.columns.is_multiple_of(LANES) && self.rows > 0 && self.runs > 0);
        assert!(x.len() >= extents[0] && w.len() >= extents[1] && out.len() >= extents[2]);
    }

    /// Weights in the order that the product reads them, from `weight(run, k, column)` of the first `columns`.
    pub(crate) fn pack(&self, columns: usize, weight: impl Fn(usize, usize, usize) -> i8) -> Vec<i8> {
        let mut packed = Vec::with_capacity(self.extents()[1]);
        for (first, width) in self.blocks() {
            for run in 0..self.runs {
                for pair in 0..self.pairs() {
                    let of = |column: usize, k: usize| {
                        if column < columns && k < self.depth { weight(run, k, column) } else { 0 }
                    };
                    packed.extend((first..first + width).flat_map(|column| [0, 1].map(|k| of(column, 2 * pair + k))));
                }
            }
        }
        packed
    }

    /// The first column of each block of columns, and their number.
    fn blocks(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let columns = self.columns;
        (0..columns).step_by(2 * LANES).map(move |first| (first, (columns - first).min(2 * LANES)))
    }

    /// Computes the product without particular instructions.
    #[inline(always)]
    pub(crate) fn portable(&self, x: &[i16], w: &[i8], out: &mut [i32]) {
        self.check(x, w, out);
        let deep = self.runs * 2 * self.pairs();
        for (first, width) in self.blocks() {
            let w = &w[first * deep..(first + width) * deep];
            for row in 0..self.rows {
                let (x, out) = (&x[row * self.x_row..], &mut out[row * self.columns + first..][..width]);
                if width == 2 * LANES {
                    self.portable_block::<{ 2 * LANES }>(x, w, out);
                } else {
                    self.portable_block::<LANES>(x, w, out);
                }
            }
        }
    }

    #[inline(always)]
    fn portable_block<const N: usize>(&self, x: &[i16], w: &[i8], out: &mut [i32]) {
        let mut sums = [0_i32; N];
        for (run, w) in w.chunks_exact(2 * self.pairs() * N).enumerate() {
            let x = &x[run * self.x_run..][..2 * self.pairs()];
            for (x, w) in x.chunks_exact(2).zip(w.chunks_exact(2 * N)) {
                for (sum, w) in sums.iter_mut().zip(w.chunks_exact(2)) {
                    *sum += i32::from(x[0]) * i32::from(w[0]) + i32::from(x[1]) * i32::from(w[1]);
                }
            }
        }
        out.copy_from_slice(&sums);
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::{ByteProduct, LANES};
    use std::arch::x86_64::*;

    impl ByteProduct {
        /// Computes the product two neighbors at a time: bytes widened to 16 bits, whose products fit into 32.
        ///
        /// `vpmaddubsw` takes four bytes at a time, but adds pairs of products in 16 bits, which hold two of 127 x 127 and no more: the
        /// activations would have seven bits, and each of its results has to be widened by a multiplication, too.
        ///
        /// # Safety
        ///
        /// AVX2 is available.
        #[target_feature(enable = "avx2")]
        pub(crate) unsafe fn avx2(&self, x: &[i16], w: &[i8], out: &mut [i32]) {
            self.check(x, w, out);
            // SAFETY: the extents are inside the slices, and the tiles below visit each row and column once.
            let (x, out) = (x.as_ptr(), out.as_mut_ptr());
            let deep = self.runs * 2 * self.pairs();
            for (first, width) in self.blocks() {
                let (w, out) = (w.as_ptr().add(first * deep), out.add(first));
                if width == 2 * LANES {
                    self.columns::<2>(x, w, out);
                } else {
                    self.columns::<1>(x, w, out);
                }
            }
        }

        #[target_feature(enable = "avx2")]
        unsafe fn columns<const N: usize>(&self, x: *const i16, w: *const i8, out: *mut i32) {
            let at = |row: usize| (x.add(row * self.x_row), out.add(row * self.columns));
            let mut row = 0;
            while row + 4 <= self.rows {
                let (x, out) = at(row);
                self.tile::<4, N>(x, w, out);
                row += 4;
            }
            while row < self.rows {
                let (x, out) = at(row);
                self.tile::<1, N>(x, w, out);
                row += 1;
            }
        }

        #[inline]
        #[target_feature(enable = "avx2")]
        unsafe fn tile<const P: usize, const N: usize>(&self, x: *const i16, w: *const i8, out: *mut i32) {
            let mut sums = [[_mm256_setzero_si256(); N]; P];
            let mut w = w;
            for run in 0..self.runs {
                let x = x.add(run * self.x_run);
                for pair in 0..self.pairs() {
                    let mut weights = [_mm256_setzero_si256(); N];
                    for (n, weight) in weights.iter_mut().enumerate() {
                        *weight = _mm256_cvtepi8_epi16(_mm_loadu_si128(w.add(n * 2 * LANES).cast()));
                    }
                    w = w.add(N * 2 * LANES);
                    for (p, sums) in sums.iter_mut().enumerate() {
                        let neighbors = x.add(p * self.x_row + 2 * pair).cast::<i32>().read_unaligned();
                        let neighbors = _mm256_set1_epi32(neighbors);
                        for (sum, weight) in sums.iter_mut().zip(weights) {
                            *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(neighbors, weight));
                        }
                    }
                }
            }
            for (p, sums) in sums.iter().enumerate() {
                for (n, sum) in sums.iter().enumerate() {
                    _mm256_storeu_si256(out.add(p * self.columns + n * LANES).cast(), *sum);
                }
            }
        }
    }
}
