//! What the lesson says before its checks.

use crate::lesson::{Lesson, excerpt, shown};

pub(super) const LESSON: Lesson = Lesson {
    question: "What does each loss pull at, what does it estimate, and which output does it go with?",
    mathematics: &[
        shown(
            "Losses of a prediction, by its error:",
            &[
                "e = x - t",
                "MSE = 1/N sum_i e_i^2",
                "MAE = 1/N sum_i |e_i|",
                r#"Huber(e) = cases{e^2/2 & |e| < δ ; δ (|e| - δ/2) & "else"}"#,
            ],
        ),
        shown(
            "Cross-entropy of a probability, and of one of many classes with target t:",
            &["BCE = -t ln p - (1 - t) ln(1 - p)", "CCE = -sum_k t_k ln p_k"],
        ),
        shown(
            "With the output it was made for, its gradient by the score is prediction less target:",
            &[r#"p = softmax(z) " gives " {∂CCE}/{∂z_k} = p_k - t_k"#],
        ),
        shown(
            "The hinge asks only for a margin: the binary one of t s, the multi-class one of the lead over each other:",
            &["L = max(0, 1 - t s)", "L = sum_{j ≠ y} max(0, s_j - s_y + 1)"],
        ),
        shown(
            "One sigmoid neuron is softmax of two scores, as only their difference counts:",
            &["σ(z_1 - z_0) = e^{z_1}/{e^{z_0} + e^{z_1}}"],
        ),
        shown(
            "The Kullback-Leibler divergence is not symmetric; with the data first, minimizing it is \
             maximum likelihood:",
            &["KL(p ‖ q) = sum_i p_i ln{p_i/q_i}", r#"argmin_θ KL("data" ‖ p_θ) = argmax_θ sum_i ln p_θ(x_i)"#],
        ),
    ],
    meaning: &[
        "The derivative of a loss is the force with which an example pulls. Squared error pulls \
         harder the larger the error, so one wild value moves a mean; the absolute error pulls \
         equally hard everywhere and finds a median; Huber's lies between.",
        "A loss and its output belong together: the logarithm of cross-entropy undoes the \
         exponential of sigmoid or softmax. Squared error on a sigmoid pulls hardly at all where the \
         answer is most wrong.",
    ],
    code: excerpt!("experiments/losses/divergence.rs", "pub(super) fn divergence(p: &[f64], q: &[f64])"),
};
