//! How many f32 multiply-adds a second the cores do when nothing stands in their way.

use std::hint::black_box;
use std::time::Instant;

/// The best of so many rounds: anything else the machine does makes a round slower, never faster.
const ROUNDS: usize = 12;

/// Loop turns a round: a few milliseconds.
const TURNS: usize = 1 << 20;

/// A measured peak.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Peak {
    /// The instruction set it was reached with.
    pub instructions: &'static str,
    /// f32 multiply-adds a second, all threads together.
    pub multiply_adds_per_second: f64,
}

/// A loop of independent multiply-adds.
#[derive(Clone, Copy)]
struct Kernel {
    instructions: &'static str,
    /// Multiply-adds a turn.
    per_turn: usize,
    /// Does that many turns and returns something that depends on all of them.
    run: fn(usize) -> f32,
}

/// Measures the widest instruction set of this machine on every thread of the current rayon pool at once.
pub fn peak() -> Peak {
    let kernel = kernel();
    let times = rayon::broadcast(|_| (0..ROUNDS).map(|_| time(kernel)).fold(f64::INFINITY, f64::min));
    let rate = |seconds: &f64| (kernel.per_turn * TURNS) as f64 / seconds;
    Peak { instructions: kernel.instructions, multiply_adds_per_second: times.iter().map(rate).sum() }
}

fn time(kernel: Kernel) -> f64 {
    let start = Instant::now();
    black_box((kernel.run)(black_box(TURNS)));
    start.elapsed().as_secs_f64()
}

fn kernel() -> Kernel {
    #[cfg(target_arch = "x86_64")]
    if let Some(kernel) = x86::kernel() {
        return kernel;
    }
    #[cfg(target_arch = "aarch64")]
    return aarch64::KERNEL;
    #[cfg(not(target_arch = "aarch64"))]
    portable::KERNEL
}

/// Chains of multiply-adds that go from 1 to one half and stay there.
const FACTOR: f32 = 0.999;
const ADDEND: f32 = 5e-4;

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "calling a function compiled for instructions that were just found on this machine")]
mod x86 {
    use super::{ADDEND, FACTOR, Kernel};
    use std::arch::x86_64::{
        _mm256_add_ps, _mm256_cvtss_f32, _mm256_fmadd_ps, _mm256_set1_ps, _mm512_add_ps, _mm512_cvtss_f32,
        _mm512_fmadd_ps, _mm512_set1_ps,
    };
    use std::hint::black_box;

    /// Two units of latency four are busy with eight chains; twelve leave room for a longer latency.
    const CHAINS: usize = 12;

    pub(super) fn kernel() -> Option<Kernel> {
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: AVX-512 was found on this machine.
            let run = |turns| unsafe { avx512(turns) };
            return Some(Kernel { instructions: "avx512", per_turn: 16 * CHAINS, run });
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: AVX2 and FMA were found on this machine.
            let run = |turns| unsafe { avx2(turns) };
            return Some(Kernel { instructions: "avx2", per_turn: 8 * CHAINS, run });
        }
        None
    }

    #[target_feature(enable = "avx512f")]
    fn avx512(turns: usize) -> f32 {
        let (factor, addend) = (_mm512_set1_ps(black_box(FACTOR)), _mm512_set1_ps(black_box(ADDEND)));
        let mut chains = [_mm512_set1_ps(black_box(1.0)); CHAINS];
        for _ in 0..turns {
            for chain in &mut chains {
                *chain = _mm512_fmadd_ps(*chain, factor, addend);
            }
        }
        let [first, rest @ ..] = chains;
        _mm512_cvtss_f32(rest.into_iter().fold(first, |sum, chain| _mm512_add_ps(sum, chain)))
    }

    #[target_feature(enable = "avx2,fma")]
    fn avx2(turns: usize) -> f32 {
        let (factor, addend) = (_mm256_set1_ps(black_box(FACTOR)), _mm256_set1_ps(black_box(ADDEND)));
        let mut chains = [_mm256_set1_ps(black_box(1.0)); CHAINS];
        for _ in 0..turns {
            for chain in &mut chains {
                *chain = _mm256_fmadd_ps(*chain, factor, addend);
            }
        }
        let [first, rest @ ..] = chains;
        _mm256_cvtss_f32(rest.into_iter().fold(first, |sum, chain| _mm256_add_ps(sum, chain)))
    }
}

#[cfg(target_arch = "aarch64")]
#[allow(unsafe_code, reason = "intrinsics of NEON, which every aarch64 has")]
mod aarch64 {
    use super::{ADDEND, FACTOR, Kernel};
    use std::arch::aarch64::{vaddq_f32, vaddvq_f32, vdupq_n_f32, vfmaq_f32};
    use std::hint::black_box;

    /// Up to four units of latency four.
    const CHAINS: usize = 20;

    // SAFETY: NEON is part of aarch64.
    pub(super) const KERNEL: Kernel =
        Kernel { instructions: "neon", per_turn: 4 * CHAINS, run: |turns| unsafe { neon(turns) } };

    #[target_feature(enable = "neon")]
    fn neon(turns: usize) -> f32 {
        let (factor, addend) = (vdupq_n_f32(black_box(FACTOR)), vdupq_n_f32(black_box(ADDEND)));
        let mut chains = [vdupq_n_f32(black_box(1.0)); CHAINS];
        for _ in 0..turns {
            for chain in &mut chains {
                *chain = vfmaq_f32(addend, *chain, factor);
            }
        }
        let [first, rest @ ..] = chains;
        vaddvq_f32(rest.into_iter().fold(first, |sum, chain| vaddq_f32(sum, chain)))
    }
}

#[cfg(not(target_arch = "aarch64"))]
mod portable {
    use super::Kernel;
    use std::hint::black_box;

    const LANES: usize = 4;
    const CHAINS: usize = 12;

    /// A multiplication and an addition: without an instruction for both, `mul_add` would be a library call.
    pub(super) const KERNEL: Kernel = Kernel { instructions: "portable", per_turn: LANES * CHAINS, run: multiply_add };

    fn multiply_add(turns: usize) -> f32 {
        let (factor, addend) = (black_box(super::FACTOR), black_box(super::ADDEND));
        let mut chains = [[black_box(1.0_f32); LANES]; CHAINS];
        for _ in 0..turns {
            for value in chains.as_flattened_mut() {
                *value = *value * factor + addend;
            }
        }
        chains.as_flattened().iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loops_do_their_turns() {
        let kernel = kernel();
        // Twice as many turns bring the chains further from 1, towards the fixed point of the recurrence.
        let (few, many) = ((kernel.run)(1_000), (kernel.run)(1_000_000));
        assert!(few.is_finite() && many.is_finite());
        assert_ne!(few, many);
        #[cfg(not(target_arch = "aarch64"))]
        assert_ne!((portable::KERNEL.run)(1_000), (portable::KERNEL.run)(1_000_000));
    }

    #[test]
    fn a_peak_is_a_plausible_rate() {
        let peak = peak();
        assert!(peak.multiply_adds_per_second > 1e8, "{peak:?}");
        assert!(peak.multiply_adds_per_second < 1e14, "{peak:?}");
    }
}
