//! The exponential function without branches or calls, so that loops over it become vector instructions.

/// Above, the exponential is infinite in f32; the largest argument whose result is not.
const LARGEST: f32 = 88.722_83;
/// Below, it is less than the smallest normal number, and taken for zero.
const SMALLEST: f32 = -87.336_54;
/// Adding it to a number of at most 2^22 leaves the nearest whole number in the lowest bits.
const ROUND: f32 = 12_582_912.0;

/// `exp(r) = 1 + r + r^2 P(r)`: the polynomial `P` of Cephes, from the highest power down.
#[allow(clippy::excessive_precision)] // As Cephes writes it.
pub(crate) const SERIES: [f32; 6] =
    [1.987_569_1e-4, 1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 5.000_000_1e-1];
/// `ln 2` is the first, which few bits hold exactly, less the second.
#[allow(clippy::excessive_precision)] // It is exact in f32.
pub(crate) const LN_2: [f32; 2] = [0.693_359_375, 2.121_944_4e-4];

/// `e` to the power `x`: at most 2 units in the last place off; infinity and NaN as they should be.
///
/// `exp(x) = 2^n exp(r)` with `|r| <= ln(2) / 2`; by [`SERIES`] and [`LN_2`].
#[inline(always)]
pub(crate) fn exponential(x: f32) -> f32 {
    // Comparisons written so that NaN passes through.
    let inside = if x > LARGEST { LARGEST } else { x };
    let inside = if inside < SMALLEST { SMALLEST } else { inside };
    let shifted = inside * std::f32::consts::LOG2_E + ROUND;
    let whole = shifted - ROUND;
    let rest = inside - whole * LN_2[0] + whole * LN_2[1];
    let mut series = SERIES[0];
    for coefficient in &SERIES[1..] {
        series = series * rest + coefficient;
    }
    let power = (series * rest * rest + rest) + 1.0;
    // 2^n in two factors, because 2^128 is not a number of f32 but half of it is.
    let steps = (shifted.to_bits() as i32).wrapping_sub(ROUND.to_bits() as i32);
    let half = steps >> 1;
    let factor = |steps: i32| f32::from_bits((steps.wrapping_add(127) << 23) as u32);
    let result = power * factor(half) * factor(steps - half);
    let result = if x > LARGEST { f32::INFINITY } else { result };
    if x < SMALLEST { 0.0 } else { result }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_exponential() {
        for step in -874_000..=888_000 {
            let x = step as f32 / 10_000.0;
            let (found, expected) = (f64::from(exponential(x)), f64::from(x).exp());
            if x < SMALLEST {
                assert!(found == 0.0 && expected < 1.18e-38);
            } else if x > LARGEST {
                assert_eq!(found, f64::INFINITY);
            } else {
                assert!((found - expected).abs() <= 2.0 * f64::from(f32::EPSILON) * expected, "exp({x}) = {found}");
            }
        }
    }

    #[test]
    fn what_is_no_number_or_beyond_all_stays_so() {
        assert!(exponential(f32::NAN).is_nan());
        assert_eq!(exponential(f32::INFINITY), f32::INFINITY);
        assert_eq!(exponential(f32::NEG_INFINITY), 0.0);
        assert_eq!(exponential(0.0), 1.0);
    }
}
