//! The errata, document by document in the order of the notes.

use super::{Erratum, Evidence};
use crate::experiment::SourceSection;

/// Document, place and section; what is printed => what is right; how we know.
macro_rules! errata {
    ($($source:literal, $place:literal, $section:literal: $printed:literal => $right:literal, $evidence:expr;)*) => {
        &[$(Erratum {
            source: $source,
            place: $place,
            section: SourceSection($section),
            printed: $printed,
            right: $right,
            evidence: $evidence,
        }),*]
    };
}

/// Every erratum.
pub const ERRATA: &[Erratum] = errata! {
    "Thesis", "Table 2.1", 6:
        "ELU is max(a x, x)" => "x above 0, a (e^x - 1) below, with values in (-a, ∞)",
        claim("activations", "elu");
    "Thesis", "Table 2.1", 6:
        "PReLU's range is (0, ∞)" => "(-∞, ∞) for a > 0: below 0 its values are a x",
        claim("activations", "prelu_range");
    "Thesis", "Table 2.1", 6:
        "The binary step's range is (0, 1)" => "{0, 1}: two values and nothing between them",
        claim("activations", "step_range");
    "Thesis", "Table 2.1", 6:
        "tanh's range is [-1, 1]" => "(-1, 1): both ends are approached and never reached",
        claim("activations", "tanh_range");
    "Thesis", "Table 2.1", 6:
        "The sigmoid's range is [0, 1]" => "(0, 1): both ends are approached and never reached",
        claim("activations", "sigmoid_range");
    "Thesis", "3.3", 3:
        "EMNIST Letters \"contains only 26 uppercase letters\""
            => "upper and lower case letters, merged into 26 classes",
        reading("The data set's own description (Cohen et al. 2017): Letters merges both cases of each letter, in a \
            balanced set of 26 classes.");
    "Thesis", "Algorithm 3.1, title", 5:
        "\"Principal component analysis algorithm\"" => "Back-propagation algorithm",
        reading("Its lines run a network forward and its errors backward; no component is computed.");
    "Thesis", "Algorithm 3.1, line 13", 5:
        "D[L]" => "D[l]",
        reading("By (3.5.6) every layer has a D of its own; that of the last, D[L], fits another layer only if it \
            happens to be as wide.");
    "Thesis", "Algorithms 4.1 and 4.2, activation", 5:
        "y = 1/(1+exp(...))" => "y = 1./(1+exp(...))",
        reading("In MATLAB / divides by a matrix: 1/A is a row that solves x A = 1, not the column of the units' \
            answers. Element by element is ./.");
    "Thesis", "Algorithms 4.1 and 4.2, start", 5:
        "W2 and b2 start as 0,5*randn(...)" => "0.5*randn(...)",
        reading("In MATLAB a comma ends the statement: W2 = 0,5*randn(2,3) sets W2 to 0 and shows five times some \
            random numbers.");
    "Thesis", "Algorithms 4.1 and 4.2, shapes", 5:
        "W3 is 3x3" => "3x2, as layer 2 has two units",
        claim("netbp", "w3");
    "Thesis", "4.1", 5:
        "After the plateau the cost falls at a \"linear rate\""
            => "By a power law, about as 1/t: the rate itself keeps falling",
        claim("netbp", "linear_rate");
    "Thesis", "4.2.1", 15:
        "An image of 8x7 with a border of one zero is 9x8" => "10x9: the border is on both sides",
        claim("convolution", "padded");
    "Thesis", "4.2.1", 15:
        "A layer has FilterSize x FilterSize x #Filters weights"
            => "Times the input channels; plus a bias for each filter",
        claim("convolution", "weights");
    "Thesis", "4.3", 4:
        "Block 3 keeps \"32 feature maps\"" => "64, as many as it has filters",
        claim("convolution", "block_3");
    "Thesis", "4.3, Fig. 4.9", 4:
        "The \"network avoided overfitting\""
            => "By epoch 10 it overfits: the validation loss is past its least, and accuracy in training is far above",
        Evidence::Curves { recipe: "cnn_cifar10" };
    "Intro", "regularization", 11:
        "The derivative of L1 \"is 1\"" => "The sign of the weight: 1 above 0, -1 below, none at 0",
        claim("regularization", "l1_slope");
    "Intro", "regularization", 11:
        "L1 drives weights to exactly zero"
            => "The minimum has exact zeros; descent with L1's derivative steps past them. It takes a soft threshold",
        claim("regularization", "l1_zeros");
    "Intro", "dropout", 11:
        "Prediction without dropout is the average of the sub-networks"
            => "Of a linear model only; behind a ReLU it is an approximation",
        claim("regularization", "dropout_average");
    "Intro", "data augmentation", 11:
        "Augmentation helps" => "Where what is met later has those changes too; elsewhere it costs accuracy",
        claim("regularization", "augmentation");
    "Intro", "number of layers", 13:
        "More layers help"
            => "Where there is something to compose; of 8 x 8 digits four hidden layers read fewer than one",
        claim("shallow", "more_layers");
    "Genomic", "7", 11:
        "Batch normalization stands among the means against overfitting"
            => "It speeds up training; the gap of a network that learns wrong labels by heart stays",
        claim("regularization", "batch_norm");
    "Part II", "0.1", 9:
        "Xavier keeps the variance of tanh networks"
            => "It falls, about as one over twice the number of layers; a gain of 5/3 holds a level",
        claim("initializers", "xavier_tanh");
    "Part II", "0.1", 9:
        "Xavier keeps the variance of sigmoid networks"
            => "The differences between examples shrink by E[σ'(z)²] in every layer, to a 20th",
        claim("initializers", "xavier_sigmoid");
    "Part II", "eq. (1)", 10:
        "The element-wise product of weights and activations" => "The matrix product W a",
        claim("backprop", "matrix_product");
    "Part II", "table of the losses", 7:
        "Binary cross-entropy \"strongly penalizes uncertain predictions\""
            => "Confident wrong ones; an uncertain one costs ln 2",
        claim("losses", "uncertain");
    "UniTs", "3", 13:
        "p(r* + e) = p(r*) exp(-3 e² / (2 σ²))" => "p(r* + e) = p(r*) exp(-e² / σ²)",
        claim("approximation", "shell_density");
    "UniTs", "3", 13:
        "A polynomial's parameters grow exponentially with the dimension" => "At a fixed degree M as a power, D^M / M!",
        claim("approximation", "polynomial_terms");
    "UniTs", "3", 13:
        "The squared error of polynomials falls as n^(-2/D)"
            => "That is a bound for the worst function; on one smooth wave it falls slower at first, then faster than any power",
        claim("approximation", "polynomial_exponent");
    "UniTs", "5", 14:
        "The Gabor model \"is a linear model\" of image filters" => "Nonlinear in both of its parameters, and in x",
        claim("gabor", "linear_model");
    "UniTs", "5.1.1", 14:
        "The noise of mini-batches gets descent out of local minima"
            => "It frees some starts and misleads others, at the largest stable rate more than it frees",
        claim("gabor", "mini_batches");
};

const fn claim(experiment: &'static str, id: &'static str) -> Evidence {
    Evidence::Claim { experiment, id }
}

const fn reading(because: &'static str) -> Evidence {
    Evidence::Reading { because }
}
