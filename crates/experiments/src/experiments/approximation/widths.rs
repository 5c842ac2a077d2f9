//! Error against width, measured: units learned and units drawn, on points that the fit has not seen.

use anyhow::{Context, Result, bail};
use rayon::prelude::*;

use super::features::{Sample, drawn, learned};
use super::fixed::{Curve, exponent, grid_curve, polynomial_curve};
use super::harmonic::Harmonic;
use super::polynomials;
use super::trained::trained;
use super::{MOST_DIMENSIONS, SHOWN, target};
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
    /// Of the zoo's perceptron, on points not seen; only in some dimensions.
    trained: Vec<Vec<f64>>,
    pub(super) grid: Curve,
    pub(super) polynomials: Curve,
}

/// A share of the variance that may be left over for the target to count as learned.
const ENOUGH: f64 = 0.05;
/// So many points a network is fitted to, and as many it is not.
const POINTS: usize = 2000;
/// From so many units on the first waves are past.
const FIRST_WAVES: usize = 4;

/// Every dimension, several repetitions each: new units and new points, one target.
pub(super) fn measure(settings: &Settings) -> Result<Vec<Measured>> {
    let widths = settings.choose(vec![1, 2, 4, 8, 16, 32], vec![1, 2, 4, 8]);
    let dimensions = settings.choose((1..=MOST_DIMENSIONS).collect::<Vec<_>>(), vec![1, 3, 10]);
    let bar = settings.progress("error against width", dimensions.len());
    let one = |dimensions: usize| -> Result<Measured> {
        let repetitions = 0..repetitions(dimensions, settings);
        let runs: Vec<Run> = repetitions
            .into_par_iter()
            .map(|run| repetition(dimensions, &widths, run, settings))
            .collect::<Result<_>>()?;
        let trained = by_the_zoo(dimensions, &widths, settings)?;
        let of = |pick: fn(&Run) -> &Vec<f64>| runs.iter().map(|run| pick(run).clone()).collect();
        let target = target(dimensions, settings);
        let variance = target.variance();
        let shares = |curve: Curve| curve.into_iter().map(|(count, error)| (count, error / variance)).collect();
        bar.inc(1);
        Ok(Measured {
            dimensions,
            widths: widths.clone(),
            learned: of(|run| &run.learned),
            on_training: of(|run| &run.on_training),
            drawn: of(|run| &run.drawn),
            trained,
            grid: shares(grid_curve(&target, 1..=128)),
            polynomials: shares(polynomial_curve(&target, 16)),
        })
    };
    let measured = dimensions.into_iter().map(one).collect::<Result<_>>()?;
    bar.finish_and_clear();
    Ok(measured)
}

/// More in most dimensions, of which more is claimed.
fn repetitions(dimensions: usize, settings: &Settings) -> u64 {
    if dimensions == MOST_DIMENSIONS { settings.choose(6, 4) } else { settings.choose(4, 2) }
}

