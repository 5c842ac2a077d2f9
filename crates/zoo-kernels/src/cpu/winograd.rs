//! Winograd's minimal filtering: F(4x4, 5x5) and F(6x6, 3x3), both on tiles of 8x8.
//!
//! A convolution of one dimension is a product of two polynomials, which their values at eight points determine: here 0, 1, -1, 2,
//! -2, 1/2, -1/2 and infinity. For a kernel of `r` taps and `m = 9 - r` outputs,
//!
//! ```text
//! y = A^T [(G w) * (B^T x)],    A^T[k][i] = p_i^k,    G[i][j] = p_i^j / N_i,    N_i = prod over l != i of (p_i - p_l)
//! ```
//!
//! and row `i` of `B^T` holds the coefficients of the polynomial with zeros at all finite points but `p_i`. Two dimensions are one
//! after the other: 64 multiplications give `m * m` outputs instead of `m * m * r * r`, summed over channels by matrix products,
//! one for each of the 64 points. Gradients are the transposed maps: `dm = A dy A^T`, `dx = B (dm w^T) B^T`,
//! `dw = G^T (x^T dm) G`, so that one transformed gradient serves both.
//!
//! A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2015; S. Winograd, "Arithmetic Complexity of
//! Computations", 1980.

#![allow(unsafe_op_in_unsafe_fn)]

use super::vector::Vector;

/// Height and width of a tile.
pub(crate) const TILE: usize = 8;
/// Points of a tile.
pub(crate) const POINTS: usize = TILE * TILE;

/// `1 / N_i`.
const SCALES: [f32; TILE] = [-1.0, -1.0 / 4.5, -1.0 / 4.5, 1.0 / 90.0, 1.0 / 90.0, 1.0 / 1.406_25, 1.0 / 1.406_25, 1.0];

type Line<V> = [V; TILE];

/// `factor * value + sum`.
#[inline(always)]
unsafe fn scaled<V: Vector>(factor: f32, value: V, sum: V) -> V {
    V::splat(factor).mul_add(value, sum)
}

/// `B^T d`.
#[inline(always)]
unsafe fn input<V: Vector>(d: Line<V>) -> Line<V> {
    let even_1 = scaled(-4.25, d[4], d[2].add(d[6]));
    let odd_1 = scaled(-4.25, d[3], d[1].add(d[5]));
    let even_2 = scaled(0.25, d[2], scaled(-1.25, d[4], d[6]));
    let odd_2 = scaled(0.5, d[1], scaled(-2.5, d[3], d[5].add(d[5])));
    let even_3 = scaled(4.0, d[2], scaled(-5.0, d[4], d[6]));
    let odd_3 = scaled(0.5, d[5], scaled(-2.5, d[3], d[1].add(d[1])));
    [
        scaled(5.25, d[2].sub(d[4]), d[6].sub(d[0])),
        even_1.add(odd_1),
        even_1.sub(odd_1),
        even_2.add(odd_2),
        even_2.sub(odd_2),
        even_3.add(odd_3),
        even_3.sub(odd_3),
        scaled(5.25, d[3].sub(d[5]), d[7].sub(d[1])),
    ]
}

/// `B t`, the transpose of [`input`].
#[inline(always)]
unsafe fn input_transposed<V: Vector>(t: Line<V>) -> Line<V> {
    let (even_1, odd_1) = (t[1].add(t[2]), t[1].sub(t[2]));
    let (even_2, odd_2) = (t[3].add(t[4]), t[3].sub(t[4]));
    let (even_3, odd_3) = (t[5].add(t[6]), t[5].sub(t[6]));
    [
        V::splat(0.0).sub(t[0]),
        scaled(0.5, odd_2, scaled(2.0, odd_3, odd_1.sub(t[7]))),
        scaled(5.25, t[0], scaled(0.25, even_2, scaled(4.0, even_3, even_1))),
        scaled(-4.25, odd_1, scaled(-2.5, odd_2.add(odd_3), V::splat(5.25).mul(t[7]))),
        scaled(-5.25, t[0], scaled(-4.25, even_1, scaled(-1.25, even_2, V::splat(-5.0).mul(even_3)))),
        scaled(2.0, odd_2, scaled(0.5, odd_3, scaled(-5.25, t[7], odd_1))),
        t[0].add(even_1).add(even_2.add(even_3)),
        t[7],
    ]
}

