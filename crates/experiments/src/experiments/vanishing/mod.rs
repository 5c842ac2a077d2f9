//! Vanishing and exploding gradients (S6): how fast they go with depth, and units of ReLU that die.

mod lesson;
mod settings;

mod network;
mod theory;

mod decay;
mod dying;

use crate::prelude::*;

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "vanishing",
    sources: &[SourceSection(6)],
    title: "Vanishing and exploding gradients, dying ReLU",
    says: "Every layer multiplies the gradient that goes back through it by its weights and by the slope of its \
         activation. Sigmoid, whose slope is at most 1/4, and saturated tanh make it vanish with depth, too large \
         weights make it explode, ReLU keeps it. A ReLU that is never active has no gradient and is dead; leaky ReLU \
         and batch normalization mend that.",
    lesson: &lesson::LESSON,
    settings: settings::DECLARED,
    run,
};

fn run(settings: &Setup) -> Result<Findings> {
    let mut findings = Findings::default();
    Device::flex().seed(settings.seed);
    decay::by_layer(settings, &mut findings)?;
    dying::in_training(settings, &mut findings)?;
    findings.note(
        "A wide layer multiplies the squared norm of the gradient by chi = width * Var(w) * E[f'(z)^2], where z is \
         normal with the variance that the forward pass has there (Schoenholz et al., Deep information propagation, \
         2017). chi below 1 vanishes, above 1 explodes. He makes chi 1 for ReLU at every variance; tanh under Xavier \
         comes near 1 from below as the values shrink; sigmoid stays at about 1/16. Batch normalization divides by \
         the deviation of what comes in, so there chi = E[f'(z)^2] / Var(f(z)) for z of variance 1: 1.03 for \
         sigmoid, but pi / (pi - 1) for ReLU, so very deep normalized networks explode (Yang et al., A mean field \
         theory of batch normalization, 2019).",
    );
    Ok(findings)
}