/// Four trainings of the zoo's perceptron a width, on the points of the first four repetitions; where the figure shows it.
fn by_the_zoo(dimensions: usize, widths: &[usize], settings: &Settings) -> Result<Vec<Vec<f64>>> {
    let shown: &[usize] = settings.choose(&SHOWN, &[MOST_DIMENSIONS]);
    if !shown.contains(&dimensions) {
        return Ok(Vec::new());
    }
    let target = target(dimensions, settings);
    let samples: Vec<[Sample; 2]> = (0..4).map(|run| samples(dimensions, &target, settings, run).0).collect();
    let share = |errors: Vec<f64>| errors.into_iter().map(|error| error / target.variance()).collect();
    Ok(trained(&samples, widths, settings)?.into_iter().map(share).collect())
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

fn repetition(dimensions: usize, widths: &[usize], run: u64, settings: &Settings) -> Result<Run> {
    let target = target(dimensions, settings);
    let ([train, test], mut random) = samples(dimensions, &target, settings, run);
    let share = |error: f64| error / target.variance();
    let learned = learned(&train, &test, widths, &mut random)?;
    Ok(Run {
        on_training: learned.iter().map(|errors| share(errors[0])).collect(),
        learned: learned.iter().map(|errors| share(errors[1])).collect(),
        drawn: drawn(&train, &test, widths, &mut random)?.into_iter().map(share).collect(),
    })
}

/// The points of the fit and those it does not see, and the stream that goes on from there.
fn samples(dimensions: usize, target: &Harmonic, settings: &Settings, run: u64) -> ([Sample; 2], Random) {
    let mut random = Random::new(settings.seed, 1000 * dimensions as u64 + run);
    ([0, 1].map(|_| Sample::draw(target, POINTS, &mut random)), random)
}

impl Measured {
    pub(super) fn learned(&self) -> Vec<Mean> {
        means(&self.learned)
    }

    pub(super) fn drawn(&self) -> Vec<Mean> {
        means(&self.drawn)
    }

    /// None where none was trained.
    pub(super) fn trained(&self) -> Option<Vec<Mean>> {
        (!self.trained.is_empty()).then(|| means(&self.trained))
    }

    /// Width and mean error.
    pub(super) fn curve(&self, means: &[Mean]) -> Curve {
        self.widths.iter().zip(means).map(|(&width, mean)| (width as f64, mean.value)).collect()
    }

    /// The exponent of each repetition over the widths from `least` on; in a quick run that is few widths.
    fn exponents(&self, runs: &[Vec<f64>], least: usize) -> Mean {
        let one = |errors: &Vec<f64>| {
            let points = self.widths.iter().zip(errors).filter(|(width, _)| **width >= least);
            exponent(&points.map(|(&width, &error)| (width as f64, error)).collect::<Vec<_>>()).slope
        };
        Mean::of(&runs.iter().map(one).collect::<Vec<_>>())
    }

    pub(super) fn learned_exponent(&self) -> Mean {
        self.exponents(&self.learned, FIRST_WAVES)
    }

    pub(super) fn training_exponent(&self) -> Mean {
        self.exponents(&self.on_training, FIRST_WAVES)
    }

    pub(super) fn drawn_exponent(&self) -> Mean {
        self.exponents(&self.drawn, FIRST_WAVES)
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

pub(super) fn check(measured: &[Measured], settings: &Settings, findings: &mut Findings) -> Result<()> {
    let [first, .., last] = measured else { bail!("fewer than two dimensions were measured") };
    // Two widths, as in a quick run, make a slope but no exponent.
    if !settings.quick {
        does_not_slow_down(last, findings);
    }
    exponents(measured, findings);
    sizes(measured, findings);
    in_most_dimensions(last, findings)?;
    trained_by_the_zoo(measured, findings)?;
    cells_of_a_grid(first, last, findings)?;
    bound(&target(last.dimensions, settings), findings);
    Ok(())
}

/// The dimension is named beforehand, so the interval needs no correction for having been picked.
fn does_not_slow_down(last: &Measured, findings: &mut Findings) {
    let dimensions = last.dimensions;
    let theory = -2.0 / dimensions as f64;
    let with_interval = |mean: Mean| format!("{} ± {}", number(mean.value), number(mean.half_width()));
    let claims = [
        ("from four units on, on the points of the fit", last.training_exponent()),
        ("from one unit on, on unseen points", last.exponents(&last.learned, 1)),
    ];
    for (what, mean) in claims {
        let sentence = format!(
            "Learned features do not slow down with the dimension as fixed bases do: exponent of the squared error {what}, D = {dimensions}, \
             upper end of its 95 % interval, below the -2/D of fixed bases"
        );
        let measured = format!(" ({}, {} repetitions)", with_interval(mean), mean.count);
        findings.claim(&sentence, mean.interval().1, Check::AtMost(theory)).measured_with(&measured);
    }
    findings.note(format!(
        "Barron's n^(-1) for learned features is an upper bound on what the best network leaves, far above what is left here, so no exponent \
         is held against -1. From four units on, past the first waves, the exponent in {dimensions} dimensions is {} on the points of the fit and {} on \
         unseen ones (95 %): what they differ by is what {POINTS} points leave open.",
        with_interval(last.training_exponent()),
        with_interval(last.learned_exponent()),
    ));
}

fn exponents(measured: &[Measured], findings: &mut Findings) {
    let with_error = |mean: Mean| format!("{} ± {}", number(mean.value), number(mean.half_width()));
    let row = |one: &Measured| {
        vec![
            one.dimensions.to_string(),
            number(-2.0 / one.dimensions as f64),
            number(exponent(&one.grid[15..]).slope),
            number(polynomials::early_exponent(one.dimensions)),
            with_error(one.drawn_exponent()),
            with_error(one.training_exponent()),
            with_error(one.learned_exponent()),
        ]
    };
    findings.table(
        "Exponents of the squared error by the number n of functions, of units from n = 4 on (± 95 %)",
        &[
            "D",
            "fixed bases, theory",
            "grid",
            "polynomials to degree 3, mean over phases",
            "drawn ReLU units",
            "learned ReLU units, training points",
            "learned, unseen points",
        ],
        measured.iter().map(row).collect(),
    );
}

/// Where Barron's bound begins to say anything: a network that answers the mean leaves all of the variance.
fn bound(target: &Harmonic, findings: &mut Findings) {
    findings.note(format!(
        "Barron's bound is 2 |a|_1² / n = 72 D / n for n ReLU units here, and the variance is about a half: the bound only bites from about n > \
         144 D on (in {} dimensions {}), as any narrower network keeps it by answering the mean. It is therefore not checked; what \
         n units turned to the one direction leave is.",
        target.frequencies.len(),
        number((barron(&target.frequencies) / target.variance()).round()),
    ));
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

/// In ten dimensions everything fixed loses, function by function.
fn in_most_dimensions(one: &Measured, findings: &mut Findings) -> Result<()> {
    let most = *one.widths.last().context("no widths")?;
    let [learned, drawn] = [one.learned(), one.drawn()].map(|means| means.last().map_or(f64::NAN, |mean| mean.value));
    // The first basis with no fewer functions than the network has units: the advantage is the basis's.
    let (cells, grid) = first_of(&one.grid, most).context("the grid is too small")?;
    let (terms, by_terms) = first_of(&one.polynomials, most).context("the polynomials are too small")?;
    // A direction, a threshold and an output weight a unit, and a constant.
    let parameters = most * (one.dimensions + 2) + 1;
    let (more_terms, by_parameters) =
        first_of(&one.polynomials, parameters).context("the polynomials are too small")?;
    let sentence =
        |what: &str| format!("In {} dimensions {most} learned units leave less than {what}: ratio", one.dimensions);
    findings
        .claim(&sentence("as many drawn ones"), learned / drawn, Check::AtMost(0.5))
        .claim(
            &sentence(&format!("a polynomial of {terms} terms, function by function ({parameters} parameters against {terms})")),
            learned / by_terms,
            Check::AtMost(0.5),
        )
        .claim(&sentence(&format!("a grid of two cells a side, {cells} in all")), learned / grid, Check::AtMost(0.5))
        .note(format!(
            "A unit of the network is one function but has {} parameters, which are what its features cost to learn. By parameters the \
             comparison is another: {most} learned units have {parameters} and leave {} of the variance of unseen points in {} dimensions, a \
             polynomial of {more_terms} terms, the first with no fewer parameters, leaves {}.",
            one.dimensions + 2,
            number(learned),
            one.dimensions,
            number(by_parameters),
        ));
    Ok(())
}

/// The zoo's perceptron beside the construction, and against the fixed bases.
fn trained_by_the_zoo(measured: &[Measured], findings: &mut Findings) -> Result<()> {
    let with_interval = |mean: &Mean| format!("{} ± {}", number(mean.value), number(mean.half_width()));
    let mut rows = Vec::new();
    for one in measured {
        let Some(trained) = one.trained() else { continue };
        let by_width = one.widths.iter().zip(one.learned().into_iter().zip(&trained));
        rows.extend(by_width.map(|(width, (learned, trained))| {
            let ratio = number(trained.value / learned.value);
            vec![one.dimensions.to_string(), width.to_string(), with_interval(&learned), with_interval(trained), ratio]
        }));
    }
    let last = measured.last().context("no dimensions")?;
    let most = *last.widths.last().context("no widths")?;
    let trained = last.trained().context("no perceptron in most dimensions")?;
    let trained = trained.last().context("no width trained")?;
    let fixed = [first_of(&last.grid, most), first_of(&last.polynomials, most)];
    let best = fixed.into_iter().flatten().map(|(_, share)| share).fold(f64::INFINITY, f64::min);
    findings
        .claim(
            &format!(
                "The zoo's perceptron with {most} ReLU units, trained by Adam, beats the better of the first grid and the first polynomial with no \
                 fewer functions in {} dimensions: upper end of the 95 % interval of what it leaves of the variance of unseen points, over what \
                 that basis leaves at best",
                last.dimensions
            ),
            trained.interval().1 / best,
            Check::AtMost(1.0),
        )
        .measured_with(&format!(" ({} against {}, {} trainings)", with_interval(trained), number(best), trained.count))
        .table(
            "Share of the variance of unseen points that ReLU units leave: learned one by one and corrected together, or trained by Adam (± 95 %)",
            &["D", "units", "constructed", "trained by the zoo", "ratio"],
            rows,
        );
    Ok(())
}

/// The first number of functions that is no smaller than `least`, and what it leaves.
fn first_of(curve: &Curve, least: usize) -> Option<(f64, f64)> {
    curve.iter().copied().find(|&(count, _)| count >= least as f64)
}

/// A cell of side `h` leaves `sum a_i^2 h^2 / 24 = |a|^2 h^2 / 24`: `|a|` is 6 in any dimension, so sides are cut as finely and `ln n` is
/// proportional to `D`. It need not be exactly: the phase changes the first factor and the variance by some percent, and so the number of
/// cells a side, 8, by one.
fn cells_of_a_grid(first: &Measured, last: &Measured, findings: &mut Findings) -> Result<()> {
    let [few, many] = [first, last].map(|one| needed(&one.grid).map(f64::ln));
    let [few, many] = [few.context("the grid is too coarse")?, many.context("the grid is too coarse")?];
    findings.claim(
        "The cells that a grid needs grow exponentially with D, as no side may be coarser: ln n at D = 10 over ten times that at D = 1",
        many / few / last.dimensions as f64 * first.dimensions as f64,
        Check::Near { expected: 1.0, tolerance: 0.1 },
    );
    Ok(())
}
