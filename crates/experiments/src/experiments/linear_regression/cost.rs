//! What the closed form costs: its multiplications counted one by one, and its seconds.

use std::cell::Cell;
use std::hint::black_box;
use std::ops::{Add, Div, Mul, Sub};
use std::time::Instant;

use super::line::Problem;
use crate::matrix::{Scalar, cholesky, gram};
use crate::prelude::*;

thread_local! {
    /// Multiplications, divisions and roots of [`Counted`] numbers so far.
    static DONE: Cell<u64> = const { Cell::new(0) };
}

/// A number that counts: given to the closed form in place of `f64`, it tells what the same code does.
#[derive(Clone, Copy)]
struct Counted(f64);

impl Counted {
    fn count(value: f64) -> Self {
        DONE.set(DONE.get() + 1);
        Self(value)
    }
}

impl From<f64> for Counted {
    fn from(value: f64) -> Self {
        Self(value)
    }
}

impl Add for Counted {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Counted {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul for Counted {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self::count(self.0 * other.0)
    }
}

impl Div for Counted {
    type Output = Self;

    fn div(self, other: Self) -> Self {
        Self::count(self.0 / other.0)
    }
}

impl Scalar for Counted {
    fn root(self) -> Self {
        Self::count(self.0.sqrt())
    }

    fn is_sound(self) -> bool {
        self.0.is_finite()
    }

    fn is_zero(self) -> bool {
        self.0 == 0.0
    }
}

/// The multiplications, divisions and roots of `X^T X` and of Cholesky's factorization, as [`crate::matrix::Matrix`] computes them, counted over
/// `examples` rows of `width` values.
pub(crate) fn count(examples: usize, width: usize, random: &mut Stream) -> Result<[u64; 2]> {
    let problem = Problem::random(examples, width - 1, 1.0, random);
    let inputs: Vec<Counted> = problem.inputs.values.iter().copied().map(Counted).collect();
    let before = DONE.get();
    let mut gram = gram(&inputs, width);
    let between = DONE.get();
    // The ridge adds and multiplies nothing.
    (0..width).for_each(|place| gram[place * width + place].0 += RIDGE);
    cholesky(&gram, width).context("the inputs are linearly dependent")?;
    Ok([between - before, DONE.get() - between])
}

/// What makes every matrix definite, whatever was drawn.
const RIDGE: f64 = 1e-3;

/// The least of `repeats` measurements, in seconds: of `X^T X`, and of the solution from it.
pub(crate) fn seconds(examples: usize, width: usize, repeats: usize, random: &mut Stream) -> [f64; 2] {
    let problem = Problem::random(examples, width - 1, 1.0, random);
    let mut least = [f64::INFINITY; 2];
    for _ in 0..repeats {
        let started = Instant::now();
        let gram = black_box(problem.inputs.gram()).with_ridge(RIDGE);
        least[0] = least[0].min(started.elapsed().as_secs_f64());
        let started = Instant::now();
        black_box(gram.cholesky());
        least[1] = least[1].min(started.elapsed().as_secs_f64());
    }
    least
}
