//! Vectors of `f32`, one type an instruction set.

#![allow(unsafe_op_in_unsafe_fn)]

/// A register of `f32` lanes.
///
/// # Safety
///
/// Every method may only be called where the instruction set of the implementing type is available, from a function inlined into
/// one compiled for it.
pub(crate) unsafe trait Vector: Copy {
    /// Values a register.
    const LANES: usize;
    /// Rows of a register-blocked product: times two columns they fill the register file.
    const ROWS: usize;

    /// All lanes alike.
    unsafe fn splat(value: f32) -> Self;
    /// `LANES` values from `source` on, which need not be aligned.
    unsafe fn load(source: *const f32) -> Self;
    /// Writes all lanes to `target` on.
    unsafe fn store(self, target: *mut f32);
    unsafe fn add(self, other: Self) -> Self;
    unsafe fn sub(self, other: Self) -> Self;
    unsafe fn mul(self, other: Self) -> Self;
    unsafe fn div(self, other: Self) -> Self;
    /// `self * factor + sum`, rounded once where the instruction set can.
    unsafe fn mul_add(self, factor: Self, sum: Self) -> Self;
    /// The larger of each pair; for numbers only.
    unsafe fn max(self, other: Self) -> Self;
    /// One where the lane is larger than zero, zero elsewhere.
    unsafe fn is_positive(self) -> Self;
    /// 2 to the power of the whole number from -126 to 127 to which [`ROUND`] has been added.
    unsafe fn power_of_two(self) -> Self;
    /// Bit `i` is set where lane `i` is larger than `other`'s.
    unsafe fn greater(self, other: Self) -> u16;
    /// The lanes whose bit is set; zero in the others.
    unsafe fn keep(self, bits: u16) -> Self;
    /// True if every lane is a number smaller than 2^40.
    unsafe fn is_tame(self) -> bool;
}

/// 2^40, the largest magnitude for which no sum of products in this crate can leave the range of `f32`.
pub(crate) const TAME: f32 = 1_099_511_627_776.0;

/// Adding it to a number of at most 2^22 leaves the nearest whole number in the lowest bits.
pub(crate) const ROUND: f32 = 12_582_912.0;
/// The place of the exponent in a number of `f32`, and what is added to it there.
const EXPONENT: (u32, u32) = (23, 127 << 23);

/// Lanes for instruction sets that the compiler knows by itself: SSE2 and NEON, or none.
#[derive(Clone, Copy)]
pub(crate) struct Lanes<const FUSED: bool>([f32; 4]);

impl<const FUSED: bool> Lanes<FUSED> {
    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        let (a, b) = (self.0, other.0);
        Self([f(a[0], b[0]), f(a[1], b[1]), f(a[2], b[2]), f(a[3], b[3])])
    }
}

// SAFETY: plain Rust, available everywhere.
unsafe impl<const FUSED: bool> Vector for Lanes<FUSED> {
    const LANES: usize = 4;
    const ROWS: usize = if FUSED { 8 } else { 4 };

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        Self([value; 4])
    }
    #[inline(always)]
    unsafe fn load(source: *const f32) -> Self {
        Self(source.cast::<[f32; 4]>().read_unaligned())
    }
    #[inline(always)]
    unsafe fn store(self, target: *mut f32) {
        target.cast::<[f32; 4]>().write_unaligned(self.0);
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }
    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a - b)
    }
    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        self.zip(other, |a, b| a * b)
    }
    #[inline(always)]
    unsafe fn div(self, other: Self) -> Self {
        self.zip(other, |a, b| a / b)
    }
    #[inline(always)]
    unsafe fn is_positive(self) -> Self {
        self.zip(self, |a, _| if a > 0.0 { 1.0 } else { 0.0 })
    }
    #[inline(always)]
    unsafe fn power_of_two(self) -> Self {
        let (place, bias) = EXPONENT;
        self.zip(self, |a, _| f32::from_bits((a.to_bits() << place).wrapping_add(bias)))
    }
    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, sum: Self) -> Self {
        let (a, b, c) = (self.0, factor.0, sum.0);
        if FUSED {
            Self([
                a[0].mul_add(b[0], c[0]),
                a[1].mul_add(b[1], c[1]),
                a[2].mul_add(b[2], c[2]),
                a[3].mul_add(b[3], c[3]),
            ])
        } else {
            Self([a[0] * b[0] + c[0], a[1] * b[1] + c[1], a[2] * b[2] + c[2], a[3] * b[3] + c[3]])
        }
    }
    #[inline(always)]
    unsafe fn max(self, other: Self) -> Self {
        self.zip(other, |a, b| if a > b { a } else { b })
    }
    #[inline(always)]
    unsafe fn greater(self, other: Self) -> u16 {
        let (a, b) = (self.0, other.0);
        (0..4).fold(0, |bits, lane| bits | (u16::from(a[lane] > b[lane]) << lane))
    }
    #[inline(always)]
    unsafe fn keep(self, bits: u16) -> Self {
        let mut kept = self.0;
        for (lane, value) in kept.iter_mut().enumerate() {
            // All ones or all zeros: no branch.
            let mask = u32::from((bits >> lane) & 1).wrapping_neg();
            *value = f32::from_bits(value.to_bits() & mask);
        }
        Self(kept)
    }
    #[inline(always)]
    unsafe fn is_tame(self) -> bool {
        self.0.iter().all(|value| value.abs() < TAME)
    }
}

