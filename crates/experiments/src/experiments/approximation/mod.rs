//! Approximation (S13): error against width for learned features and for fixed bases, in 1 to 10 dimensions, and where the mass of a
//! Gaussian and digits lies.

mod lesson;
mod settings;

mod harmonic;
mod target;

mod claims;
mod features;
mod fixed;
mod interpolation;
mod polynomials;
mod ridge;
mod trained;
mod widths;

mod errata;
mod manifold;
mod radial_density;
mod shell;

mod figures;

use self::target::target;
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
    let interpolation = interpolation::errors(&target(1, settings), settings);
    interpolation::check(&interpolation, &mut findings);
    ridge::check(settings, &mut findings);
    fixed::check(settings, &mut findings);
    polynomials::check(settings, &mut findings);
    let measured = widths::measure(settings)?;
    claims::check(&measured, settings, &mut findings)?;
    figures::widths(&measured, &interpolation, settings, &mut findings);
    shell::check(settings, &mut findings);
    errata::check(&mut findings);
    radial_density::check(settings, &mut findings);
    manifold::of_digits(settings, &mut findings)?;
    notes(&mut findings);
    Ok(findings)
}

fn notes(findings: &mut Findings) {
    findings
        .note(
            "The target is cos(a . x + b) with |a| = 6 on the unit cube: in every dimension one wave along one \
             direction. A grid has to be fine along all D sides to be fine along that direction; a hidden unit can \
             turn to it. That is all that learning features means here.",
        )
        .note(
            "n^(-2/D) is the best that one basis fixed in advance can do for all functions of Barron's class (Barron \
             1993); for a single smooth function a basis may do better. Polynomials do: this target is analytic, and \
             once their degree exceeds what one wave needs their error falls faster than any power of n. What grows \
             with D is the number of terms of that degree.",
        )
        .note(
            "Barron's bound for learned features, squared error at most (2 C)² / n, is a bound: a smooth ridge \
             function is learned faster, up to n^(-4) as in one dimension, as long as there are points enough to \
             learn from. The units here are added one by one as in the proof, each by random search and climbing, \
             and then corrected together by Levenberg's and Marquardt's method. Without that correction early units \
             stay where they were put. No unit may turn away until it answers to fewer points than it has \
             parameters: it would learn them by heart, and its output weight, which only they hold, would spoil the \
             answer to unseen points.",
        )
        .note(
            "The perceptron that the zoo trains has as many units, but all of them start at once from random weights \
             and follow the gradient of Burn's mean squared error by Adam, in batches. Where the table's ratio is \
             above 1 training, not width, leaves the difference.",
        );
}
