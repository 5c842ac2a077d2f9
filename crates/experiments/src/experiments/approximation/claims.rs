//! What the measured errors say: learned features do not slow down with the dimension, fixed bases do.

use super::fixed::Curve;
use super::harmonic::Harmonic;
use super::polynomials;
use super::target::target;
use super::widths::{MeasuredDimension, POINTS};
use crate::prelude::*;

/// A fraction of the variance that may be left over for the target to count as learned.
const ENOUGH: f64 = 0.05;

pub(super) fn check(measured: &[MeasuredDimension], settings: &Setup, findings: &mut Findings) -> Result<()> {
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
fn does_not_slow_down(last: &MeasuredDimension, findings: &mut Findings) {
    let dimensions = last.dimensions;
    let theory = -2.0 / dimensions as f64;
    let claims = [
        ("from four units on, on the points of the fit", last.training_exponent()),
        ("from one unit on, on unseen points", last.exponents(&last.learned, 1)),
    ];
    for (what, mean) in claims {
        let sentence = format!(
            "Learned features do not slow down with the dimension as fixed bases do: exponent of the squared error \
             {what}, D = {dimensions}, upper end of its 95 % interval, below the -2/D of fixed bases"
        );
        let measured = format!(" ({mean}, {} repetitions)", mean.count);
        findings.claim(&sentence, mean.interval().1, AtMost(theory)).measured_with(&measured);
    }
    findings.note(format!(
        "Barron's n^(-1) for learned features is an upper bound on what the best network leaves, far above what is \
         left here, so no exponent is held against -1. From four units on, past the first waves, the exponent in \
         {dimensions} dimensions is {} on the points of the fit and {} on unseen ones (95 %): what they differ by is \
         what {POINTS} points leave open.",
        last.training_exponent(),
        last.learned_exponent(),
    ));
}

fn exponents(measured: &[MeasuredDimension], findings: &mut Findings) {
    let row = |one: &MeasuredDimension| {
        row![
            one.dimensions,
            -2.0 / one.dimensions as f64,
            FittedLine::of_logarithms(&one.grid[15..]).slope,
            polynomials::early_exponent(one.dimensions),
            one.drawn_exponent(),
            one.training_exponent(),
            one.learned_exponent()
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
        "Barron's bound is 2 |a|_1² / n = 72 D / n for n ReLU units here, and the variance is about a half: the \
         bound only bites from about n > 144 D on (in {} dimensions {}), as any narrower network keeps it by \
         answering the mean. It is therefore not checked; what n units turned to the one direction leave is.",
        target.frequencies.len(),
        number((barron(&target.frequencies) / target.variance()).round()),
    ));
}

/// How many functions leave a twentieth of the variance.
fn sizes(measured: &[MeasuredDimension], findings: &mut Findings) {
    let text = |count: Option<f64>, most: f64| count.map_or_else(|| format!("more than {}", number(most)), number);
    let last = |curve: &Curve| curve.last().map_or(0.0, |&(count, _)| count);
    let row = |one: &MeasuredDimension| {
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
fn in_most_dimensions(one: &MeasuredDimension, findings: &mut Findings) -> Result<()> {
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
        .claim(sentence("as many drawn ones"), learned / drawn, AtMost(0.5))
        .claiming(sentence(&format!(
            "a polynomial of {terms} terms, function by function ({parameters} parameters against {terms})"
        )))
        .is(learned / by_terms, AtMost(0.5))
        .claim(sentence(&format!("a grid of two cells a side, {cells} in all")), learned / grid, AtMost(0.5))
        .note(format!(
            "A unit of the network is one function but has {} parameters, which are what its features cost to learn. \
             By parameters the comparison is another: {most} learned units have {parameters} and leave {} of the \
             variance of unseen points in {} dimensions, a polynomial of {more_terms} terms, the first with no fewer \
             parameters, leaves {}.",
            one.dimensions + 2,
            number(learned),
            one.dimensions,
            number(by_parameters),
        ));
    Ok(())
}

/// The zoo's perceptron beside the construction, and against the fixed bases.
fn trained_by_the_zoo(measured: &[MeasuredDimension], findings: &mut Findings) -> Result<()> {
    let mut rows = Vec::new();
    for one in measured {
        let Some(trained) = one.trained() else { continue };
        let by_width = one.widths.iter().zip(one.learned().into_iter().zip(&trained));
        rows.extend(by_width.map(|(width, (learned, trained))| {
            let ratio = number(trained.value / learned.value);
            row![one.dimensions, width, learned, trained, ratio]
        }));
    }
    let last = measured.last().context("no dimensions")?;
    let most = *last.widths.last().context("no widths")?;
    let trained = last.trained().context("no perceptron in most dimensions")?;
    let trained = trained.last().context("no width trained")?;
    let fixed = [first_of(&last.grid, most), first_of(&last.polynomials, most)];
    let best = fixed.into_iter().flatten().map(|(_, fraction)| fraction).fold(f64::INFINITY, f64::min);
    findings
        .claiming(format!(
            "The zoo's perceptron with {most} ReLU units, trained by Adam, beats the better of the first grid \
                 and the first polynomial with no fewer functions in {} dimensions: upper end of the 95 % interval \
                 of what it leaves of the variance of unseen points, over what that basis leaves at best",
            last.dimensions
        ))
        .is(trained.interval().1 / best, AtMost(1.0))
        .measured_with(format!(" ({trained} against {}, {} trainings)", number(best), trained.count))
        .table(
            "Fraction of the variance of unseen points that ReLU units leave: learned one by one and corrected \
             together, or trained by Adam (± 95 %)",
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
fn cells_of_a_grid(first: &MeasuredDimension, last: &MeasuredDimension, findings: &mut Findings) -> Result<()> {
    let [few, many] = [first, last].map(|one| needed(&one.grid).map(f64::ln));
    let [few, many] = [few.context("the grid is too coarse")?, many.context("the grid is too coarse")?];
    findings
        .claiming("The cells a grid needs grow exponentially with D: ln n at D = 10 over ten times that at D = 1")
        .is(many / few / last.dimensions as f64 * first.dimensions as f64, Near(1.0, 0.1));
    Ok(())
}

/// The first number of functions that leaves no more than `ENOUGH`.
fn needed(curve: &[(f64, f64)]) -> Option<f64> {
    curve.iter().find(|&&(_, fraction)| fraction <= ENOUGH).map(|&(count, _)| count)
}

/// Barron (1993), theorem 1: `n` units that are steps leave at most `(2 C)^2 / n` under any distribution of points, with
/// `C = sup |a . (x - center)| = |a|_1 / 2` for one wave of amplitude 1. A step is the limit of two ReLU units, which doubles it.
fn barron(frequencies: &[f64]) -> f64 {
    2.0 * frequencies.iter().map(|frequency| frequency.abs()).sum::<f64>().powi(2)
}
