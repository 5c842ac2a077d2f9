//! The range of numbers that bytes stand for.

use super::Quantization;

/// Parts that the range of the values met is counted in.
const BINS: usize = 2048;
/// Shares of that range that are tried: from all of it to a quarter.
const SHARES: usize = 76;

/// Of the ranges that hold zero and a share of the values, the one with the least squared error over all of them; `None` if one is not
/// finite.
///
/// Zeros are bytes without error, behind a ReLU often most of the values: they have no say.
pub(super) fn quantization(values: &[f32]) -> Option<Quantization> {
    let finite = values.iter().all(|value| value.is_finite());
    let (least, most) =
        values.iter().fold((0.0_f32, 0.0_f32), |(least, most), value| (least.min(*value), most.max(*value)));
    let (least, most) = (f64::from(least), f64::from(most));
    if !finite || most - least < f64::from(f32::MIN_POSITIVE) * 1e9 {
        // So close to zero that one is as good as another.
        return finite.then_some(Quantization { scale: 1.0, zero_point: 0 });
    }
    let counts = counts(values, least, (most - least) / BINS as f64);
    let share = |index: usize| 1.0 - 0.01 * index as f64;
    // Where all are on one side of zero, the other has nothing to try.
    let shares = |end: f64| (0..if end == 0.0 { 1 } else { SHARES }).map(move |index| share(index) * end);
    let mut best = (f64::INFINITY, Quantization { scale: 1.0, zero_point: 0 });
    for least in shares(least).step_by(3) {
        for most in shares(most) {
            let candidate = of_range(least, most);
            let error = squared_error(&counts, candidate);
            if error < best.0 {
                best = (error, candidate);
            }
        }
    }
    Some(best.1)
}

/// How many of the values that are not zero lie in each part of the range, with the part's middle.
fn counts(values: &[f32], least: f64, width: f64) -> Vec<(f64, f64)> {
    let mut counts = vec![0_u64; BINS];
    for value in values.iter().filter(|value| **value != 0.0) {
        counts[(((f64::from(*value) - least) / width) as usize).min(BINS - 1)] += 1;
    }
    let middle = |(bin, count): (usize, u64)| (least + (bin as f64 + 0.5) * width, count as f64);
    counts.into_iter().enumerate().filter(|(_, count)| *count > 0).map(middle).collect()
}

/// Bytes from `least`, at most zero, to `most`, at least zero.
fn of_range(least: f64, most: f64) -> Quantization {
    let scale = ((most - least) / 255.0) as f32;
    Quantization { scale, zero_point: (-least / f64::from(scale)).round().clamp(0.0, 255.0) as u8 }
}

/// Of values within the range that of rounding, of others the distance to it.
fn squared_error(counts: &[(f64, f64)], of: Quantization) -> f64 {
    let (scale, zero_point) = (f64::from(of.scale), f64::from(of.zero_point));
    let (least, most) = (-zero_point * scale, (255.0 - zero_point) * scale);
    let rounding = scale * scale / 12.0;
    let error = |(value, count): &(f64, f64)| {
        let beyond = (value - most).max(least - value).max(0.0);
        count * if beyond > scale / 2.0 { beyond * beyond } else { rounding }
    };
    counts.iter().map(error).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_values_keep_their_range_and_zero_stays_zero() {
        let values: Vec<f32> = (0..10_000).map(|index| index as f32 / 1000.0 - 3.0).collect();
        let found = quantization(&values).expect("finite values");
        assert!((found.scale - 10.0 / 255.0).abs() < 0.02 * found.scale, "{found:?}");
        assert_eq!(found.dequantize(found.zero_point), 0.0);
        assert!((found.dequantize(0) + 3.0).abs() < 2.0 * found.scale, "{found:?}");
    }

    #[test]
    fn one_value_far_off_is_cut_off() {
        // So many others are rounded more finely that it weighs less.
        let mut values: Vec<f32> = (0..1_000_000).map(|index| index as f32 / 1_000_000.0).collect();
        values.push(2.0);
        let found = quantization(&values).expect("finite values");
        assert_eq!(found.zero_point, 0);
        assert!(found.dequantize(255) < 1.1, "{found:?}");
        // Zeros are no reason for smaller steps.
        let with_zeros: Vec<f32> = values.iter().copied().chain(std::iter::repeat_n(0.0, 1_000_000)).collect();
        assert_eq!(quantization(&with_zeros), Some(found));
    }

    #[test]
    fn nothing_but_zeros_has_a_range_and_what_is_not_finite_none() {
        assert_eq!(quantization(&[0.0; 5]).map(|found| found.quantize(0.0)), Some(0));
        assert_eq!(quantization(&[1.0, f32::NAN]), None);
        assert_eq!(quantization(&[1.0, f32::NEG_INFINITY]), None);
        assert_eq!(quantization(&[f32::MAX, f32::MIN]).map(|found| found.scale.is_finite()), Some(true));
    }
}