/// `A^T m`, the first `N` coefficients; the others are zero.
#[inline(always)]
unsafe fn interpolate<V: Vector, const N: usize>(m: Line<V>) -> Line<V> {
    let even = [m[1].add(m[2]), m[3].add(m[4]), m[5].add(m[6])];
    let odd = [m[1].sub(m[2]), m[3].sub(m[4]), m[5].sub(m[6])];
    let mut out = [V::splat(0.0); TILE];
    let mut power = 1.0;
    for (k, out) in out.iter_mut().enumerate().take(N) {
        let [at_1, at_2, at_3] = if k % 2 == 0 { even } else { odd };
        *out = scaled(power, at_2, scaled(1.0 / power, at_3, at_1));
        power *= 2.0;
    }
    out[0] = out[0].add(m[0]);
    out[N - 1] = out[N - 1].add(m[7]);
    out
}

/// `A g`, the values at the points of the polynomial whose `N` coefficients are `g`: the transpose of [`interpolate`].
#[allow(clippy::needless_range_loop)] // Plain loops are unrolled in unoptimized builds' eyes too: adapters are calls there.
#[inline(always)]
unsafe fn evaluate<V: Vector, const N: usize>(g: Line<V>) -> Line<V> {
    let mut out = [V::splat(0.0); TILE];
    out[0] = g[0];
    for (pair, point) in [1.0f32, 2.0, 0.5].into_iter().enumerate() {
        let (mut even, mut odd) = (g[0], V::splat(point).mul(g[1]));
        let mut power = point * point;
        for k in 2..N {
            let sum = if k % 2 == 0 { &mut even } else { &mut odd };
            *sum = V::splat(power).mul_add(g[k], *sum);
            power *= point;
        }
        out[2 * pair + 1] = even.add(odd);
        out[2 * pair + 2] = even.sub(odd);
    }
    out[7] = g[N - 1];
    out
}

/// Loads the `HEIGHT` x `WIDTH` corner of a tile; `at` tells where a row and column stand.
#[inline(always)]
unsafe fn load<V: Vector, const SIZE: usize>(source: *const f32, line: usize, pixel: usize) -> [Line<V>; TILE] {
    let mut tile = [[V::splat(0.0); TILE]; TILE];
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
            let mut column = [tile[0][x]; TILE];
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
    /// Values from one point's matrix to the next.
    pub(crate) point: usize,
    /// Channels of a tile, a multiple of the lanes.
    pub(crate) channels: usize,
}

/// Values between two matrices beyond their own: a cache line and a bit, so that the 64 do not compete for the same cache sets.
const PADDING: usize = 16;

impl Spectrum {
    pub(crate) fn new(tiles: usize, channels: usize) -> Self {
        Self { point: tiles * channels + PADDING, channels }
    }

    pub(crate) fn len(&self) -> usize {
        POINTS * self.point
    }

    #[inline(always)]
    unsafe fn write<V: Vector>(&self, tile: [Line<V>; TILE], target: *mut f32) {
        for (y, row) in tile.into_iter().enumerate() {
            for (x, value) in row.into_iter().enumerate() {
                value.store(target.add((y * TILE + x) * self.point));
            }
        }
    }
}

/// `B^T x B` of the 8x8 pixels from `source` on, all channels, into tile `tile` of `target`.
///
/// # Safety
///
/// The instruction set of `V` is available.
#[inline(always)]
pub(crate) unsafe fn transform_input<V: Vector>(
    source: &[f32],
    plane: Plane,
    target: &mut [f32],
    to: Spectrum,
    tile: usize,
) {
    assert!(source.len() >= (TILE - 1) * (plane.line + plane.channels) + plane.channels);
    assert!(
        target.len() >= to.len() && (tile + 1) * to.channels + PADDING <= to.point && plane.channels == to.channels
    );
    for channel in (0..plane.channels).step_by(V::LANES) {
        // SAFETY: the extents asserted above, for each group of channels.
        let pixels = load::<V, TILE>(source.as_ptr().add(channel), plane.line, plane.channels);
        let values = both_ways!(input::<V>, pixels, TILE, TILE);
        to.write(values, target.as_mut_ptr().add(tile * to.channels + channel));
    }
}

