//! Activations (S6): table 2.1 with derivatives and ranges, what saturates, how softmax turns differences into ratios,
//! and which of them learns in fewer steps.

mod lesson;
mod settings;

mod derivatives;
mod errata;
mod ranges;
mod saturation;
mod softmax;

mod convergence;

mod figures;

use crate::activations::{FUNCTIONS, Formula};
use crate::prelude::*;

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "activations",
    sources: &[SourceSection(6)],
    title: "Activations: what each answers, and what it does to the gradient",
    says: "Table 2.1: twelve activations with their derivatives and ranges. Sigmoid and tanh saturate: the sigmoid \
         answers 1 for 5 and for 600 alike, and its gradient is gone. Sigmoid and ReLU are not zero-centered; ReLU \
         has no gradient below 0, leaky ReLU has. Softmax amplifies: differences of scores become ratios of \
         probabilities. Under stochastic descent ReLU converges faster than sigmoid and tanh.",
    lesson: &lesson::LESSON,
    settings: settings::DECLARED,
    run,
};

fn run(settings: &Setup) -> Result<Findings> {
    let mut findings = Findings::default();
    the_table(&mut findings);
    figures::curves(&mut findings);
    derivatives::by_hand_and_by_autodiff(settings, &mut findings)?;
    ranges::found_numerically(&mut findings);
    ranges::center(&mut findings);
    errata::table(&mut findings)?;
    saturation::five_and_six_hundred(&mut findings)?;
    figures::gradients(&mut findings)?;
    softmax::derivative(settings, &mut findings)?;
    softmax::amplification(settings, &mut findings)?;
    figures::sharper(&mut findings);
    convergence::under_descent(settings, &mut findings)?;
    notes(&mut findings);
    Ok(findings)
}

fn the_table(findings: &mut Findings) {
    let row = |one: &Formula| {
        let centered = if one.zero_centered { "yes" } else { "no" };
        [one.name, one.formula, one.derivative_formula, "(-∞, ∞)", one.range.text, centered].map(String::from).to_vec()
    };
    let mut rows: Vec<_> = FUNCTIONS.iter().map(row).collect();
    let softmax = [
        "softmax",
        "s_i = e^x_i / Σ_j e^x_j",
        "∂s_i/∂x_j = s_i (1 - s_i) if i = j, else -s_i s_j",
        "(-∞, ∞)^K",
        "(0, 1)^K, sum 1",
        "no",
    ];
    rows.insert(4, softmax.map(String::from).to_vec());
    findings.table(
        "Table 2.1: activations. λ = 1.0507, α = 1.6733; zero-centered: mean 0 over standard normal inputs",
        &["name", "f(x)", "f'(x)", "domain", "range", "zero-centered"],
        rows,
    );
}

fn notes(findings: &mut Findings) {
    findings
        .note(
            "PReLU is max(a x, x) only as long as a is below 1; what is meant, and what is computed by every \
             library, is a x below 0 and x above. With a = 0.01 it is leaky ReLU, with a = 0 ReLU.",
        )
        .note(
            "Functions whose answers all have one sign (sigmoid, softplus, ReLU) give all weights of the next neuron \
             gradients of one sign, so descent has to zigzag; tanh does not. SELU is zero-centered by the choice of \
             its two constants, for inputs that are standard normal.",
        )
        .note(
            "The slope at most 1/4 of the sigmoid is what makes gradients vanish with depth: the slopes of twenty \
             layers alone contribute at most 4^-20, about 1e-12; the weights multiply it too, see `vanishing`. The \
             slope of ReLU is 1 wherever the neuron is awake.",
        );
}
