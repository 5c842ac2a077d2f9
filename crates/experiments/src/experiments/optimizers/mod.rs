//! Optimizers (S8): how far theory and the zoo's own optimizers agree, their paths, and what looking at few examples at a time does.

mod lesson;
mod settings;

mod factors;

mod paths;
mod rates;
mod ravine;
mod recursions;

mod momentum_forms;
mod steepest;

mod epochs;
mod examples;
mod noise;

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
    steepest::direction(settings, &mut findings);
    rates::compare_with_theory(settings, &mut findings)?;
    rates::first_steps(&mut findings)?;
    paths::follow_their_recursions(settings, &mut findings)?;
    paths::on_every_surface(settings, &mut findings)?;
    ravine::in_the_ravine(settings, &mut findings)?;
    momentum_forms::of_one_recursion(settings, &mut findings)?;
    noise::batches(settings, &mut findings)?;
    epochs::permuted(settings, &mut findings)?;
    Ok(findings)
}
