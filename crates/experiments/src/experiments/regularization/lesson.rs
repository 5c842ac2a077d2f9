//! What the lesson says before its checks.

use crate::lesson::{Lesson, excerpt, shown};

pub(super) const LESSON: Lesson = Lesson {
    question: "What keeps a model from learning its training data by heart, and how does validation see it?",
    mathematics: &[
        shown(
            "L1 adds the weights' sizes to the loss, L2 their squares:",
            &["L + λ sum_j |w_j|", "L + λ/2 sum_j w_j^2"],
        ),
        shown("Their gradients pull at a weight by its sign, or in proportion to it:", &["sign(w_j) λ", "λ w_j"]),
        shown("so only the soft threshold of L1 has exact zeros:", &["S_λ(w) = sign(w) max(|w| - λ, 0)"]),
        shown(
            "Dropout draws a sub-network in each step; its average over all masks m is what prediction should be:",
            &["hat{y}(x) = sum_m p(m) f(x, m)", r#"m_j = cases{0 & "with probability " r ; 1/{1 - r} & "else"}"#],
        ),
        shown("k-fold cross-validation uses every example for validation once:", &["CV = 1/k sum_{j=1}^k E_j(f_{-j})"]),
    ],
    meaning: &[
        "Too small a model misses the shape, too large a one follows the noise: the error on \
         training points only falls with capacity, that on new points has a minimum. Every cure \
         moves a model towards the smaller end: penalties by size, dropout by averaging, \
         augmentation by more examples, early stopping by fewer steps.",
        "Which cure helps depends on the data. Augmentation, for one, helps where it makes what is met later.",
    ],
    code: excerpt!("experiments/regularization/dropout.rs", "fn mean_over_masks("),
};
