//! k-fold cross-validation: how far single splits lie apart, and how far their means.

use super::capacity::{NoisyPoints, cross_validate};
use crate::prelude::*;

const EXAMPLES: usize = 40;
const NOISE: f64 = 0.3;
const DEGREE: usize = 3;
const FOLDS: usize = 5;

/// The same points divided anew many times, and many sets of points divided once.
pub(super) fn spread(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let points = NoisyPoints::draw(EXAMPLES, NOISE, &mut Stream::numbered(settings.seed, 10_000));
    let divisions = settings.choose(400, 100);
    let (mut single, mut means) = (Vec::new(), Vec::new());
    for stream in 0..divisions {
        let errors = folds_of(&points, &mut Stream::numbered(settings.seed, 11_000 + stream))?;
        single.push(errors[0]);
        means.push(Mean::of(&errors).value);
    }
    let [of_single, of_means] = [deviation(&single), deviation(&means)];
    findings
        .claiming(
            "The mean over 5 folds depends less on how the points are divided than a single split: ratio of the \
             deviations, at most that of 5 independent splits, 1 / sqrt 5",
        )
        .is(of_means / of_single, AtMost(1.0 / (FOLDS as f64).sqrt()))
        .measured_with(format!(
            " ({} against {}, {divisions} divisions of {EXAMPLES} points)",
            number(of_means),
            number(of_single)
        ))
        .figure(
            "folds",
            "Single splits and 5-fold means",
            "One set of 40 points divided 40 times anew: the validation error of a cubic on one fifth of the points, \
             and the mean over all five fifths.",
            draw(&single, &means),
        )
        .table(
            "One set of points, divided again and again",
            &["validation error", "10 %", "median", "90 %", "deviation"],
            vec![row("of one split, 32 and 8 points", &single), row("of 5 folds, their mean", &means)],
        );
    unbiased(settings, findings)
}

/// What cross-validation estimates: the error of a fit on the points outside a fold.
fn unbiased(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let sets = settings.choose(1000, 150);
    let (mut differences, mut sets_of) = (Vec::new(), Vec::new());
    for stream in 0..sets {
        let mut random = Stream::numbered(settings.seed, 20_000 + stream);
        let points = NoisyPoints::draw(EXAMPLES, NOISE, &mut random);
        let errors = folds_of(&points, &mut random)?;
        let estimate = Mean::of(&errors).value;
        let seen: Vec<usize> = (0..EXAMPLES - EXAMPLES / FOLDS).collect();
        let fit = points.select(&seen).fit(DEGREE).context("no polynomial fits")?;
        sets_of.push(errors);
        differences.push(estimate - NoisyPoints::draw(400, NOISE, &mut random).error(&fit));
    }
    let mean = Mean::of(&differences);
    findings
        .claiming("On average 5 folds estimate the error of a fit on four fifths of the points: difference")
        .is(mean.value, Near(0.0, 5.0 * mean.error))
        .measured_with(format!(" (5 standard errors, {sets} sets of points)"));
    over_sets(&sets_of, findings);
    Ok(())
}

/// How good the estimate is: another set of points gives another. Who has one set sees only its division.
fn over_sets(sets: &[Vec<f64>], findings: &mut Findings) {
    let single: Vec<f64> = sets.iter().map(|errors| errors[0]).collect();
    let means: Vec<Mean> = sets.iter().map(|errors| Mean::of(errors)).collect();
    let values: Vec<f64> = means.iter().map(|mean| mean.value).collect();
    let naive = quantile(&means.iter().map(|mean| mean.error).collect::<Vec<_>>(), 0.5);
    let [of_single, of_means] = [deviation(&single), deviation(&values)];
    findings
        .table(
            format!("{} sets of {EXAMPLES} points, each divided once", sets.len()),
            &["validation error", "10 %", "median", "90 %", "deviation"],
            vec![row("of one split, 32 and 8 points", &single), row("of 5 folds, their mean", &values)],
        )
        .note(format!(
            "Dividing one set of points anew says how much the division matters, not how good the estimate is: over \
             new sets of points the mean of 5 folds has a deviation of {}, a single split one of {}. The standard \
             error that five folds suggest, their deviation over sqrt 5, is {} for the median set.",
            number(of_means),
            number(of_single),
            number(naive)
        ));
}

fn folds_of(points: &NoisyPoints, random: &mut Stream) -> Result<Vec<f64>> {
    cross_validate(points, DEGREE, FOLDS, random).context("no polynomial fits")
}

fn deviation(values: &[f64]) -> f64 {
    Mean::of(values).error * (values.len() as f64).sqrt()
}

fn row(name: &str, values: &[f64]) -> Vec<String> {
    let numbers = [quantile(values, 0.1), quantile(values, 0.5), quantile(values, 0.9), deviation(values)];
    named_row(name, numbers)
}

fn draw(single: &[f64], means: &[f64]) -> Chart {
    let places = |values: &[f64]| -> Vec<_> {
        values.iter().take(40).enumerate().map(|(place, value)| (place as f64 + 1.0, *value)).collect()
    };

    Chart::new(Axis::linear("division of the points"), Axis::linear("mean squared error"))
        .scatter("one split", &places(single))
        .scatter("mean over 5 folds", &places(means))
        .rule_y("variance of the noise", NOISE * NOISE)
}
