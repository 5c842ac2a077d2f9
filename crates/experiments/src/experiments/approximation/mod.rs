//! Approximation (S13): how wide one hidden layer must be to come near a function, and what the dimension of its input changes.
//!
//! `n` ReLU units pass through `n + 1` points of any continuous function of one number: [universal approximation](interpolation). Functions
//! that are [fixed in advance](wave) lose as the dimension `D` grows: on the worst function the squared error of the best `n` of them falls
//! as `n^(-2/D)`. [Learned](learned) features turn to what they are to describe. In many dimensions the mass of a Gaussian lies in a
//! [shell], and real data near a [manifold] of few.

mod lesson;
mod settings;

mod interpolation;
mod wave;

mod learned;
mod manifold;
mod shell;

mod figures;

use self::learned::LearnedErrors;
use self::wave::{MOST_DIMENSIONS, grid_exponent, polynomial_curve, polynomial_terms};
use crate::prelude::*;

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "approximation",
    sources: &[SourceSection(13)],
    title: "Approximation: width, dimension, and learned features",
    says: "A network with one hidden layer comes as near as one likes to a continuous function as it grows wider. \
         Fixed bases (polynomials) lose to learned features as the dimension D grows: their squared error falls as \
         n^(-2/D) only. In high dimension the mass of a Gaussian sits near r = σ sqrt(D). \
         Real data lie near a manifold of few dimensions.",
    lesson: &lesson::LESSON,
    settings: settings::DECLARED,
    run,
};

fn run(settings: &Setup) -> Result<Findings> {
    let mut findings = Findings::default();
    interpolation::check(settings, &mut findings);
    fixed_bases(settings, &mut findings);
    terms_of_polynomials(&mut findings);
    let learned = learned::measure(settings)?;
    learned_features(&learned, settings, &mut findings)?;
    figures::widths(&learned, &mut findings);
    shell::check(settings, &mut findings);
    manifold::check(settings, &mut findings)?;
    Ok(findings)
}

/// Cells of a grid and polynomials on one wave, by the closed forms of their least squared error.
fn fixed_bases(settings: &Setup, findings: &mut Findings) {
    let off = |dimensions: usize| (grid_exponent(dimensions, settings) * dimensions as f64 / -2.0 - 1.0).abs();
    let curve = polynomial_curve(MOST_DIMENSIONS, 6);
    let [first, last] = [&curve[..2], &curve[5..]].map(fitted_exponent);
    findings
        // Cells of a sixteenth leave a second term of (a h)^2 / 12, some hundredths of the first.
        .claiming("A grid's squared error falls as n^(-2/D): largest relative difference of the exponent, D = 1 to 10")
        .is((1..=MOST_DIMENSIONS).map(off).fold(0.0, larger), AtMost(0.02))
        .claiming(
            "Polynomials on this wave have one exponent, -2/D, like any fixed basis on the worst function: difference \
             of the exponents of the squared error, mean over all phases, from degree 0 to 1 and from 5 to 6, D = 10; \
             at most as large as -2/D itself",
        )
        .should_be(
            first - last,
            AtMost(2.0 / MOST_DIMENSIONS as f64),
            "n^(-2/D) is what a fixed basis can do for the worst function of Barron's class, which is another one for \
             every n. One analytic wave has the energy of its degrees spread about |a|²/12 much like Poisson's \
             distribution: below, a degree gains little, above, more than any power of n. So no range of n has the \
             exponent -2/D, and the slope over a range says where the range was cut.",
        )
        .known_as("polynomial_exponent")
        .measured_with(format!(" ({} and {})", number(first), number(last)));
}

/// The terms of degree up to `M` in `D` variables are `(D + M choose M)`.
fn terms_of_polynomials(findings: &mut Findings) {
    let terms = |dimensions| polynomial_terms(dimensions, 3);
    findings
        .claiming("At degree 3 they grow as the third power of D: exponent from D = 1000 to 2000")
        .is((terms(2000) / terms(1000)).log2(), Near(3.0, 0.01))
        .claiming("They grow exponentially with D: growth by the step to D = 101, over that by the step to D = 11")
        .should_be(
            (terms(101) / terms(100)) / (terms(11) / terms(10)),
            Near(1.0, 0.01),
            "Every further dimension multiplies them by less, by about 1 + M/D; exponential growth would multiply \
             them by the same. At a fixed degree M they grow as D^M / M!. What grows exponentially with D is a grid, \
             or a polynomial whose degree in every variable is fixed.",
        )
        .known_as("polynomial_terms");
}

/// The zoo's perceptron against both fixed bases in most dimensions.
fn learned_features(measured: &[LearnedErrors], settings: &Setup, findings: &mut Findings) -> Result<()> {
    let last = measured.last().context("no dimensions")?;
    let (dimensions, exponent) = (last.wave.dimensions(), last.exponent());
    let (most, left) = last.means().pop().context("no widths")?;
    // The first of each basis with no fewer functions than the network has units: the advantage is the basis's.
    let fixed = [last.wave.grid_curve(), polynomial_curve(dimensions, 16)].into_iter();
    let fixed = fixed.filter_map(|curve| curve.into_iter().find(|(count, _)| *count >= most));
    let best = fixed.map(|(_, fraction)| fraction).fold(f64::INFINITY, f64::min);
    findings
        .claiming(format!(
            "Learned features do not slow down with the dimension as fixed bases do: exponent of the squared error on \
             unseen points, D = {dimensions}, upper end of its 95 % interval, below the -2/D of fixed bases"
        ))
        .is(exponent.interval().1, AtMost(-2.0 / dimensions as f64))
        .measured_with(format!(" ({exponent}, {} trainings)", exponent.count))
        .claiming(format!(
            "The zoo's perceptron with {most} ReLU units, trained by Adam, beats the better of the first grid and the \
             first polynomial with no fewer functions in {dimensions} dimensions: upper end of the 95 % interval of \
             what it leaves of the variance of unseen points, over what that basis leaves at best"
        ))
        .is(left.interval().1 / best, AtMost(settings.choose(0.1, 1.0)))
        .measured_with(format!(" ({left} against {}, {} trainings)", number(best), left.count))
        .note(
            "Barron's bound for learned features, squared error at most (2 C)² / n, is a bound: a smooth wave is \
             learned faster, up to n^(-4) as in one dimension, as long as there are points enough to learn from and \
             training finds it.",
        );
    Ok(())
}
