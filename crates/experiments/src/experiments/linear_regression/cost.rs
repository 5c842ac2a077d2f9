//! What the closed form costs: its multiplications counted one by one, and its seconds.

use super::line::LinearProblem;
use crate::matrix::{Scalar, cholesky, gram};
use crate::prelude::*;
use std::cell::Cell;
use std::hint::black_box;
use std::ops::{Add, Div, Mul, Sub};
use std::time::Instant;

pub(super) const COST_HEAD: [&str; 6] = [
    "N",
    "D",
    "multiplications of X^T X",
    "seconds",
    "multiplications, divisions and roots of the factorization",
    "seconds ",
];

pub(super) struct ClosedFormCost {
    pub(super) examples: usize,
    pub(super) width: usize,
    /// Multiplications, divisions and roots of `X^T X`, and of its factorization.
    pub(super) counted: [u64; 2],
    pub(super) seconds: [f64; 2],
}

impl ClosedFormCost {
    pub(super) fn row(&self) -> Vec<String> {
        let Self { examples, width, counted, seconds } = self;
        let [products, factorization] = counted.map(|count| count.to_string());
        let [first, second] = seconds.map(number);
        row![examples, width, products, first, factorization, second]
    }
}

pub(super) fn measure(sizes: impl Iterator<Item = (usize, usize)>, settings: &Setup) -> Result<Vec<ClosedFormCost>> {
    let mut random = Stream::numbered(settings.seed, 2000);
    let repeats = settings.choose(5, 2);
    let one = |(examples, width)| {
        let counted = count(examples, width, &mut random)?;
        Ok(ClosedFormCost { examples, width, counted, seconds: seconds(examples, width, repeats, &mut random) })
    };
    sizes.map(one).collect()
}

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

macro_rules! operations {
    ($($operation:ident $name:ident $sign:tt $result:path;)*) => { $(impl $operation for Counted {
        type Output = Self;

        fn $name(self, other: Self) -> Self {
            $result(self.0 $sign other.0)
        }
    })* };
}

operations! {
    Add add + Counted;
    Sub sub - Counted;
    Mul mul * Counted::count;
    Div div / Counted::count;
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
fn count(examples: usize, width: usize, random: &mut Stream) -> Result<[u64; 2]> {
    let problem = LinearProblem::random(examples, width - 1, 1.0, random);
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
fn seconds(examples: usize, width: usize, repeats: usize, random: &mut Stream) -> [f64; 2] {
    let problem = LinearProblem::random(examples, width - 1, 1.0, random);
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
