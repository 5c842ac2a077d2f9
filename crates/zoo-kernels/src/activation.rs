//! Activations of many values in place, where they come behind a pooling.

use crate::block::Pointwise;
use crate::cpu::curve::{SPREAD, TAIL};
use crate::exponential::exponential;

/// Each value's activation.
pub(crate) fn activate(pointwise: Pointwise, values: &mut [f32]) {
    match pointwise {
        Pointwise::None => {}
        Pointwise::Relu => values.iter_mut().for_each(|x| *x = x.max(0.0)),
        Pointwise::Gelu => values.iter_mut().for_each(|x| *x = gelu(*x)),
        Pointwise::Silu => values.iter_mut().for_each(|x| *x /= 1.0 + exponential(-*x)),
    }
}

/// By the fit that the kernels have: for positive `x` it is `x (1 - q)`, for negative `x q`, where `q` is the tail at `|x|`.
#[inline(always)]
fn gelu(x: f32) -> f32 {
    let size = x.abs();
    let t = 1.0 / (1.0 + SPREAD * size);
    let mut series = TAIL[0];
    for coefficient in &TAIL[1..] {
        series = series * t + coefficient;
    }
    let positive = if x > 0.0 { x } else { 0.0 };
    positive - size * (series * t * exponential(-0.5 * size * size))
}