#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{Avx2, Avx512};

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{EXPONENT, TAME, Vector};
    use std::arch::x86_64::*;

    /// AVX2 with fused multiply-add.
    #[derive(Clone, Copy)]
    pub(crate) struct Avx2(__m256);

    /// AVX-512 F.
    #[derive(Clone, Copy)]
    pub(crate) struct Avx512(__m512);

    // SAFETY: callers are compiled for `avx2,fma`.
    unsafe impl Vector for Avx2 {
        const LANES: usize = 8;
        const ROWS: usize = 6;

        #[inline(always)]
        unsafe fn splat(value: f32) -> Self {
            Self(_mm256_set1_ps(value))
        }
        #[inline(always)]
        unsafe fn load(source: *const f32) -> Self {
            Self(_mm256_loadu_ps(source))
        }
        #[inline(always)]
        unsafe fn store(self, target: *mut f32) {
            _mm256_storeu_ps(target, self.0);
        }
        #[inline(always)]
        unsafe fn add(self, other: Self) -> Self {
            Self(_mm256_add_ps(self.0, other.0))
        }
        #[inline(always)]
        unsafe fn sub(self, other: Self) -> Self {
            Self(_mm256_sub_ps(self.0, other.0))
        }
        #[inline(always)]
        unsafe fn mul(self, other: Self) -> Self {
            Self(_mm256_mul_ps(self.0, other.0))
        }
        #[inline(always)]
        unsafe fn div(self, other: Self) -> Self {
            Self(_mm256_div_ps(self.0, other.0))
        }
        #[inline(always)]
        unsafe fn is_positive(self) -> Self {
            let mask = _mm256_cmp_ps::<_CMP_GT_OQ>(self.0, _mm256_setzero_ps());
            Self(_mm256_and_ps(mask, _mm256_set1_ps(1.0)))
        }
        #[inline(always)]
        unsafe fn power_of_two(self) -> Self {
            let exponent = _mm256_slli_epi32::<{ EXPONENT.0 as i32 }>(_mm256_castps_si256(self.0));
            Self(_mm256_castsi256_ps(_mm256_add_epi32(exponent, _mm256_set1_epi32(EXPONENT.1 as i32))))
        }
        #[inline(always)]
        unsafe fn mul_add(self, factor: Self, sum: Self) -> Self {
            Self(_mm256_fmadd_ps(self.0, factor.0, sum.0))
        }
        #[inline(always)]
        unsafe fn max(self, other: Self) -> Self {
            Self(_mm256_max_ps(self.0, other.0))
        }
        #[inline(always)]
        unsafe fn greater(self, other: Self) -> u16 {
            _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_GT_OQ>(self.0, other.0)) as u16
        }
        #[inline(always)]
        unsafe fn keep(self, bits: u16) -> Self {
            let lane_bits = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
            let present = _mm256_and_si256(_mm256_set1_epi32(i32::from(bits)), lane_bits);
            let mask = _mm256_cmpeq_epi32(present, lane_bits);
            Self(_mm256_and_ps(self.0, _mm256_castsi256_ps(mask)))
        }
        #[inline(always)]
        unsafe fn is_tame(self) -> bool {
            let magnitude = _mm256_andnot_ps(_mm256_set1_ps(-0.0), self.0);
            _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_LT_OQ>(magnitude, _mm256_set1_ps(TAME))) == 0xFF
        }
    }

    // SAFETY: callers are compiled for `avx512f`.
    unsafe impl Vector for Avx512 {
        const LANES: usize = 16;
        const ROWS: usize = 8;

        #[inline(always)]
        unsafe fn splat(value: f32) -> Self {
            Self(_mm512_set1_ps(value))
        }
        #[inline(always)]
        unsafe fn load(source: *const f32) -> Self {
            Self(_mm512_loadu_ps(source))
        }
        #[inline(always)]
        unsafe fn store(self, target: *mut f32) {
            _mm512_storeu_ps(target, self.0);
        }
        #[inline(always)]
        unsafe fn add(self, other: Self) -> Self {
            Self(_mm512_add_ps(self.0, other.0))
        }
        #[inline(always)]
        unsafe fn sub(self, other: Self) -> Self {
            Self(_mm512_sub_ps(self.0, other.0))
        }
        #[inline(always)]
        unsafe fn mul(self, other: Self) -> Self {
            Self(_mm512_mul_ps(self.0, other.0))
        }
        #[inline(always)]
        unsafe fn div(self, other: Self) -> Self {
            Self(_mm512_div_ps(self.0, other.0))
        }
        #[inline(always)]
        unsafe fn is_positive(self) -> Self {
            let mask = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(self.0, _mm512_setzero_ps());
            Self(_mm512_maskz_mov_ps(mask, _mm512_set1_ps(1.0)))
        }
        #[inline(always)]
        unsafe fn power_of_two(self) -> Self {
            let exponent = _mm512_slli_epi32::<{ EXPONENT.0 }>(_mm512_castps_si512(self.0));
            Self(_mm512_castsi512_ps(_mm512_add_epi32(exponent, _mm512_set1_epi32(EXPONENT.1 as i32))))
        }
        #[inline(always)]
        unsafe fn mul_add(self, factor: Self, sum: Self) -> Self {
            Self(_mm512_fmadd_ps(self.0, factor.0, sum.0))
        }
        #[inline(always)]
        unsafe fn max(self, other: Self) -> Self {
            Self(_mm512_max_ps(self.0, other.0))
        }
        #[inline(always)]
        unsafe fn greater(self, other: Self) -> u16 {
            _mm512_cmp_ps_mask::<_CMP_GT_OQ>(self.0, other.0)
        }
        #[inline(always)]
        unsafe fn keep(self, bits: u16) -> Self {
            Self(_mm512_maskz_mov_ps(bits, self.0))
        }
        #[inline(always)]
        unsafe fn is_tame(self) -> bool {
            _mm512_cmp_ps_mask::<_CMP_LT_OQ>(_mm512_abs_ps(self.0), _mm512_set1_ps(TAME)) == 0xFFFF
        }
    }
}
