//! Winograd's transforms of one dimension: see [`winograd`](super::winograd).
//!
//! Lines have room for eight values; those of a tile of six leave the last two alone.

#![allow(unsafe_op_in_unsafe_fn)]

use super::vector::Vector;

/// The most values a line may have.
pub(super) const MOST: usize = 8;

/// `1 / N_i` for tiles of eight.
const SCALES: [f32; 8] = [-1.0, -1.0 / 4.5, -1.0 / 4.5, 1.0 / 90.0, 1.0 / 90.0, 1.0 / 1.406_25, 1.0 / 1.406_25, 1.0];
/// The same for tiles of six.
const SCALES_OF_SIX: [f32; 8] = [0.25, -1.0 / 6.0, -1.0 / 6.0, 1.0 / 24.0, 1.0 / 24.0, 1.0, 0.0, 0.0];

/// `1 / N_i` for tiles of `T`.
pub(super) const fn scales<const T: usize>() -> [f32; 8] {
    if T == 6 { SCALES_OF_SIX } else { SCALES }
}

/// A line of a tile.
pub(super) type Line<V> = [V; MOST];

/// `factor * value + sum`.
#[inline(always)]
unsafe fn scaled<V: Vector>(factor: f32, value: V, sum: V) -> V {
    V::splat(factor).mul_add(value, sum)
}

/// `B^T d` of a tile of `T`.
#[inline(always)]
pub(super) unsafe fn input<V: Vector, const T: usize>(d: Line<V>) -> Line<V> {
    if T == 6 {
        let (even, odd) = (scaled(-4.0, d[2], d[4]), scaled(-4.0, d[1], d[3]));
        let (even_2, odd_2) = (d[4].sub(d[2]), d[3].sub(d[1]));
        return [
            scaled(4.0, d[0], scaled(-5.0, d[2], d[4])),
            even.add(odd),
            even.sub(odd),
            scaled(2.0, odd_2, even_2),
            scaled(-2.0, odd_2, even_2),
            scaled(4.0, d[1], scaled(-5.0, d[3], d[5])),
            d[6],
            d[7],
        ];
    }
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
pub(super) unsafe fn input_transposed<V: Vector, const T: usize>(t: Line<V>) -> Line<V> {
    let (even_1, odd_1) = (t[1].add(t[2]), t[1].sub(t[2]));
    let (even_2, odd_2) = (t[3].add(t[4]), t[3].sub(t[4]));
    if T == 6 {
        let four = V::splat(4.0);
        return [
            four.mul(t[0]),
            scaled(-2.0, odd_2, four.mul(t[5].sub(odd_1))),
            scaled(-5.0, t[0], scaled(-4.0, even_1, V::splat(0.0).sub(even_2))),
            scaled(-5.0, t[5], scaled(2.0, odd_2, odd_1)),
            t[0].add(even_1).add(even_2),
            t[5],
            t[6],
            t[7],
        ];
    }
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
pub(super) unsafe fn interpolate<V: Vector, const T: usize, const N: usize>(m: Line<V>) -> Line<V> {
    let even = [m[1].add(m[2]), m[3].add(m[4]), m[5].add(m[6])];
    let odd = [m[1].sub(m[2]), m[3].sub(m[4]), m[5].sub(m[6])];
    let mut out = [V::splat(0.0); MOST];
    let mut power = 1.0;
    for (k, out) in out.iter_mut().enumerate().take(N) {
        let [at_1, at_2, at_3] = if k % 2 == 0 { even } else { odd };
        *out = scaled(power, at_2, if T == 6 { at_1 } else { scaled(1.0 / power, at_3, at_1) });
        power *= 2.0;
    }
    out[0] = out[0].add(m[0]);
    out[N - 1] = out[N - 1].add(m[T - 1]);
    out
}

/// `A g`, the values at the points of the polynomial whose `N` coefficients are `g`: the transpose of [`interpolate`].
#[allow(clippy::needless_range_loop)] // Plain loops are unrolled in unoptimized builds' eyes too: adapters are calls there.
#[inline(always)]
pub(super) unsafe fn evaluate<V: Vector, const T: usize, const N: usize>(g: Line<V>) -> Line<V> {
    let mut out = [V::splat(0.0); MOST];
    out[0] = g[0];
    for (pair, point) in [1.0f32, 2.0, 0.5].into_iter().enumerate().take(T / 2 - 1) {
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
    out[T - 1] = g[N - 1];
    out
}
