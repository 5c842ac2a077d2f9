//! What the lesson says before its checks.

use crate::lesson::{Lesson, excerpt, shown};

pub(super) const LESSON: Lesson = Lesson {
    question: "Can a network of seven sigmoid units learn ten points in space by gradients that were \
               worked out by hand, and how does its cost fall?",
    mathematics: &[
        shown(
            "Each layer applies the sigmoid to a linear map of what the layer before answers:",
            &["a_l = σ(z_l)", "z_l = W_l a_{l-1} + b_l", "σ(z) = 1/{1 + e^{-z}}", "σ'(z) = σ(z) (1 - σ(z))"],
        ),
        shown(
            "The error of the output layer (3.5.5), and how it goes back through a layer (3.5.6):",
            &["δ_L = σ'(z_L) ∘ (a_L - y)", "δ_l = σ'(z_l) ∘ W_{l+1}^⊤ δ_{l+1}"],
        ),
        shown(
            "It gives the gradient (3.5.7, 3.5.8), which a step of rate η goes against, one point \
             drawn at random at a time:",
            &["W_l ← W_l - η δ_l a_{l-1}^⊤", "b_l ← b_l - η δ_l"],
        ),
        shown("What the listing prints as the cost:", &["C = sum_{i=1}^10 ‖y_i - a_L(x_i)‖^2"]),
    ],
    meaning: &[
        "The cost falls fast while the units find out which points belong together, and slowly ever \
         after. On the figure's axes the slow part looks like a straight line, that is, like a \
         linear rate; over longer runs it turns out to be a power of the number of steps.",
        "The sigmoid is the reason: near its flat ends it passes on ever less of the error, so the \
         nearer an output is to its target the smaller the next step.",
    ],
    code: excerpt!("experiments/netbp/network.rs", "fn step(&mut self, rate: f64, x: &[f64; 3], y: &[f64; 2])"),
};
