//! What becomes of sums: bytes again, pooled, and less their zero point as the next layer reads them.

use super::product::LANES;

/// Added to a number of magnitude below 2^22, it leaves that rounded to a whole one in the low bits, halves to the even one: as
/// `f32::round_ties_even` does, which is a call where the compiler may not assume SSE4.1.
const ROUNDER: f32 = 12_582_912.0; // 1.5 * 2^23

/// From sums to bytes.
#[derive(Clone, Debug)]
pub(crate) struct ByteEpilogue {
    /// Steps of the output that a sum counts, one a column, zero behind the last channel.
    pub(crate) multipliers: Vec<f32>,
    /// Added to the sums, as many.
    pub(crate) bias: Vec<i32>,
    pub(crate) steps: ByteSteps,
    pub(crate) pool: BytePool,
    /// What the next layer reads in place of each byte, if that is not the byte less its zero point.
    pub(crate) table: Option<Box<[i16; 256]>>,
    pub(crate) channels: usize,
}

/// Bytes by their distance from the one that stands for zero.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ByteSteps {
    pub(crate) zero_point: u8,
    /// The least byte there is: the zero point behind a ReLU.
    pub(crate) least: u8,
}

/// How neighboring bytes become one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum BytePool {
    None,
    Max,
    Average(Means),
}

/// From four bytes to that of their mean, whose steps may be others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Means {
    pub(crate) steps: ByteSteps,
    /// Steps of the mean that one of the four counts.
    pub(crate) multiplier: f32,
}

impl Means {
    #[inline(always)]
    fn of(self, four: [u8; 4], zero_point: u8) -> u8 {
        let sum = four.iter().map(|byte| i32::from(*byte)).sum::<i32>() - 4 * i32::from(zero_point);
        self.steps.byte(sum as f32 * self.multiplier)
    }
}

impl ByteSteps {
    /// The nearest byte, halves to the even step.
    #[inline(always)]
    pub(crate) fn byte(self, steps: f32) -> u8 {
        let zero_point = f32::from(self.zero_point);
        let (least, most) = (f32::from(self.least) - zero_point, 255.0 - zero_point);
        let steps = if steps > least { steps } else { least };
        let steps = if steps < most { steps } else { most };
        let whole = (steps + ROUNDER).to_bits().wrapping_sub(ROUNDER.to_bits());
        whole.wrapping_add(u32::from(self.zero_point)) as u8
    }

    /// The bytes of numbers, a step being `scale`; false if one is not finite.
    #[inline(always)]
    pub(crate) fn quantize(self, scale: f32, values: &[f32], bytes: &mut [u8]) -> bool {
        let mut is_finite = true;
        for (value, byte) in values.iter().zip(bytes) {
            is_finite &= value.is_finite();
            *byte = self.byte(value / scale);
        }
        is_finite
    }
}

impl ByteEpilogue {
    /// A line of `target`, `[width][channels]`, from the lines of sums that become it; `bytes` is room for as many.
    #[inline(always)]
    pub(crate) fn run(&self, sums: &[i32], bytes: &mut [u8], target: &mut [i16]) {
        let columns = self.bias.len();
        for (sums, bytes) in sums.chunks_exact(columns).zip(bytes.chunks_exact_mut(columns)) {
            self.requantize(sums, bytes);
        }
        let steps = if let BytePool::Average(means) = self.pool { means.steps } else { self.steps };
        let zero_point = i16::from(steps.zero_point);
        match &self.table {
            None => self.pool_bytes(bytes, target, |byte| i16::from(byte) - zero_point),
            Some(table) => self.pool_bytes(bytes, target, |byte| table[usize::from(byte)]),
        }
    }

    /// A pixel's sums to bytes.
    #[inline(always)]
    fn requantize(&self, sums: &[i32], bytes: &mut [u8]) {
        let parts = sums.chunks_exact(LANES).zip(self.bias.chunks_exact(LANES));
        let parts = parts.zip(self.multipliers.chunks_exact(LANES)).zip(bytes.chunks_exact_mut(LANES));
        for (((sums, bias), multipliers), bytes) in parts {
            for lane in 0..LANES {
                bytes[lane] = self.steps.byte((sums[lane] + bias[lane]) as f32 * multipliers[lane]);
            }
        }
    }

    #[inline(always)]
    fn pool_bytes(&self, bytes: &[u8], target: &mut [i16], value: impl Fn(u8) -> i16) {
        let zero_point = self.steps.zero_point;
        match self.pool {
            BytePool::Max => self.pool_by(bytes, target, |[a, b, c, d]| value(a.max(b).max(c.max(d)))),
            BytePool::Average(means) => self.pool_by(bytes, target, |four| value(means.of(four, zero_point))),
            BytePool::None => {
                let pixels = bytes.chunks_exact(self.bias.len()).zip(target.chunks_exact_mut(self.channels));
                for (pixel, target) in pixels {
                    pixel.iter().zip(target).for_each(|(byte, target)| *target = value(*byte));
                }
            }
        }
    }

    /// Windows of 2x2; a last odd column is left out.
    #[inline(always)]
    fn pool_by(&self, bytes: &[u8], target: &mut [i16], value: impl Fn([u8; 4]) -> i16) {
        let (upper, lower) = bytes.split_at(bytes.len() / 2);
        let columns = self.bias.len();
        let windows = upper.chunks_exact(2 * columns).zip(lower.chunks_exact(2 * columns));
        for ((upper, lower), target) in windows.zip(target.chunks_exact_mut(self.channels)) {
            let ((a, b), (c, d)) = (upper.split_at(columns), lower.split_at(columns));
            let (a, b, c, d) = (&a[..target.len()], &b[..target.len()], &c[..target.len()], &d[..target.len()]);
            for (at, target) in target.iter_mut().enumerate() {
                *target = value([a[at], b[at], c[at], d[at]]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_rounded_to_the_even_one_and_stay_within_the_bytes() {
        let steps = ByteSteps { zero_point: 3, least: 0 };
        let found = [-1e9, -3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.49, 251.5, 252.5, 1e9].map(|value| steps.byte(value));
        assert_eq!(found, [0, 0, 1, 1, 3, 3, 5, 5, 255, 255, 255]);
        assert_eq!(ByteSteps { zero_point: 3, least: 3 }.byte(-2.0), 3);
    }
}
