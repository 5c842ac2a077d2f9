//! The errata, document by document in the order of the notes.

use super::{Erratum, Evidence};
use crate::experiment::SourceSection;

/// Every erratum.
pub const ERRATA: &[Erratum] = &[
    Erratum {
        source: "Thesis",
        place: "Table 2.1",
        section: SourceSection(6),
        printed: "ELU is max(a x, x)",
        right: "x above 0, a (e^x - 1) below, with values in (-a, ∞)",
        evidence: claim("activations", "elu"),
    },
    Erratum {
        source: "Thesis",
        place: "Table 2.1",
        section: SourceSection(6),
        printed: "PReLU's range is (0, ∞)",
        right: "(-∞, ∞) for a > 0: below 0 its values are a x",
        evidence: claim("activations", "prelu_range"),
    },
    Erratum {
        source: "Thesis",
        place: "Table 2.1",
        section: SourceSection(6),
        printed: "The binary step's range is (0, 1)",
        right: "{0, 1}: two values and nothing between them",
        evidence: claim("activations", "step_range"),
    },
    Erratum {
        source: "Thesis",
        place: "Table 2.1",
        section: SourceSection(6),
        printed: "tanh's range is [-1, 1]",
        right: "(-1, 1): both ends are approached and never reached",
        evidence: claim("activations", "tanh_range"),
    },
    Erratum {
        source: "Thesis",
        place: "Table 2.1",
        section: SourceSection(6),
        printed: "The sigmoid's range is [0, 1]",
        right: "(0, 1): both ends are approached and never reached",
        evidence: claim("activations", "sigmoid_range"),
    },
    Erratum {
        source: "Thesis",
        place: "3.3",
        section: SourceSection(3),
        printed: "EMNIST Letters \"contains only 26 uppercase letters\"",
        right: "upper and lower case letters, merged into 26 classes",
        evidence: reading(
            "The data set's own description (Cohen et al. 2017): Letters merges both cases of each letter, in a balanced \
             set of 26 classes.",
        ),
    },
    Erratum {
        source: "Thesis",
        place: "Algorithm 3.1, title",
        section: SourceSection(5),
        printed: "\"Principal component analysis algorithm\"",
        right: "Back-propagation algorithm",
        evidence: reading("Its lines run a network forward and its errors backward; no component is computed."),
    },
    Erratum {
        source: "Thesis",
        place: "Algorithm 3.1, line 13",
        section: SourceSection(5),
        printed: "D[L]",
        right: "D[l]",
        evidence: reading(
            "By (3.5.6) every layer has a D of its own; that of the last, D[L], fits another layer only if it happens to be \
             as wide.",
        ),
    },
    Erratum {
        source: "Thesis",
        place: "Algorithms 4.1 and 4.2, activation",
        section: SourceSection(5),
        printed: "y = 1/(1+exp(...))",
        right: "y = 1./(1+exp(...))",
        evidence: reading(
            "In MATLAB / divides by a matrix: 1/A is a row that solves x A = 1, not the column of the units' answers. \
             Element by element is ./.",
        ),
    },
    Erratum {
        source: "Thesis",
        place: "Algorithms 4.1 and 4.2, start",
        section: SourceSection(5),
        printed: "W2 and b2 start as 0,5*randn(...)",
        right: "0.5*randn(...)",
        evidence: reading(
            "In MATLAB a comma ends the statement: W2 = 0,5*randn(2,3) sets W2 to 0 and shows five times some random \
             numbers.",
        ),
    },
    Erratum {
        source: "Thesis",
        place: "Algorithms 4.1 and 4.2, shapes",
        section: SourceSection(5),
        printed: "W3 is 3x3",
        right: "3x2, as layer 2 has two units",
        evidence: claim("netbp", "w3"),
    },
    Erratum {
        source: "Thesis",
        place: "4.1",
        section: SourceSection(5),
        printed: "After the plateau the cost falls at a \"linear rate\"",
        right: "By a power law, about as 1/t: the rate itself keeps falling",
        evidence: claim("netbp", "linear_rate"),
    },
    Erratum {
        source: "Thesis",
        place: "4.2.1",
        section: SourceSection(15),
        printed: "An image of 8x7 with a border of one zero is 9x8",
        right: "10x9: the border is on both sides",
        evidence: claim("convolution", "padded"),
    },
    Erratum {
        source: "Thesis",
        place: "4.2.1",
        section: SourceSection(15),
        printed: "A layer has FilterSize x FilterSize x #Filters weights",
        right: "Times the input channels; plus a bias for each filter",
        evidence: claim("convolution", "weights"),
    },
    Erratum {
        source: "Thesis",
        place: "4.3",
        section: SourceSection(4),
        printed: "Block 3 keeps \"32 feature maps\"",
        right: "64, as many as it has filters",
        evidence: claim("convolution", "block_3"),
    },
    Erratum {
        source: "Thesis",
        place: "4.3, Fig. 4.9",
        section: SourceSection(4),
        printed: "The \"network avoided overfitting\"",
        right: "By epoch 10 it overfits: the validation loss is past its least, and accuracy in training is far above",
        evidence: Evidence::Curves { recipe: "cnn_cifar10" },
    },
    Erratum {
        source: "Intro",
        place: "regularization",
        section: SourceSection(11),
        printed: "The derivative of L1 \"is 1\"",
        right: "The sign of the weight: 1 above 0, -1 below, none at 0",
        evidence: claim("regularization", "l1_slope"),
    },
    Erratum {
        source: "Intro",
        place: "regularization",
        section: SourceSection(11),
        printed: "L1 drives weights to exactly zero",
        right: "The minimum has exact zeros; descent with L1's derivative steps past them. It takes a soft threshold",
        evidence: claim("regularization", "l1_zeros"),
    },
    Erratum {
        source: "Intro",
        place: "dropout",
        section: SourceSection(11),
        printed: "Prediction without dropout is the average of the sub-networks",
        right: "Of a linear model only; behind a ReLU it is an approximation",
        evidence: claim("regularization", "dropout_average"),
    },
    Erratum {
        source: "Intro",
        place: "data augmentation",
        section: SourceSection(11),
        printed: "Augmentation helps",
        right: "Where what is met later has those changes too; elsewhere it costs accuracy",
        evidence: claim("regularization", "augmentation"),
    },
    Erratum {
        source: "Intro",
        place: "number of layers",
        section: SourceSection(13),
        printed: "More layers help",
        right: "Where there is something to compose; of 8 x 8 digits four hidden layers read fewer than one",
        evidence: claim("shallow", "more_layers"),
    },
    Erratum {
        source: "Genomic",
        place: "7",
        section: SourceSection(11),
        printed: "Batch normalization stands among the means against overfitting",
        right: "It speeds up training; the gap of a network that learns wrong labels by heart stays",
        evidence: claim("regularization", "batch_norm"),
    },
    Erratum {
        source: "Part II",
        place: "0.1",
        section: SourceSection(9),
        printed: "Xavier keeps the variance of tanh networks",
        right: "It falls, about as one over twice the number of layers; a gain of 5/3 holds a level",
        evidence: claim("initializers", "xavier_tanh"),
    },
    Erratum {
        source: "Part II",
        place: "0.1",
        section: SourceSection(9),
        printed: "Xavier keeps the variance of sigmoid networks",
        right: "The differences between examples shrink by E[σ'(z)²] in every layer, to a 20th",
        evidence: claim("initializers", "xavier_sigmoid"),
    },
    Erratum {
        source: "Part II",
        place: "eq. (1)",
        section: SourceSection(10),
        printed: "The element-wise product of weights and activations",
        right: "The matrix product W a",
        evidence: claim("backprop", "matrix_product"),
    },
    Erratum {
        source: "Part II",
        place: "table of the losses",
        section: SourceSection(7),
        printed: "Binary cross-entropy \"strongly penalizes uncertain predictions\"",
        right: "Confident wrong ones; an uncertain one costs ln 2",
        evidence: claim("losses", "uncertain"),
    },
    Erratum {
        source: "UniTs",
        place: "3",
        section: SourceSection(13),
        printed: "p(r* + e) = p(r*) exp(-3 e² / (2 σ²))",
        right: "p(r* + e) = p(r*) exp(-e² / σ²)",
        evidence: claim("approximation", "shell_density"),
    },
    Erratum {
        source: "UniTs",
        place: "3",
        section: SourceSection(13),
        printed: "A polynomial's parameters grow exponentially with the dimension",
        right: "At a fixed degree M as a power, D^M / M!",
        evidence: claim("approximation", "polynomial_terms"),
    },
    Erratum {
        source: "UniTs",
        place: "3",
        section: SourceSection(13),
        printed: "The squared error of polynomials falls as n^(-2/D)",
        right: "That is a bound for the worst function; on one smooth wave it falls slower at first, then faster than any power",
        evidence: claim("approximation", "polynomial_exponent"),
    },
    Erratum {
        source: "UniTs",
        place: "5",
        section: SourceSection(14),
        printed: "The Gabor model \"is a linear model\" of image filters",
        right: "Nonlinear in both of its parameters, and in x",
        evidence: claim("gabor", "linear_model"),
    },
    Erratum {
        source: "UniTs",
        place: "5.1.1",
        section: SourceSection(14),
        printed: "The noise of mini-batches gets descent out of local minima",
        right: "It frees some starts and misleads others, at the largest stable rate more than it frees",
        evidence: claim("gabor", "mini_batches"),
    },
];

const fn claim(experiment: &'static str, id: &'static str) -> Evidence {
    Evidence::Claim { experiment, id }
}

const fn reading(because: &'static str) -> Evidence {
    Evidence::Reading { because }
}
