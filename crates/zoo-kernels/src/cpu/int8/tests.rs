//! Every instruction set against sums by definition.

use super::epilogue::{ByteEpilogue, BytePool, ByteSteps, Means};
use super::isa::available;
use super::layer::ByteSlide;
use super::product::ByteProduct;
use proptest::prelude::*;

/// Numbers that a seed decides.
fn numbers(seed: u64, count: usize) -> impl Iterator<Item = u32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u32
    };
    std::iter::repeat_with(next).take(count)
}

/// Bytes less a zero point, and weights: any, or the extremes alone.
fn operands(seed: u64, extreme: bool, [x, w]: [usize; 2]) -> (Vec<i16>, Vec<i8>) {
    let ends = [-255, 255];
    let value = |number: u32| if extreme { ends[(number & 1) as usize] } else { (number % 511) as i16 - 255 };
    let weight = |number: u32| if extreme { [-128, 127][(number & 1) as usize] } else { number as u8 as i8 };
    (numbers(seed, x).map(value).collect(), numbers(seed + 1, w).map(weight).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn products_are_the_sums_by_definition(
        rows in 1..12_usize, runs in 1..5_usize, depth in 1..70_usize, channels in 1..41_usize, extreme: bool, seed in 0..1_000_u64,
    ) {
        let columns = channels.next_multiple_of(super::product::LANES);
        let product = ByteProduct { rows, x_row: 3, runs, x_run: depth + 5, depth, columns };
        let (x, w) = operands(seed, extreme, [rows * 3 + runs * (depth + 5) + 1, channels * runs * depth]);
        let weight = |run: usize, k: usize, column: usize| w[(column * runs + run) * depth + k];
        let packed = product.pack(channels, weight);
        for kernels in available() {
            let mut out = vec![7; rows * columns];
            (kernels.product)(&product, &x, &packed, &mut out);
            for (at, found) in out.iter().enumerate() {
                let (row, column) = (at / columns, at % columns);
                let terms = (0..runs).flat_map(|run| (0..depth).map(move |k| (run, k)));
                let term = |(run, k): (usize, usize)| {
                    i64::from(x[row * 3 + run * (depth + 5) + k]) * i64::from(weight(run, k, column))
                };
                let expected: i64 = if column < channels { terms.map(term).sum() } else { 0 };
                prop_assert_eq!(i64::from(*found), expected, "{}", kernels.name);
            }
        }
    }

    #[test]
    fn sums_become_the_same_bytes_everywhere(
        channels in 1..20_usize, pixels in 2..9_usize, pool in 0..3_usize, multiplier in 0.2..0.5_f32, zero_point: u8, relu: bool, seed in 0..1_000_u64,
    ) {
        let columns = channels.next_multiple_of(super::product::LANES);
        let multipliers = (0..columns).map(|column| if column < channels { 0.001 + column as f32 * 1e-4 } else { 0.0 }).collect();
        let bias: Vec<i32> = numbers(seed, columns).map(|number| (number % 5_000) as i32 - 2_500).collect();
        let steps = ByteSteps { zero_point, least: if relu { zero_point } else { 0 } };
        let means = Means { steps: ByteSteps { zero_point: zero_point / 2, least: 0 }, multiplier };
        let pool = [BytePool::None, BytePool::Max, BytePool::Average(means)][pool];
        let window = if matches!(pool, BytePool::None) { 1 } else { 2 };
        let epilogue = ByteEpilogue { multipliers, bias, steps, pool, table: None, channels };
        let sums: Vec<i32> = numbers(seed + 1, window * pixels * columns).map(|number| (number % 400_000) as i32 - 200_000).collect();
        let byte = |line: usize, pixel: usize, channel: usize| {
            let sum = sums[(line * pixels + pixel) * columns + channel] + epilogue.bias[channel];
            let step = (sum as f32 * epilogue.multipliers[channel]).round_ties_even() as i32 + i32::from(zero_point);
            step.clamp(i32::from(steps.least), 255)
        };
        let expected = (0..pixels / window).flat_map(|x| (0..channels).map(move |channel| (x, channel))).map(|(x, channel)| {
            let four = || [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(line, dx)| byte(line, 2 * x + dx, channel)).into_iter();
            match pool {
                BytePool::Max => four().max().unwrap_or_default() - i32::from(zero_point),
                BytePool::None => byte(0, x, channel) - i32::from(zero_point),
                BytePool::Average(Means { steps, multiplier }) => {
                    let zeros = 4 * i32::from(zero_point);
                    let step = ((four().sum::<i32>() - zeros) as f32 * multiplier).round_ties_even() as i32;
                    step.clamp(-i32::from(steps.zero_point), 255 - i32::from(steps.zero_point))
                }
            }
        });
        let expected: Vec<i16> = expected.map(|value| value as i16).collect();
        for kernels in available() {
            let (mut bytes, mut target) = (vec![9; sums.len()], vec![9; pixels / window * channels]);
            (kernels.epilogue)(&epilogue, &sums, &mut bytes, &mut target);
            prop_assert_eq!(&target, &expected, "{}", kernels.name);
        }
    }
}

#[test]
fn the_most_that_sums_can_be_fits() {
    let slide = ByteSlide { input: [33_000, 1, 1], channels: 1, kernel: [1, 1], padding: 0 };
    for (value, weight) in [(255, 127), (-255, 127), (255, -127)] {
        let packed = slide.pack(&[weight; 33_000]);
        for kernels in available() {
            let mut out = [0; 8];
            (kernels.product)(&slide.product(), &[value; 33_001], &packed, &mut out);
            assert_eq!(out[0], i32::from(value) * i32::from(weight) * 33_000, "{}", kernels.name);
        }
    }
}
