//! Regularization and validation (S11): capacity, penalties, dropout, early stopping, augmentation, cross-validation; and all cures
//! side by side on one network that overfits.

mod lesson;
mod settings;

mod capacity;
mod folds;

mod penalties;

mod dropout;

mod augmentation;
mod cures;
mod training;

use crate::prelude::*;

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "regularization",
    sources: &[SourceSection(11)],
    title: "Regularization: what holds a model back, and how validation sees it",
    says: "A model of too little capacity underfits, one of too much overfits. L1 drives weights to exactly zero, L2 \
         makes all of them smaller, both can be added. Dropout acts in training only and amounts to an average of \
         sub-networks. Training data may be multiplied by changes that keep the label. Early stopping waits with \
         patience and restores the best weights. k-fold cross-validation uses every example for validation once. \
         Dropout, L2, batch normalization, early stopping, augmentation and more data narrow the gap between training \
         and test.",
    lesson: &lesson::LESSON,
    settings: settings::DECLARED,
    run,
};

fn run(settings: &Setup) -> Result<Findings> {
    let mut findings = Findings::default();
    // What is to be held back, and how validation sees it.
    capacity::under_and_overfitting(settings, &mut findings)?;
    folds::spread(settings, &mut findings)?;
    // L + λ Σ |w| has exact zeros, where its soft threshold is used; L + λ/2 Σ w² makes weights smaller.
    penalties::on_a_linear_model(settings, &mut findings)?;
    penalties::derivative_of_l1(&mut findings)?;
    // The mean over all masks: of a linear model itself, of others nearly what prediction gives.
    dropout::linear(settings, &mut findings);
    dropout::network(settings, &mut findings)?;
    // More examples, made of those that there are.
    augmentation::gains(settings, &mut findings)?;
    // All of them, early stopping too, against one network that learns by heart.
    cures::side_by_side(settings, &mut findings)?;
    Ok(findings)
}
