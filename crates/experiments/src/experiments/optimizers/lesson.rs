//! What the lesson says before its checks.

use crate::lesson::{Lesson, excerpt, shown};

pub(super) const LESSON: Lesson = Lesson {
    question: "How do learning rate, momentum, scaling and noise decide the way down a surface, and \
               how fast it is gone?",
    mathematics: &[
        shown(
            "Descent, which shrinks the distance along a direction of curvature λ by a constant \
             factor, and diverges beyond a bound:",
            &["θ ← θ - η g", "θ_t = (1 - η λ)^t θ_0", "η < 2/λ_max"],
        ),
        shown("Momentum:", &["v ← β v + g", "θ ← θ - η v"]),
        shown(
            "AdaGrad and RMSProp divide every direction by the size of its own gradients:",
            &[r#"s ← s + g^2 " or " s ← α s + (1 - α) g^2"#, "θ ← θ - η g/{sqrt{s} + ε}"],
        ),
        shown(
            "Adam does both, and corrects for starting at zero:",
            &[
                "m ← β_1 m + (1 - β_1) g",
                "s ← β_2 s + (1 - β_2) g^2",
                "θ ← θ - η {m / {1 - β_1^t}}/{sqrt{s / {1 - β_2^t}} + ε}",
            ],
        ),
        shown(
            "On a batch of B examples the gradient has noise whose variance falls with B:",
            &["g_B = 1/B sum_{i ∈ B} ∇ L_i(θ)", "Var(g_B) = {Var(∇ L_i)}/B"],
        ),
    ],
    meaning: &[
        "In a ravine the best rate for the steep direction is far too small for the flat one, so \
         descent jumps from side to side and creeps along. Momentum averages the jumps away and \
         gathers the rest; the adaptive methods give each direction a rate of its own.",
        "Noise of single examples keeps the parameters at a distance from the minimum that a \
         constant rate does not get below. A falling rate, larger batches, or epochs without \
         replacement do.",
    ],
    code: excerpt!("experiments/optimizers/recursions.rs", "fn adam("),
};