/// Adds `B t B^T` of tile `tile` of `source` to the 8x8 pixels from `target` on: the transpose of [`transform_input`].
///
/// # Safety
///
/// The instruction set of `V` is available.
#[inline(always)]
pub(crate) unsafe fn transform_input_transposed<V: Vector>(
    source: &[f32],
    from: Spectrum,
    tile: usize,
    target: &mut [f32],
    plane: Plane,
) {
    assert!(target.len() >= (TILE - 1) * (plane.line + plane.channels) + plane.channels);
    assert!(
        source.len() >= from.len()
            && (tile + 1) * from.channels + PADDING <= from.point
            && plane.channels == from.channels
    );
    for channel in (0..plane.channels).step_by(V::LANES) {
        // SAFETY: the extents asserted above, for each group of channels.
        let values =
            load::<V, TILE>(source.as_ptr().add(tile * from.channels + channel), TILE * from.point, from.point);
        let pixels = both_ways!(input_transposed::<V>, values, TILE, TILE);
        for (y, row) in pixels.into_iter().enumerate() {
            for (x, value) in row.into_iter().enumerate() {
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
pub(crate) unsafe fn transform_output<V: Vector, const M: usize>(
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
        let values =
            load::<V, TILE>(source.as_ptr().add(tile * from.channels + channel), TILE * from.point, from.point);
        let pixels = both_ways!(interpolate::<V, M>, values, TILE, M);
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
pub(crate) unsafe fn transform_gradient<V: Vector, const M: usize>(
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
        let values = both_ways!(evaluate::<V, M>, pixels, M, TILE);
        to.write(values, target.as_mut_ptr().add(tile * to.channels + channel));
    }
}

/// `G w G^T` of `LANES` kernels of `R` x `R` taps, `taps` `[R * R][LANES]`: value `i` goes to `target[i * point..]`.
///
/// # Safety
///
/// The instruction set of `V` is available.
#[inline(always)]
pub(crate) unsafe fn transform_weights<V: Vector, const R: usize>(taps: &[f32], target: &mut [f32], point: usize) {
    assert!(taps.len() >= R * R * V::LANES && target.len() >= (POINTS - 1) * point + V::LANES);
    // SAFETY: the extents asserted above.
    let taps = load::<V, R>(taps.as_ptr(), R * V::LANES, V::LANES);
    let values = both_ways!(evaluate::<V, R>, taps, R, TILE);
    for (y, row) in values.into_iter().enumerate() {
        for (x, value) in row.into_iter().enumerate() {
            let scale = V::splat(SCALES[y] * SCALES[x]);
            value.mul(scale).store(target.as_mut_ptr().add((y * TILE + x) * point));
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
pub(crate) unsafe fn transform_weights_transposed<V: Vector, const R: usize>(
    source: &[f32],
    point: usize,
    target: &mut [f32],
    tap: usize,
) {
    assert!(source.len() >= (POINTS - 1) * point + V::LANES && target.len() >= (R * R - 1) * tap + V::LANES);
    // SAFETY: the extents asserted above.
    let mut values = load::<V, TILE>(source.as_ptr(), TILE * point, point);
    for (y, row) in values.iter_mut().enumerate() {
        for (x, value) in row.iter_mut().enumerate() {
            *value = value.mul(V::splat(SCALES[y] * SCALES[x]));
        }
    }
    let taps = both_ways!(interpolate::<V, R>, values, TILE, R);
    for (y, row) in taps.into_iter().enumerate().take(R) {
        for (x, value) in row.into_iter().enumerate().take(R) {
            value.store(target.as_mut_ptr().add((y * R + x) * tap));
        }
    }
}
