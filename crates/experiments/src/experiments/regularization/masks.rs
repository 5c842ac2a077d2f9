//! Dropout as the mean over all sub-networks, every one of them enumerated.

/// The mean of `output` over all `2^values.len()` ways to drop values, each dropped with probability `rate` and otherwise divided by
/// `1 - rate`: what training with dropout sees on average, without any drawing.
pub(crate) fn mean_over_masks(values: &[f64], rate: f64, output: impl Fn(&[f64]) -> f64) -> f64 {
    let mut mean = 0.0;
    for mask in 0..1_u32 << values.len() {
        let kept = |place: usize| mask >> place & 1 == 1;
        let masked = |(place, value): (usize, &f64)| if kept(place) { value / (1.0 - rate) } else { 0.0 };
        let values: Vec<f64> = values.iter().enumerate().map(masked).collect();
        let dropped = values.len() as i32 - mask.count_ones() as i32;
        mean += rate.powi(dropped) * (1.0 - rate).powi(mask.count_ones() as i32) * output(&values);
    }
    mean
}
