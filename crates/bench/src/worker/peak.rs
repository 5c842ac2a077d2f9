//! How many f32 multiply-accumulates per second the cores do when nothing stands in their way.

use crate::machine::Peak;
use anyhow::Result;
use pulp::{Arch, Simd, WithSimd};
use std::hint::black_box;
use std::time::Instant;

/// The best of so many rounds: anything else the machine does makes a round slower, never faster.
const ROUNDS: usize = 12;

/// Loop turns per round: a few milliseconds.
const TURNS: usize = 1 << 20;

/// Chains of multiply-accumulates that go from 1 to one half and stay there.
const FACTOR: f32 = 0.999;
const ADDEND: f32 = 5e-4;

/// Chains that keep the vector units busy: two units of latency four need eight on x86, and twelve leave room for a longer
/// latency; aarch64 has up to four units.
const VECTOR_CHAINS: usize = if cfg!(target_arch = "aarch64") { 20 } else { 12 };

/// The same where the compiler has to make vectors of single values.
const SCALAR_CHAINS: usize = 48;

/// Measures the widest instruction set of this machine on so many threads at once.
pub(crate) fn peak(threads: usize) -> Result<Peak> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let instructions = instructions();
    let rates = pool.broadcast(|_| match instructions {
        "portable" => rate::<SCALAR_CHAINS>(),
        _ => rate::<VECTOR_CHAINS>(),
    });
    Ok(Peak { threads, instructions: instructions.into(), macs_per_second: rates.iter().sum() })
}

/// What [`Arch::dispatch`] chooses.
fn instructions() -> &'static str {
    match Arch::new() {
        #[cfg(target_arch = "x86_64")]
        Arch::V4(_) => "avx512",
        #[cfg(target_arch = "x86_64")]
        Arch::V3(_) => "avx2",
        Arch::Scalar => "portable",
        #[allow(unreachable_patterns, reason = "of some architectures that was all")]
        _ => "neon",
    }
}

/// Multiply-accumulates per second on this thread.
fn rate<const CHAINS: usize>() -> f64 {
    let rounds = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        let (macs_per_turn, sum) = Arch::new().dispatch(Chains::<CHAINS> { turns: black_box(TURNS) });
        black_box(sum);
        (macs_per_turn * TURNS) as f64 / start.elapsed().as_secs_f64()
    });
    rounds.fold(0.0, f64::max)
}

/// A loop of independent multiply-accumulates: returns how many a turn has, and something that depends on all of them.
struct Chains<const CHAINS: usize> {
    turns: usize,
}

impl<const CHAINS: usize> WithSimd for Chains<CHAINS> {
    type Output = (usize, f32);

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> (usize, f32) {
        let (factor, addend) = (simd.splat_f32s(black_box(FACTOR)), simd.splat_f32s(black_box(ADDEND)));
        let mut chains = [simd.splat_f32s(black_box(1.0)); CHAINS];
        for _ in 0..self.turns {
            for chain in &mut chains {
                *chain = simd.mul_add_e_f32s(*chain, factor, addend);
            }
        }
        (S::F32_LANES * CHAINS, chains.into_iter().map(|chain| simd.reduce_sum_f32s(chain)).sum())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    #[test]
    fn the_loops_do_their_turns() {
        // More turns bring the chains further from 1, towards the fixed point of the recurrence.
        fn check(sum: impl Fn(usize) -> f32) {
            let (few, many) = (sum(1_000), sum(1_000_000));
            assert!(few.is_finite() && many.is_finite());
            assert_ne!(few, many);
        }
        check(|turns| Arch::new().dispatch(Chains::<VECTOR_CHAINS> { turns }).1);
        check(|turns| Chains::<SCALAR_CHAINS> { turns }.with_simd(pulp::Scalar).1);
    }

    #[test]
    fn a_peak_is_a_plausible_rate() {
        let peak = peak(2).unwrap();
        assert!(peak.macs_per_second > 1e8, "{peak:?}");
        assert!(peak.macs_per_second < 1e14, "{peak:?}");
    }
}
