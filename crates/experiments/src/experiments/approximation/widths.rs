//! Error against width, measured: units learned and units drawn, on points that the fit has not seen.

use super::features::{CubeSample, drawn, learned};
use super::fixed::{Curve, grid_curve, polynomial_curve};
use super::harmonic::Harmonic;
use super::target::{MOST_DIMENSIONS, SHOWN, target};
use super::trained::trained;
use crate::prelude::*;
use rayon::prelude::*;

/// What one dimension gave; errors are fractions of the target's variance, the mean over the repetitions.
pub(super) struct MeasuredDimension {
    pub(super) dimensions: usize,
    pub(super) widths: Vec<usize>,
    /// One list a repetition, on points that the fit has not seen.
    pub(super) learned: Vec<Vec<f64>>,
    /// The same on the points of the fit.
    on_training: Vec<Vec<f64>>,
    drawn: Vec<Vec<f64>>,
    /// Of the zoo's perceptron, on points not seen; only in some dimensions.
    trained: Vec<Vec<f64>>,
    pub(super) grid: Curve,
    pub(super) polynomials: Curve,
}

/// So many points a network is fitted to, and as many it is not.
pub(super) const POINTS: usize = 2000;
/// From so many units on the first waves are past.
const FIRST_WAVES: usize = 4;

/// Every dimension, several repetitions each: new units and new points, one target.
pub(super) fn measure(settings: &Setup) -> Result<Vec<MeasuredDimension>> {
    let widths = settings.choose(vec![1, 2, 4, 8, 16, 32], vec![1, 2, 4, 8]);
    let dimensions = settings.choose((1..=MOST_DIMENSIONS).collect::<Vec<_>>(), vec![1, 3, 10]);
    let bar = settings.progress("error against width", dimensions.len());
    let one = |dimensions: usize| -> Result<MeasuredDimension> {
        let repetitions = 0..repetitions(dimensions, settings);
        let runs: Vec<Repetition> = repetitions
            .into_par_iter()
            .map(|run| repetition(dimensions, &widths, run, settings))
            .collect::<Result<_>>()?;
        let trained = by_the_zoo(dimensions, &widths, settings)?;
        let of = |pick: fn(&Repetition) -> &Vec<f64>| runs.iter().map(|run| pick(run).clone()).collect();
        let target = target(dimensions, settings);
        let variance = target.variance();
        let fractions = |curve: Curve| curve.into_iter().map(|(count, error)| (count, error / variance)).collect();
        bar.inc(1);
        Ok(MeasuredDimension {
            dimensions,
            widths: widths.clone(),
            learned: of(|run| &run.learned),
            on_training: of(|run| &run.on_training),
            drawn: of(|run| &run.drawn),
            trained,
            grid: fractions(grid_curve(&target, 1..=128)),
            polynomials: fractions(polynomial_curve(&target, 16)),
        })
    };
    let measured = dimensions.into_iter().map(one).collect::<Result<_>>()?;
    bar.finish_and_clear();
    Ok(measured)
}

/// More in most dimensions, of which more is claimed.
fn repetitions(dimensions: usize, settings: &Setup) -> u64 {
    if dimensions == MOST_DIMENSIONS { settings.choose(6, 4) } else { settings.choose(4, 2) }
}

/// Four trainings of the zoo's perceptron a width, on the points of the first four repetitions; where the figure shows it.
fn by_the_zoo(dimensions: usize, widths: &[usize], settings: &Setup) -> Result<Vec<Vec<f64>>> {
    let shown: &[usize] = settings.choose(&SHOWN, &[MOST_DIMENSIONS]);
    if !shown.contains(&dimensions) {
        return Ok(Vec::new());
    }
    let target = target(dimensions, settings);
    let samples: Vec<[CubeSample; 2]> = (0..4).map(|run| samples(dimensions, &target, settings, run).0).collect();
    let fraction = |errors: Vec<f64>| errors.into_iter().map(|error| error / target.variance()).collect();
    Ok(trained(&samples, widths, settings)?.into_iter().map(fraction).collect())
}

/// The errors of one repetition by width.
struct Repetition {
    on_training: Vec<f64>,
    learned: Vec<f64>,
    drawn: Vec<f64>,
}

fn repetition(dimensions: usize, widths: &[usize], run: u64, settings: &Setup) -> Result<Repetition> {
    let target = target(dimensions, settings);
    let ([train, test], mut random) = samples(dimensions, &target, settings, run);
    let fraction = |error: f64| error / target.variance();
    let learned = learned(&train, &test, widths, &mut random)?;
    Ok(Repetition {
        on_training: learned.iter().map(|errors| fraction(errors[0])).collect(),
        learned: learned.iter().map(|errors| fraction(errors[1])).collect(),
        drawn: drawn(&train, &test, widths, &mut random)?.into_iter().map(fraction).collect(),
    })
}

/// The points of the fit and those it does not see, and the stream that goes on from there.
fn samples(dimensions: usize, target: &Harmonic, settings: &Setup, run: u64) -> ([CubeSample; 2], Stream) {
    let mut random = Stream::numbered(settings.seed, 1000 * dimensions as u64 + run);
    ([0, 1].map(|_| CubeSample::draw(target, POINTS, &mut random)), random)
}

impl MeasuredDimension {
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
    pub(super) fn exponents(&self, runs: &[Vec<f64>], least: usize) -> Mean {
        let one = |errors: &Vec<f64>| {
            let points = self.widths.iter().zip(errors).filter(|(width, _)| **width >= least);
            FittedLine::of_logarithms(&points.map(|(&width, &error)| (width as f64, error)).collect::<Vec<_>>()).slope
        };
        Mean::over(runs.iter().map(one))
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
    let width = |place: usize| Mean::over(runs.iter().map(|errors| errors[place]));
    (0..runs[0].len()).map(width).collect()
}
