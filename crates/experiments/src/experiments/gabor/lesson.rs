//! What the lesson says before its checks.

use crate::lesson::{Lesson, excerpt, shown};

pub(super) const LESSON: Lesson = Lesson {
    question: "Does the noise of mini-batches free gradient descent from the local minima of a \
               simple curved model?",
    mathematics: &[
        shown(
            "The model, in the notes' form and in Prince's:",
            &[
                "f(x, φ) = sin(φ_0 + φ_1 x) e^{-φ_1^2 x^2}",
                r#"f(x, φ) = sin(u) e^{-u^2/32} " with " u = φ_0 + 0.06 φ_1 x"#,
            ],
        ),
        shown(
            "Its loss over N examples, and a step on a batch drawn without replacement:",
            &["L(φ) = 1/N sum_{i=1}^N (f(x_i, φ) - y_i)^2", "φ ← φ - η/B sum_{i ∈ B} ∇_φ (f(x_i, φ) - y_i)^2"],
        ),
        shown("The rate is set by the largest curvature at the lowest point:", &["η = 1/λ_max"]),
    ],
    meaning: &[
        "Plain descent ends in the hollow it starts in. The noise of small batches carries some starts over a ridge, in \
         either direction: it frees some and misleads others. Whether more are freed than misled depends on the surface \
         and on the rate, so the lesson holds both forms and two rates against each other.",
    ],
    code: excerpt!(in "zoo-toys", "gabor.rs", "pub fn slopes(self, [offset, scale]: [f64; 2], x: f64)"),
};
