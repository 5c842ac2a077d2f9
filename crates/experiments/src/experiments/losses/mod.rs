//! Losses (S7): each with its gradient, the divergence that is not symmetric, what a least loss estimates, and which output goes
//! with which loss.

mod lesson;

mod formulas;

mod gradients;

mod divergence;
mod likelihood;
mod pairings;

mod errata;

mod figures;

use crate::prelude::*;

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "losses",
    sources: &[SourceSection(7)],
    title: "Losses: what they pull at, and what they estimate",
    says: "MSE, MAE, Huber, the quadratic cost with 1/(2N), binary and categorical cross-entropy, multi-class hinge \
         and the Kullback-Leibler divergence, which is not symmetric; minimizing KL(data || model) is maximum \
         likelihood. Linear outputs go with MSE, sigmoid with binary and softmax with categorical cross-entropy.",
    lesson: &lesson::LESSON,
    run,
};

fn run(settings: &Setup) -> Result<Findings> {
    let mut findings = Findings::default();
    figures::curves(&mut findings)?;
    gradients::three_ways(settings, &mut findings)?;
    divergence::asymmetry(&mut findings);
    divergence::two_peaks(settings, &mut findings)?;
    likelihood::of_frequencies(settings, &mut findings)?;
    likelihood::of_numbers(settings, &mut findings);
    pairings::sigmoid_with_squared_error(settings, &mut findings)?;
    pairings::linear_with_cross_entropy(&mut findings)?;
    pairings::softmax_twice(settings, &mut findings)?;
    errata::whom_it_punishes(&mut findings)?;
    notes(&mut findings);
    Ok(findings)
}

fn notes(findings: &mut Findings) {
    findings
        .note(
            "In the three matched pairs (linear with half the squared error, sigmoid with binary, softmax with \
             categorical cross-entropy) the gradient by the score is prediction less target, as the table shows: the \
             logarithm of the loss undoes the exponential of the output. In a wrong pair the output's slope stays as \
             a factor, and where the output is flat nothing pulls.",
        )
        .note(
            "MSE is a Gaussian's negative log-likelihood and estimates a mean; MAE is that of a Laplace distribution \
             and estimates a median, which one wild value hardly moves; Huber lies between. Cross-entropy less \
             KL(data || model) is the entropy of the data, on which no model has an influence: minimizing either is \
             maximum likelihood.",
        )
        .note(
            "Cross-entropy takes logits in the zoo, as in PyTorch. Applied to probabilities it runs without \
             complaint, and trains slowly to a loss that cannot come near 0: the sign by which the mistake is found.",
        );
}
