//! What the lesson says before its checks.

use crate::lesson::{Lesson, excerpt, shown};

pub(super) const LESSON: Lesson = Lesson {
    question: "Why does the gradient vanish or explode on its way back through a deep network, and \
               why do ReLU units die?",
    mathematics: &[
        shown(
            "Every layer multiplies the gradient that goes back by its weights and by its activation's slopes:",
            &["δ_l = f'(z_l) ∘ W_{l+1}^⊤ δ_{l+1}"],
        ),
        shown(
            "In wide layers its squared length is so multiplied, on average, by one factor per layer:",
            &["χ = n Var(w) E[f'(z)^2]", "{‖δ_1‖^2}/{‖δ_L‖^2} ≈ χ^{L-1}"],
        ),
        shown(
            "The sigmoid's slope bounds that factor, and He's variance sets ReLU's to one:",
            &["σ'(z) ≤ 1/4", r#"Var(w) = 2/n " gives " χ_ReLU = 1"#],
        ),
        shown(
            "A unit is dead where no example reaches its slope:",
            &[r#"w · x + b < 0 " for all examples " x " gives " {∂L}/{∂w} = 0"#],
        ),
    ],
    meaning: &[
        "On an axis that is logarithmic a constant factor per layer is a straight line. Below one \
         the first layers learn next to nothing; above one a step throws them about. Which it is \
         depends on activation and initializer together, and theory for wide layers says it \
         beforehand.",
        "A ReLU unit that no example activates has no gradient to return by. Leaky ReLU keeps a \
         little of it, and batch normalization subtracts the bias that pushed the unit there.",
    ],
    code: excerpt!("experiments/vanishing/theory.rs", "pub(super) fn chi(&self)"),
};
