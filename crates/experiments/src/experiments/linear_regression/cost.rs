//! What the closed form costs: its multiplications counted one by one, and its seconds.

use std::hint::black_box;
use std::time::Instant;

use super::line::Problem;
use crate::random::Random;

/// Runs the loops of the closed form over `examples` rows of `width` values and counts the multiplications of `X^T X`, and of
/// Cholesky's factorization.
pub(crate) fn count(examples: usize, width: usize) -> [u64; 2] {
    let mut products = 0;
    for _example in 0..examples {
        for left in 0..width {
            products += left as u64 + 1;
        }
    }
    let mut factorization = 0;
    for row in 0..width {
        for column in 0..=row {
            factorization += column as u64 + 1;
        }
    }
    [products, factorization]
}

/// The least of `repeats` measurements, in seconds: of `X^T X`, and of the solution from it.
pub(crate) fn seconds(examples: usize, width: usize, repeats: usize, random: &mut Random) -> [f64; 2] {
    let problem = Problem::random(examples, width - 1, 1.0, random);
    let mut least = [f64::INFINITY; 2];
    for _ in 0..repeats {
        let started = Instant::now();
        let gram = black_box(problem.inputs.gram()).with_ridge(1e-3);
        least[0] = least[0].min(started.elapsed().as_secs_f64());
        let started = Instant::now();
        black_box(gram.cholesky());
        least[1] = least[1].min(started.elapsed().as_secs_f64());
    }
    least
}
