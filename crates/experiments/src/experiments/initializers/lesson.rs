//! What the lesson says before its checks.

use crate::lesson::{Lesson, excerpt, shown};

pub(super) const LESSON: Lesson = Lesson {
    question: "From which random weights does a deep network start to learn, and why not from zero?",
    mathematics: &[
        shown(
            "Equal weights stay equal, since two neurons that answer alike have the same gradient:",
            &[r#"w_j = w_k , " " u_j = u_k " gives " {∂L}/{∂w_j} = {∂L}/{∂w_k}"#],
        ),
        shown(
            "A layer multiplies the mean square of its inputs by the number of inputs times the \
             variance of a weight:",
            &["z = sum_{i=1}^n w_i x_i", "E[z^2] = n Var(w) E[x^2]"],
        ),
        shown(
            "To keep it, linear layers and, nearly, tanh take Xavier's variance, and ReLU, which \
             loses half, takes He's:",
            &[r#"Var(w) = 1/n " (Xavier)""#, r#"Var(w) = 2/n " (He)""#],
        ),
        shown("An orthogonal matrix keeps every length:", &[r#"W^⊤ W = I " gives " ‖W x‖ = ‖x‖"#]),
    ],
    meaning: &[
        "From equal weights all neurons of a layer remain one neuron, however wide the layer is. \
         From random ones they part.",
        "The scale decides about depth: a factor below one in each layer fades, above one it \
         explodes or saturates, and only at the scale that matches the activation do signals get \
         through many layers. Sigmoid gets none through: its answers keep their size, but the \
         differences between examples are lost.",
    ],
    code: excerpt!("experiments/initializers/signal.rs", "pub(super) fn expected(&self)"),
};
