//! What the closed form costs: its multiplications counted one by one, and its seconds.

use std::hint::black_box;
use std::time::Instant;

use super::line::Problem;
use crate::random::Random;

/// The multiplications of both parts of the closed form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Operations {
    /// Of `X^T X`.
    pub(crate) products: u64,
    /// Of Cholesky's factorization.
    pub(crate) factorization: u64,
}

/// Runs the loops of the closed form over `examples` rows of `width` values and counts.
pub(crate) fn count(examples: usize, width: usize) -> Operations {
    let mut operations = Operations { products: 0, factorization: 0 };
    for _example in 0..examples {
        for left in 0..width {
            operations.products += left as u64 + 1;
        }
    }
    for row in 0..width {
        for column in 0..=row {
            operations.factorization += column as u64 + 1;
        }
    }
    operations
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
