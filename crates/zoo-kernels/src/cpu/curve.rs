//! Activations and their slopes, on whole vectors: for training as for prepared networks.

#![allow(unsafe_op_in_unsafe_fn)]

use super::vector::{ROUND, Vector};
use crate::block::Pointwise;
use crate::exponential::{LN_2, SERIES};

/// The largest magnitude whose exponential, and that of its negative, is a normal number.
const LARGEST: f32 = 87.0;
/// `erfc(a / sqrt 2) / 2 = t P(t) exp(-a^2 / 2)` with `t = 1 / (1 + SPREAD a)`: a minimax fit for `a` from 0 to 14 by `fit_tail.py`,
/// 1.5e-7 of the value off, from the highest power down.
pub(crate) const TAIL: [f32; 8] =
    [0.035_674_877, -0.157_203_5, 0.206_354_19, -0.053_684_242, 0.128_561_93, 0.099_913_41, 0.120_753_966, 0.119_629_3];
/// See [`TAIL`].
pub(crate) const SPREAD: f32 = 0.3;
/// `1 / sqrt(2 pi)`.
const DENSITY: f32 = 0.398_942_3;

/// The activation of `x`.
///
/// # Safety
///
/// The instruction set of `V` is available.
#[inline(always)]
pub(crate) unsafe fn value<V: Vector>(pointwise: Pointwise, x: V) -> V {
    match pointwise {
        Pointwise::None => x,
        Pointwise::Relu => x.max(V::splat(0.0)),
        // For positive x it is x (1 - q), for negative x q, where q is the tail at |x|.
        Pointwise::Gelu => {
            let size = magnitude(x);
            x.max(V::splat(0.0)).sub(size.mul(tail(size, bell(size))))
        }
        Pointwise::Silu => x.mul(sigmoid(x)),
    }
}

/// The derivative of the activation at `x`.
///
/// # Safety
///
/// The instruction set of `V` is available.
#[inline(always)]
pub(crate) unsafe fn slope<V: Vector>(pointwise: Pointwise, x: V) -> V {
    match pointwise {
        Pointwise::None => V::splat(1.0),
        Pointwise::Relu => x.is_positive(),
        // Below zero it is q - |x| times the density, above one minus that.
        Pointwise::Gelu => {
            let (size, right) = (magnitude(x), x.is_positive());
            let bell = bell(size);
            let below = tail(size, bell).sub(size.mul(bell.mul(V::splat(DENSITY))));
            right.add(below.sub(below.mul(right.add(right))))
        }
        Pointwise::Silu => {
            let sigmoid = sigmoid(x);
            let one = V::splat(1.0);
            sigmoid.mul(x.mul_add(one.sub(sigmoid), one))
        }
    }
}

#[inline(always)]
unsafe fn magnitude<V: Vector>(x: V) -> V {
    x.max(V::splat(0.0).sub(x))
}

/// `exp(-x^2 / 2)`.
#[inline(always)]
unsafe fn bell<V: Vector>(x: V) -> V {
    exponential(x.mul(x).mul(V::splat(-0.5)))
}

/// The normal distribution's probability of more than `x`, which is not negative and whose [`bell`] is known.
#[inline(always)]
unsafe fn tail<V: Vector>(x: V, bell: V) -> V {
    let one = V::splat(1.0);
    let t = one.div(x.mul_add(V::splat(SPREAD), one));
    let mut series = V::splat(TAIL[0]);
    for coefficient in &TAIL[1..] {
        series = series.mul_add(t, V::splat(*coefficient));
    }
    series.mul(t).mul(bell)
}

#[inline(always)]
unsafe fn sigmoid<V: Vector>(x: V) -> V {
    let one = V::splat(1.0);
    one.div(one.add(exponential(V::splat(0.0).sub(x))))
}

/// `e` to the power `x`, which is taken for [`LARGEST`] beyond that; the series is that of [`crate::exponential`].
#[inline(always)]
unsafe fn exponential<V: Vector>(x: V) -> V {
    let least = V::splat(-LARGEST).max(x);
    let zero = V::splat(0.0);
    let inside = zero.sub(V::splat(-LARGEST).max(zero.sub(least)));
    let shifted = inside.mul_add(V::splat(std::f32::consts::LOG2_E), V::splat(ROUND));
    let whole = shifted.sub(V::splat(ROUND));
    let rest = whole.mul_add(V::splat(LN_2[1]), whole.mul_add(V::splat(-LN_2[0]), inside));
    let mut series = V::splat(SERIES[0]);
    for coefficient in &SERIES[1..] {
        series = series.mul_add(rest, V::splat(*coefficient));
    }
    let one = V::splat(1.0);
    series.mul(rest).mul_add(rest, rest.add(one)).mul(shifted.power_of_two())
}
