//! Winograd's minimal filtering: F(4x4, 5x5) and F(6x6, 3x3), both on tiles of 8x8, and F(4x4, 3x3) on tiles of 6x6.
//!
//! A convolution of one dimension is a product of two polynomials, which their values at eight points determine: here 0, 1, -1, 2,
//! -2, 1/2, -1/2 and infinity, or without the halves at six. For a kernel of `r` taps and `m = 9 - r` outputs, or `7 - r`,
//!
//! ```text
//! y = A^T [(G w) * (B^T x)],    A^T[k][i] = p_i^k,    G[i][j] = p_i^j / N_i,    N_i = prod over l != i of (p_i - p_l)
//! ```
//!
//! and row `i` of `B^T` holds the coefficients of the polynomial with zeros at all finite points but `p_i`. Two dimensions are one
//! after the other: 64 (36) multiplications give `m * m` outputs instead of `m * m * r * r`, summed over channels by matrix products,
//! one for each of the points. Gradients are the transposed maps: `dm = A dy A^T`, `dx = B (dm w^T) B^T`,
//! `dw = G^T (x^T dm) G`, so that one transformed gradient serves both.
//!
//! A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2015; S. Winograd, "Arithmetic Complexity of
//! Computations", 1980.

#![allow(unsafe_op_in_unsafe_fn)]

use super::polynomials::{Line, MOST, evaluate, input, input_transposed, interpolate, scales};
use super::vector::Vector;

/// Loads the `HEIGHT` x `WIDTH` corner of a tile; `at` tells where a row and column stand.
#[inline(always)]
unsafe fn load<V: Vector, const SIZE: usize>(source: *const f32, line: usize, pixel: usize) -> [Line<V>; MOST] {
    let mut tile = [[V::splat(0.0); MOST]; MOST];
    for (y, row) in tile.iter_mut().enumerate().take(SIZE) {
        for (x, value) in row.iter_mut().enumerate().take(SIZE) {
            *value = V::load(source.add(y * line + x * pixel));
        }
    }
    tile
}

/// Columns, then rows, of a tile of which `ROWS` rows are not zero and `COLUMNS` columns are wanted or not zero.
macro_rules! both_ways {
    ($transform:expr, $tile:expr, $columns:expr, $rows:expr) => {{
        let mut tile = $tile;
        for x in 0..$columns {
            let mut column = [tile[0][x]; MOST];
            for (y, value) in column.iter_mut().enumerate() {
                *value = tile[y][x];
            }
            let column = $transform(column);
            for (y, value) in column.into_iter().enumerate() {
                tile[y][x] = value;
            }
        }
        for row in tile.iter_mut().take($rows) {
            *row = $transform(*row);
        }
        tile
    }};
}

/// Where tiles stand in memory: pixel by pixel, channels together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plane {
    /// Values from one line of pixels to the next.
    pub(crate) line: usize,
    /// Channels of a pixel, a multiple of the lanes.
    pub(crate) channels: usize,
}

/// Where transformed tiles stand: one matrix `[tiles, channels]` a point.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spectrum {
    pub(crate) points: usize,
    /// Values from one point's matrix to the next.
    pub(crate) point: usize,
    /// Channels of a tile, a multiple of the lanes.
    pub(crate) channels: usize,
}

/// Values between two matrices beyond their own: a cache line and a bit, so that they do not compete for the same cache sets.
pub(crate) const PADDING: usize = 16;

impl Spectrum {
    /// For tiles of so many points.
    pub(crate) fn new(points: usize, tiles: usize, channels: usize) -> Self {
        Self { points, point: tiles * channels + PADDING, channels }
    }

    pub(crate) fn len(&self) -> usize {
        self.points * self.point
    }

    #[inline(always)]
    unsafe fn write<V: Vector, const T: usize>(&self, tile: [Line<V>; MOST], target: *mut f32) {
        for (y, row) in tile.into_iter().enumerate().take(T) {
            for (x, value) in row.into_iter().enumerate().take(T) {
                value.store(target.add((y * T + x) * self.point));
            }
        }
    }
}

/// `B^T x B` of the `T` x `T` pixels from `source` on, all channels, into tile `tile` of `target`.
///
/// # Safety
///
/// The instruction set of `V` is available.
#[inline(always)]
pub(crate) unsafe fn transform_input<V: Vector, const T: usize>(
    source: &[f32],
    plane: Plane,
    target: &mut [f32],
    to: Spectrum,
    tile: usize,
) {
    assert!(source.len() >= (T - 1) * (plane.line + plane.channels) + plane.channels);
    assert!(
        target.len() >= to.len() && (tile + 1) * to.channels + PADDING <= to.point && plane.channels == to.channels
    );
    for channel in (0..plane.channels).step_by(V::LANES) {
        // SAFETY: the extents asserted above, for each group of channels.
        let pixels = load::<V, T>(source.as_ptr().add(channel), plane.line, plane.channels);
        let values = both_ways!(input::<V, T>, pixels, T, T);
        to.write::<V, T>(values, target.as_mut_ptr().add(tile * to.channels + channel));
    }
}

