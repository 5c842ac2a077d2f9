//! What the lesson says before its checks.

use crate::lesson::{Lesson, excerpt, shown};

pub(super) const LESSON: Lesson = Lesson {
    question: "Are the gradients that the notes derive by hand the ones that a program computes by \
               automatic differentiation?",
    mathematics: &[
        shown(
            "Lemma 3.5.1 for a network of sigmoid layers:",
            &["δ_L = σ'(z_L) ∘ (a_L - y)", "δ_l = σ'(z_l) ∘ W_{l+1}^⊤ δ_{l+1}"],
        ),
        shown("which gives the gradient of the cost:", &["{∂C}/{∂b_l} = δ_l", "{∂C}/{∂W_l} = δ_l a_{l-1}^⊤"]),
        shown(
            "For logistic regression and for softmax, each with its cross-entropy, the gradient at the scores is",
            &["{∂L}/{∂z} = p - y"],
        ),
        shown(
            "All of it is held against differences of the cost itself:",
            &["{∂C}/{∂θ} ≈ {C(θ + h) - C(θ - h)}/{2 h}"],
        ),
    ],
    meaning: &["The three agree as far as double precision lets them. Differences are the weakest of the \
         three: with too large a step they are cut off, with too small a one they are rounded, and \
         the best step lies between."],
    code: excerpt!("experiments/backprop/network.rs", "pub(super) fn gradient(&self, x: &[f64], y: &[f64])"),
};
