//! What the lesson says before its checks.

use crate::lesson::{Lesson, excerpt, shown};

pub(super) const LESSON: Lesson = Lesson {
    question: "How wide must one hidden layer be to come near a function, and what does the \
               dimension of its input change?",
    mathematics: &[
        shown(
            "Universal approximation: for any continuous f on a cube and any ε there are n units with",
            &["sup_x |f(x) - sum_{k=1}^n φ_k a(w_k · x + b_k)| < ε"],
        ),
        shown(
            "Functions fixed in advance lose with the dimension D (the squared error, for the worst \
             function of Barron's class):",
            &["E_n ≥ c n^{-2/D}"],
        ),
        shown("Learned features do not:", &["E_n ≤ {(2 C)^2}/n"]),
        shown("A Gaussian's points lie in a shell, as thick in any dimension:", &["r ≈ σ sqrt{D} ± σ/sqrt{2}"]),
    ],
    meaning: &[
        "A function of one direction in space is easy for units that can turn to that direction, and \
         hard for a basis that has to be fine along every side of the cube. That is all that \
         learning features means here.",
        "A good basis for one smooth function is not a good basis for all of them: polynomials win \
         in one dimension, and need ever more terms before they gain as the dimension grows.",
    ],
    code: excerpt!("experiments/approximation/interpolation.rs", "fn of(target: impl Fn(f64) -> f64, units: usize)"),
};
