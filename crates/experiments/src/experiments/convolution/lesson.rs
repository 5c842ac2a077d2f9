//! What the lesson says before its checks.

use crate::lesson::{Lesson, excerpt, shown};

pub(super) const LESSON: Lesson = Lesson {
    question: "What does a convolution compute, how large is its output, and what does pooling keep?",
    mathematics: &[
        shown(
            "At each place the products of what lies on each other are summed, over channels c and \
             the filter's rows and columns:",
            &["y_{k,i,j} = sum_{c,u,v} w_{k,c,u,v} x_{c, s i + u - p, s j + v - p}"],
        ),
        shown(
            "An image of side n with p rows of zeros around it, under a filter of side f and stride s:",
            &["m = {n + 2 p - f}/s + 1"],
        ),
        shown(
            "Sobel's filter finds borders between left and right; turned, between above and below:",
            &["S_x = matrix{-1 & 0 & 1 ; -2 & 0 & 2 ; -1 & 0 & 1}", "S_y = S_x^⊤"],
        ),
        shown("A layer's weights, for K filters on C channels:", &["f · f · C · K"]),
        shown(
            "Pooling keeps the largest or the mean of a window:",
            &[r#"max_{(u,v) ∈ "window"} x_{u,v}"#, r#"1/f^2 sum_{(u,v) ∈ "window"} x_{u,v}"#],
        ),
    ],
    meaning: &[
        "A filter answers where the image looks like it. Sobel's answers at borders, with the sign \
         of the step from dark to bright, and both together outline a stroke.",
        "The largest value keeps thin strokes at full strength and widens them; the mean keeps the \
         amount of ink. Both make an image smaller.",
    ],
    code: excerpt!("experiments/convolution/by_hand.rs", "pub(super) fn convolve(image: &Image"),
};
