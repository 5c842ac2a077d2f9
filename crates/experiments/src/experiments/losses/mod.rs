//! Losses (S7): each with its gradient, the divergence that is not symmetric, what a least loss estimates, and which output goes
//! with which loss. And what the notes say of single outputs (S1, S3): the binary hinge, one neuron, as many outputs as classes.

mod lesson;
mod settings;

mod formulas;

mod gradients;

mod divergence;
mod likelihood;
mod pairings;

mod hinge;
mod one_neuron;

mod fewer_outputs;

mod figures;

use crate::prelude::*;

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "losses",
    sources: &[SourceSection(7), SourceSection(1), SourceSection(3)],
    title: "Losses: what they pull at, and what they estimate",
    says: "MSE, MAE, Huber, the quadratic cost with 1/(2N), binary and categorical cross-entropy, multi-class hinge and \
         the Kullback-Leibler divergence, which is not symmetric; minimizing KL(data || model) is maximum likelihood. \
         Linear outputs go with MSE, sigmoid with binary and softmax with categorical cross-entropy. The binary hinge \
         asks for a score greater than 1; one sigmoid neuron is a softmax classifier of two classes; KL is the extra \
         length of a wrong code; and there is an output for every class, as fewer lose.",
    lesson: &lesson::LESSON,
    settings: settings::DECLARED,
    run,
};

fn run(settings: &Setup) -> Result<Findings> {
    let mut findings = Findings::default();
    figures::curves(&mut findings);
    gradients::by_hand_and_by_autodiff(settings, &mut findings)?;
    divergence::asymmetry(&mut findings);
    likelihood::of_frequencies(settings, &mut findings)?;
    likelihood::of_numbers(settings, &mut findings);
    pairings::sigmoid_with_squared_error(settings, &mut findings)?;
    pairings::whom_cross_entropy_punishes(&mut findings)?;
    one_neuron::is_softmax_of_two(settings, &mut findings)?;
    hinge::both_forms(settings, &mut findings);
    divergence::of_a_wrong_code(&mut findings);
    fewer_outputs::lose(settings, &mut findings)?;
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
        );
}
