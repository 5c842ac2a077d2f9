//! What the closed form costs, `O(N D^2 + D^3)`: its multiplications, divisions and roots, counted one by one.

use super::line::LinearProblem;
use crate::matrix::{Scalar, cholesky, gram};
use crate::prelude::*;
use std::cell::Cell;
use std::ops::{Add, Div, Mul, Sub};

/// What a problem of this size costs: operations of `X^T X` and of its factorization.
struct ClosedFormCost {
    examples: usize,
    width: usize,
    product: u64,
    factorization: u64,
}

/// Operations by size.
type CostCurve = Vec<(f64, f64)>;

/// The exponents of N and D in both parts of the closed form.
pub(super) fn check(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let examples = settings.choose(vec![2000, 4000, 8000, 16_000, 32_000], vec![500, 1000, 2000]);
    let widths = settings.choose(vec![32, 64, 128, 256, 512], vec![32, 64, 128]);
    let by_examples = measure(examples.into_iter().map(|examples| (examples, 32)), settings)?;
    let by_width = measure(widths.into_iter().map(|width| (500, width)), settings)?;
    let laws = [
        ("X^T X, in N", 1, curve(&by_examples, |cost| (cost.examples, cost.product))),
        ("X^T X, in D", 2, curve(&by_width, |cost| (cost.width, cost.product))),
        ("its factorization, in D", 3, curve(&by_width, |cost| (cost.width, cost.factorization))),
    ];
    // The sum 1 + .. + D is D^2 / 2 + D / 2: at D = 32 the smaller term still bends the power law by a few percent.
    let tolerance = settings.choose(0.05, 0.1);
    for (part, exponent, counted) in &laws {
        let sentence =
            format!("Multiplications, divisions and roots of {part}, counted in the code that solves: exponent");
        findings.claim(sentence, fitted_exponent(counted), Near(f64::from(*exponent), tolerance));
    }
    let axes = |size: &str, heading: &str| Chart::new(Axis::log(size), Axis::log("operations")).heading(heading);
    let [by_n, by_d, factorization] = laws;
    let panels = vec![
        drawn(axes("examples N", "D = 32 parameters"), by_n),
        drawn(drawn(axes("parameters D", "N = 500 examples"), by_d), factorization),
    ];
    let row = |cost: &ClosedFormCost| row![cost.examples, cost.width, cost.product, cost.factorization];
    findings
        .table(
            "Multiplications, divisions and roots of the closed form",
            &["N", "D", "of X^T X", "of the factorization"],
            by_examples.iter().chain(&by_width).map(row).collect(),
        )
        .panels(
            "cost",
            "What the closed form costs",
            "Multiplications, divisions and roots of both parts of the closed form by the number of examples (left) \
             and of parameters (right), both axes logarithmic: a power is a straight line there and its exponent the \
             slope.",
            2,
            panels,
        );
    Ok(())
}

fn curve(costs: &[ClosedFormCost], point: fn(&ClosedFormCost) -> (usize, u64)) -> CostCurve {
    costs.iter().map(point).map(|(size, operations)| (size as f64, operations as f64)).collect()
}

/// What was counted, with the power law through the last of it.
fn drawn(chart: Chart, (part, exponent, counted): (&str, i32, CostCurve)) -> Chart {
    let (last, operations) = counted[counted.len() - 1];
    let law: CostCurve = counted.iter().map(|&(size, _)| (size, operations * (size / last).powi(exponent))).collect();
    chart.line(part, &counted).scatter(part, &counted).dashed(&format!("slope {exponent}"), &law)
}

/// The operations of the same code that [`Matrix`] runs, on numbers that count.
fn measure(sizes: impl Iterator<Item = (usize, usize)>, settings: &Setup) -> Result<Vec<ClosedFormCost>> {
    let mut random = Stream::numbered(settings.seed, 2000);
    let one = |(examples, width): (usize, usize)| {
        let inputs = LinearProblem::random(examples, width - 1, 1.0, &mut random).inputs;
        let inputs: Vec<Counted> = inputs.values.into_iter().map(Counted).collect();
        let before = DONE.get();
        let mut gram = gram(&inputs, width);
        let between = DONE.get();
        // What makes every matrix definite, whatever was drawn, adds and multiplies nothing.
        (0..width).for_each(|place| gram[place * width + place].0 += 1e-3);
        cholesky(&gram, width).context("the inputs are linearly dependent")?;
        Ok(ClosedFormCost { examples, width, product: between - before, factorization: DONE.get() - between })
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

impl From<Counted> for f64 {
    fn from(value: Counted) -> Self {
        value.0
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
}
