//! What the lesson says before its checks.

use crate::lesson::{Lesson, excerpt, shown};

pub(super) const LESSON: Lesson = Lesson {
    question: "Do gradient descent and the normal equations find the same line, and what does each cost?",
    mathematics: &[
        shown("The loss of a linear model is the mean squared error, a paraboloid:", &["L(φ) = 1/N ‖X φ - y‖^2"]),
        shown(
            "Descent steps against its gradient until the loss changes by less than ε:",
            &["∇L = 2/N X^⊤ (X φ - y)", "φ ← φ - η ∇L", r#"|L_"new" - L_"old"| < ε"#],
        ),
        shown("Where the gradient is zero stand the normal equations:", &["φ = (X^⊤ X)^{-1} X^⊤ y"]),
        shown("The first product costs one term, the solution the other:", &["O(N D^2 + D^3)"]),
    ],
    meaning: &["The loss has one minimum, and both ways lead there. The gradient stands upright on the \
         level lines, which is the way to the minimum only where they are circles: in a long valley \
         descent crosses first and then creeps along."],
    code: excerpt!("experiments/linear_regression/line.rs", "pub(super) fn gradient(&self, parameters: &[f64])"),
};
