//! What the lesson says before its checks.

use crate::lesson::{Lesson, excerpt, shown};

pub(super) const LESSON: Lesson = Lesson {
    question: "What does each activation function answer, and what does it do to the gradient that \
               goes back through it?",
    mathematics: &[
        shown(
            "Functions with a bounded answer:",
            &["σ(x) = 1/{1 + e^{-x}}", "tanh x = {e^x - e^{-x}}/{e^x + e^{-x}}", "g(x) = e^{-x^2}"],
        ),
        shown(
            "and their slopes, which vanish where they are flat:",
            &["σ' = σ (1 - σ)", "tanh' = 1 - tanh^2", "g'(x) = -2 x e^{-x^2}"],
        ),
        shown(
            "Functions with pieces:",
            &[
                "ReLU(x) = max(0, x)",
                r#"LeakyReLU(x) = cases{x & "for " x > 0 ; 0.01 x & "else"}"#,
                r#"ELU(x) = cases{x & "for " x > 0 ; a (e^x - 1) & "else"}"#,
            ],
        ),
        shown(
            "Softmax makes probabilities of scores; of two scores it is the sigmoid of their difference:",
            &["softmax(z)_i = {e^{z_i}}/{sum_j e^{z_j}}", "softmax(z_1, z_2)_1 = σ(z_1 - z_2)"],
        ),
    ],
    meaning: &[
        "A function that flattens answers the same to a large and to a very large number, and there \
         its slope is next to nothing: the gradient that should go back through it is lost. Bounded \
         functions flatten on both sides, ELU and softplus on one. ReLU is flat on one side too, but \
         keeps the whole gradient on the other.",
        "Softmax turns differences of scores into ratios of probabilities, so scaling the scores up \
         lets the largest take everything.",
    ],
    code: excerpt!("scalar.rs", "pub(crate) fn softmax(scores: &[f64])"),
};