/// Adds `B t B^T` of tile `tile` of `source` to the `T` x `T` pixels from `target` on: the transpose of [`transform_input`].
///
/// # Safety
///
/// The instruction set of `V` is available.
#[inline(always)]
pub(crate) unsafe fn transform_input_transposed<V: Vector, const T: usize>(
    source: &[f32],
    from: Spectrum,
    tile: usize,
    target: &mut [f32],
    plane: Plane,
) {
    assert!(target.len() >= (T - 1) * (plane.line + plane.channels) + plane.channels);
    assert!(
        source.len() >= from.len()
            && (tile + 1) * from.channels + PADDING <= from.point
            && plane.channels == from.channels
    );
    for channel in (0..plane.channels).step_by(V::LANES) {
        // SAFETY: the extents asserted above, for each group of channels.
        let values = load::<V, T>(source.as_ptr().add(tile * from.channels + channel), T * from.point, from.point);
        let pixels = both_ways!(input_transposed::<V, T>, values, T, T);
        for (y, row) in pixels.into_iter().enumerate().take(T) {
            for (x, value) in row.into_iter().enumerate().take(T) {
                let target = target.as_mut_ptr().add(y * plane.line + x * plane.channels + channel);
                V::load(target).add(value).store(target);
            }
        }
    }
}

/// `A^T m A` of tile `tile` of `source`: `height` x `width` of its `M` x `M` pixels, from `target` on.
///
/// # Safety
///
/// The instruction set of `V` is available.
#[inline(always)]
pub(crate) unsafe fn transform_output<V: Vector, const T: usize, const M: usize>(
    source: &[f32],
    from: Spectrum,
    tile: usize,
    target: &mut [f32],
    plane: Plane,
    [height, width]: [usize; 2],
) {
    assert!(target.len() >= (height - 1) * plane.line + width * plane.channels && height <= M && width <= M);
    assert!(
        source.len() >= from.len()
            && (tile + 1) * from.channels + PADDING <= from.point
            && plane.channels == from.channels
    );
    for channel in (0..plane.channels).step_by(V::LANES) {
        // SAFETY: the extents asserted above, for each group of channels.
        let values = load::<V, T>(source.as_ptr().add(tile * from.channels + channel), T * from.point, from.point);
        let pixels = both_ways!(interpolate::<V, T, M>, values, T, M);
        for (y, row) in pixels.into_iter().enumerate().take(height) {
            for (x, value) in row.into_iter().enumerate().take(width) {
                value.store(target.as_mut_ptr().add(y * plane.line + x * plane.channels + channel));
            }
        }
    }
}

/// `A g A^T` of the `M` x `M` pixels from `source` on into tile `tile` of `target`: the transpose of [`transform_output`].
///
/// # Safety
///
/// The instruction set of `V` is available.
#[inline(always)]
pub(crate) unsafe fn transform_gradient<V: Vector, const T: usize, const M: usize>(
    source: &[f32],
    plane: Plane,
    target: &mut [f32],
    to: Spectrum,
    tile: usize,
) {
    assert!(source.len() >= (M - 1) * (plane.line + plane.channels) + plane.channels);
    assert!(
        target.len() >= to.len() && (tile + 1) * to.channels + PADDING <= to.point && plane.channels == to.channels
    );
    for channel in (0..plane.channels).step_by(V::LANES) {
        // SAFETY: the extents asserted above, for each group of channels.
        let pixels = load::<V, M>(source.as_ptr().add(channel), plane.line, plane.channels);
        let values = both_ways!(evaluate::<V, T, M>, pixels, M, T);
        to.write::<V, T>(values, target.as_mut_ptr().add(tile * to.channels + channel));
    }
}

/// `G w G^T` of `LANES` kernels of `R` x `R` taps, `taps` `[R * R][LANES]`: value `i` goes to `target[i * point..]`.
///
/// # Safety
///
/// The instruction set of `V` is available.
#[inline(always)]
pub(crate) unsafe fn transform_weights<V: Vector, const T: usize, const R: usize>(
    taps: &[f32],
    target: &mut [f32],
    point: usize,
) {
    assert!(taps.len() >= R * R * V::LANES && target.len() >= (T * T - 1) * point + V::LANES);
    // SAFETY: the extents asserted above.
    let taps = load::<V, R>(taps.as_ptr(), R * V::LANES, V::LANES);
    let values = both_ways!(evaluate::<V, T, R>, taps, R, T);
    let scales = scales::<T>();
    for (y, row) in values.into_iter().enumerate().take(T) {
        for (x, value) in row.into_iter().enumerate().take(T) {
            let scale = V::splat(scales[y] * scales[x]);
            value.mul(scale).store(target.as_mut_ptr().add((y * T + x) * point));
        }
    }
}

/// `G^T u G` of `LANES` kernels, value `i` of which stands at `source[i * point..]`: the transpose of [`transform_weights`]. Tap
/// `j` goes to `target[j * tap..]`.
///
/// # Safety
///
/// The instruction set of `V` is available.
#[inline(always)]
pub(crate) unsafe fn transform_weights_transposed<V: Vector, const T: usize, const R: usize>(
    source: &[f32],
    point: usize,
    target: &mut [f32],
    tap: usize,
) {
    assert!(source.len() >= (T * T - 1) * point + V::LANES && target.len() >= (R * R - 1) * tap + V::LANES);
    // SAFETY: the extents asserted above.
    let mut values = load::<V, T>(source.as_ptr(), T * point, point);
    let scales = scales::<T>();
    for (y, row) in values.iter_mut().enumerate().take(T) {
        for (x, value) in row.iter_mut().enumerate().take(T) {
            *value = value.mul(V::splat(scales[y] * scales[x]));
        }
    }
    let taps = both_ways!(interpolate::<V, T, R>, values, T, R);
    for (y, row) in taps.into_iter().enumerate().take(R) {
        for (x, value) in row.into_iter().enumerate().take(R) {
            value.store(target.as_mut_ptr().add((y * R + x) * tap));
        }
    }
}
