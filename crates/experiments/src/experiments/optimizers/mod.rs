//! Optimizers (S8): how the way down a surface depends on rate, momentum, scaling and noise.
//!
//! 1. The gradient points in the [steepest direction](steepest), by Cauchy and Schwarz, for small steps.
//! 2. On a quadratic a step of descent multiplies the distance to the minimum, along a direction of curvature `l`, by `1 - rate l`: a
//!    small [rate](rates) crawls, and one above `2 / l_max` diverges.
//! 3. In a [ravine](ravine) the same rate is too large for one direction and too small for the other, so descent zig-zags; momentum
//!    smooths that.
//! 4. Momentum, AdaGrad, RMSProp and Adam are [recursions](recursions) in the gradients, which the zoo's optimizers follow; their
//!    [paths](paths) on four surfaces.
//! 5. Momentum as a part of the last change and as a velocity are [two forms](momentum_forms), one at a constant rate only.
//! 6. On a few examples at a time the gradient has [noise], whose variance falls with their number. Drawn by permuted epochs it
//!    cancels in part, and where the rate [falls](schedules) it dies down.

mod lesson;
mod settings;

mod steepest;

mod rates;
mod ravine;
mod walks;

mod momentum_forms;
mod paths;
mod recursions;

mod examples;
mod noise;
mod schedules;

use self::examples::QuadraticExamples;
use crate::prelude::*;

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "optimizers",
    sources: &[SourceSection(8)],
    title: "Optimizers: rates, paths and noise",
    says: "Descent follows the gradient down a surface, the steepest way by Cauchy and Schwarz; a too small rate \
         crawls, one above 2 / lambda_max diverges. In a ravine it zig-zags, which momentum, theta - eta g + alpha \
         dtheta, smooths; AdaGrad, RMSProp and Adam scale every direction by itself. Stochastic descent takes noisy \
         steps, with replacement or by permuted epochs, and mini-batches converge in fewer of them (Fig. 3.4-3.6).",
    lesson: &lesson::LESSON,
    settings: settings::DECLARED,
    run,
};

fn run(settings: &Setup) -> Result<Findings> {
    let mut findings = Findings::default();
    steepest::direction(&mut findings);
    rates::too_large(settings, &mut findings)?;
    rates::too_small(&mut findings)?;
    ravine::zigzag(settings, &mut findings)?;

    recursions::follow(settings, &mut findings)?;
    recursions::first_step(&mut findings)?;
    paths::draw(&mut findings)?;
    momentum_forms::of_one_recursion(settings, &mut findings);

    let examples = QuadraticExamples::draw(noise::COUNT, &mut Stream::numbered(settings.seed, 9_000));
    noise::batches(&examples, settings, &mut findings)?;
    noise::paths(&examples, settings, &mut findings)?;
    noise::permuted_epochs(&examples, settings, &mut findings)?;
    schedules::fall(&examples, settings, &mut findings)?;
    Ok(findings)
}
