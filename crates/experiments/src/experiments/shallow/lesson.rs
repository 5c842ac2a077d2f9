//! What the lesson says before its checks.

use crate::lesson::{Lesson, excerpt, shown};

pub(super) const LESSON: Lesson = Lesson {
    question: "What functions can one hidden layer of ReLU units represent, and what does a second layer add?",
    mathematics: &[
        shown(
            "A shallow network is a sum of units, each bent at its joint:",
            &["y = φ_0 + sum_{k=1}^D φ_k a(θ_{k0} + θ_{k1} x)", "a(z) = max(0, z)", "x_k = -θ_{k0}/θ_{k1}"],
        ),
        shown("Its parameters, for D units, D_i inputs and D_o outputs:", &["D (D_i + 1) + D_o (D + 1)"]),
        shown(
            "Units cut the input space into at most so many regions, on each of which the network is linear:",
            &["N ≤ sum_{j=0}^{D_i} {D!}/{j! (D - j)!}"],
        ),
        shown(
            "Layers without a non-linearity are one layer:",
            &["W_2 (W_1 x + b_1) + b_2 = (W_2 W_1) x + (W_2 b_1 + b_2)"],
        ),
        shown("Polar coordinates make rings separable by a line:", &["r = sqrt{x^2 + y^2}", "tan θ = y/x"]),
    ],
    meaning: &[
        "Between joints a shallow network is straight, and its slope is the sum of the slopes of the \
         units active there. On two inputs joints become lines, and the network is a patchwork of \
         planes.",
        "Applied to its own output, a network that folds the line copies what comes after into each \
         fold: pieces multiply while parameters add. A network that learns its own coordinates does \
         what polar coordinates do for rings, as a polygon.",
    ],
    code: excerpt!("experiments/shallow/regions.rs", "fn count_regions(planes: &[Vec<i128>])"),
};
