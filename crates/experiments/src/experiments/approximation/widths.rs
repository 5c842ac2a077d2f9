//! Error against width, measured: units learned and units drawn, on points that the fit has not seen.

use rayon::prelude::*;

use super::features::{Sample, drawn, learned};
use super::fixed::{Curve, exponent, grid_curve, polynomial_curve};
use super::{MOST_DIMENSIONS, target};
use crate::random::Random;
use crate::statistics::Mean;
use crate::{Check, Findings, Settings, number};

/// What one dimension gave; errors are shares of the target's variance, the mean over the repetitions.
pub(super) struct Measured {
    pub(super) dimensions: usize,
    pub(super) widths: Vec<usize>,
    /// One list a repetition, on points that the fit has not seen.
    learned: Vec<Vec<f64>>,
    /// The same on the points of the fit.
    on_training: Vec<Vec<f64>>,
    drawn: Vec<Vec<f64>>,
    pub(super) grid: Curve,
    pub(super) polynomials: Curve,
    /// Barron's bound on the error times the number of units.
    bound: f64,
}

/// A share of the variance that may be left over for the target to count as learned.
const ENOUGH: f64 = 0.05;

/// Every dimension, several repetitions each: new units and new points, one target.
pub(super) fn measure(settings: &Settings) -> Vec<Measured> {
    let widths = settings.choose(vec![1, 2, 4, 8, 16, 32], vec![1, 2, 4, 8]);
    let dimensions = settings.choose((1..=MOST_DIMENSIONS).collect::<Vec<_>>(), vec![1, 3, 10]);
    let bar = settings.progress("error against width", dimensions.len());
    let one = |dimensions: usize| {
        let repetitions = 0..settings.choose(4, 2);
        let runs: Vec<_> =
            repetitions.into_par_iter().map(|run| repetition(dimensions, &widths, run, settings)).collect();
        let of = |pick: fn(&Run) -> &Vec<f64>| runs.iter().map(|run| pick(run).clone()).collect();
        let target = target(dimensions, settings);
        let variance = target.variance();
        let shares = |curve: Curve| curve.into_iter().map(|(count, error)| (count, error / variance)).collect();
        bar.inc(1);
        Measured {
            dimensions,
            widths: widths.clone(),
            learned: of(|run| &run.learned),
            on_training: of(|run| &run.on_training),
            drawn: of(|run| &run.drawn),
            grid: shares(grid_curve(&target, 1..=128)),
            polynomials: shares(polynomial_curve(&target, 16)),
            bound: barron(&target.frequencies) / variance,
        }
    };
    let measured = dimensions.into_iter().map(one).collect();
    bar.finish_and_clear();
    measured
}

/// Barron (1993), theorem 1: `n` units that are steps leave at most `(2 C)^2 / n` under any distribution of points, with
/// `C = sup |a . (x - centre)| = |a|_1 / 2` for one wave of amplitude 1. A step is the limit of two ReLU units, which doubles it.
fn barron(frequencies: &[f64]) -> f64 {
    2.0 * frequencies.iter().map(|frequency| frequency.abs()).sum::<f64>().powi(2)
}

/// The errors of one repetition by width.
struct Run {
    on_training: Vec<f64>,
    learned: Vec<f64>,
    drawn: Vec<f64>,
}

fn repetition(dimensions: usize, widths: &[usize], run: u64, settings: &Settings) -> Run {
    let mut random = Random::new(settings.seed, 1000 * dimensions as u64 + run);
    let target = target(dimensions, settings);
    let count = 2000;
    let [train, test] = [0, 1].map(|_| Sample::draw(&target, count, &mut random));
    let share = |error: f64| error / target.variance();
    let learned = learned(&train, &test, widths, &mut random);
    Run {
        on_training: learned.iter().map(|errors| share(errors[0])).collect(),
        learned: learned.iter().map(|errors| share(errors[1])).collect(),
        drawn: drawn(&train, &test, widths, &mut random).into_iter().map(share).collect(),
    }
}

impl Measured {
    pub(super) fn learned(&self) -> Vec<Mean> {
        means(&self.learned)
    }

    pub(super) fn drawn(&self) -> Vec<Mean> {
        means(&self.drawn)
    }

    /// Width and mean error.
    pub(super) fn curve(&self, means: &[Mean]) -> Curve {
        self.widths.iter().zip(means).map(|(&width, mean)| (width as f64, mean.value)).collect()
    }

    /// The exponent of each repetition, from four units on, where the first waves are past.
    fn exponents(&self, runs: &[Vec<f64>]) -> Mean {
        let one = |errors: &Vec<f64>| {
            let points = self.widths.iter().zip(errors).filter(|(width, _)| **width >= 4);
            exponent(&points.map(|(&width, &error)| (width as f64, error)).collect::<Vec<_>>()).slope
        };
        Mean::of(&runs.iter().map(one).collect::<Vec<_>>())
    }

    pub(super) fn learned_exponent(&self) -> Mean {
        self.exponents(&self.learned)
    }

    pub(super) fn training_exponent(&self) -> Mean {
        self.exponents(&self.on_training)
    }

    /// The largest error on the training points over Barron's bound.
    fn over_bound(&self) -> f64 {
        let means = means(&self.on_training);
        self.widths.iter().zip(&means).map(|(&width, mean)| mean.value * width as f64 / self.bound).fold(0.0, f64::max)
    }

    pub(super) fn drawn_exponent(&self) -> Mean {
        self.exponents(&self.drawn)
    }

    /// Of polynomials, over the same numbers of functions.
    pub(super) fn polynomial_exponent(&self) -> f64 {
        let most = *self.widths.last().unwrap_or(&1) as f64;
        let within: Curve = self.polynomials.iter().copied().filter(|&(terms, _)| terms <= most.max(70.0)).collect();
        // Beyond this lie rounding errors alone.
        let sound: Curve = within.into_iter().filter(|&(_, share)| share > 1e-12).collect();
        exponent(&sound).slope
    }
}

fn means(runs: &[Vec<f64>]) -> Vec<Mean> {
    let width = |place: usize| Mean::of(&runs.iter().map(|errors| errors[place]).collect::<Vec<_>>());
    (0..runs[0].len()).map(width).collect()
}

/// The first number of functions that leaves no more than `ENOUGH`.
fn needed(curve: &[(f64, f64)]) -> Option<f64> {
    curve.iter().find(|&&(_, share)| share <= ENOUGH).map(|&(count, _)| count)
}

pub(super) fn check(measured: &[Measured], findings: &mut Findings) {
    exponents(measured, findings);
    sizes(measured, findings);
    at_most_dimensions(measured, findings);
}

fn exponents(measured: &[Measured], findings: &mut Findings) {
    let slowest =
        measured.iter().map(|one| one.learned_exponent()).fold(None, |slowest: Option<Mean>, one| match slowest {
            Some(slowest) if slowest.value >= one.value => Some(slowest),
            _ => Some(one),
        });
    let slowest = slowest.unwrap_or(Mean { value: f64::INFINITY, error: 0.0, count: 0 });
    findings
        // The bound holds under any distribution of points, so also under that of the training points.
        .claim(
            "Learned features keep Barron's bound 2 |a|_1² / n for n ReLU units on the training points: largest share of it used, all D",
            measured.iter().map(Measured::over_bound).fold(0.0, f64::max),
            Check::AtMost(1.0),
        )
        .source_says(
            "Learned features: from four units on their squared error on the training points falls at least as n^(-1): largest exponent of all D",
            measured.iter().map(|one| one.training_exponent().value).fold(f64::NEG_INFINITY, f64::max),
            Check::AtMost(-1.0),
            "The bound is far above these errors, which fall fastest over the first few units; from there on the slope says as much of the \
             training as of the best network, and with these few repetitions it is uncertain by some tenths (see the table).",
        )
        .source_says(
            "and on unseen points: largest exponent",
            slowest.value,
            Check::AtMost(-1.0),
            "Barron's 1/n bounds the error of the best network, not of the one that training finds from finitely many points. Four units already \
             leave a few hundredths in ten dimensions; from there on the error of estimation, which grows with the number of parameters \
             over that of points, and imperfect training hide what further units could gain.",
        )
        .measured_with(&format!(" ± {} (95 %, {} repetitions)", number(1.96 * slowest.error), slowest.count));
    let worst = measured.last().map_or(f64::NAN, Measured::polynomial_exponent);
    findings.source_says(
        "Polynomials: exponent of the squared error by the number of terms, D = 10, up to 70 terms",
        worst,
        Check::Near { expected: -0.2, tolerance: 0.05 },
        "n^(-2/D) bounds what a fixed basis can do for the worst function of Barron's class, and it is what a grid does for any smooth one. \
         This target is a single, analytic one: polynomials gain little while their degree is below what a wave needs, and fast \
         beyond. The closed form against which they are held is checked above.",
    );
    let cells = |one: &Measured| [number(exponent(&one.grid[15..]).slope), number(one.polynomial_exponent())];
    let row = |one: &Measured| {
        let [learned, drawn] = [one.learned_exponent(), one.drawn_exponent()];
        let with_error = |mean: Mean| format!("{} ± {}", number(mean.value), number(1.96 * mean.error));
        let theory = number(-2.0 / one.dimensions as f64);
        let [grid, polynomial] = cells(one);
        vec![
            one.dimensions.to_string(),
            theory,
            grid,
            polynomial,
            with_error(drawn),
            with_error(one.training_exponent()),
            with_error(learned),
        ]
    };
    findings.table(
        "Exponents of the squared error by the number n of functions, of units from n = 4 on (± 95 %)",
        &[
            "D",
            "fixed bases, theory",
            "grid",
            "polynomials to 70 terms",
            "drawn ReLU units",
            "learned ReLU units, training points (Barron: -1)",
            "learned, unseen points",
        ],
        measured.iter().map(row).collect(),
    );
}

/// How many functions leave a twentieth of the variance.
fn sizes(measured: &[Measured], findings: &mut Findings) {
    let text = |count: Option<f64>, most: f64| count.map_or_else(|| format!("more than {}", number(most)), number);
    let last = |curve: &Curve| curve.last().map_or(0.0, |&(count, _)| count);
    let row = |one: &Measured| {
        let (learned, drawn) = (one.curve(&one.learned()), one.curve(&one.drawn()));
        let curves = [&one.grid, &one.polynomials, &drawn, &learned];
        let cells = curves.map(|curve| text(needed(curve), last(curve)));
        [one.dimensions.to_string()].into_iter().chain(cells).collect()
    };
    findings.table(
        "Functions needed to leave at most a twentieth of the variance (of units, the next power of two)",
        &["D", "cells of a grid", "terms of a polynomial", "drawn ReLU units", "learned ReLU units"],
        measured.iter().map(row).collect(),
    );
}

/// In ten dimensions everything fixed loses.
fn at_most_dimensions(measured: &[Measured], findings: &mut Findings) {
    let Some(one) = measured.last() else { return };
    let most = one.widths.last().map_or(0.0, |&width| width as f64);
    let [learned, drawn] = [one.learned(), one.drawn()].map(|means| means.last().map_or(f64::NAN, |mean| mean.value));
    let as_many = |curve: &Curve| {
        // The first basis with no fewer functions than the network has units: the advantage is the basis's.
        curve.iter().find(|&&(count, _)| count >= most).map_or(f64::NAN, |&(_, share)| share)
    };
    let [grid, polynomials] = [&one.grid, &one.polynomials].map(as_many);
    let sentence =
        |what: &str| format!("In {} dimensions {most} learned units leave less than {what}: ratio", one.dimensions);
    findings
        .claim(&sentence("as many drawn ones"), learned / drawn, Check::AtMost(0.5))
        .claim(&sentence("polynomials of no fewer terms"), learned / polynomials, Check::AtMost(0.5))
        .claim(&sentence("a grid of two cells a side, 1024 in all"), learned / grid, Check::AtMost(0.5));
    if let Some(first) = measured.first() {
        let wanted = |one: &Measured| needed(&one.grid).unwrap_or(f64::INFINITY);
        let growth = wanted(one).ln() / wanted(first).ln() / one.dimensions as f64;
        findings.claim(
            "The cells that a grid needs grow exponentially with D: ln n at D = 10 over ten times that at D = 1",
            growth,
            // Along each side frequencies are smaller by sqrt(D), which makes sides sqrt(10) coarser.
            Check::AtLeast(0.3),
        );
    }
}
