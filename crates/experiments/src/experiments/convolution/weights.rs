//! How many parameters a layer has.

use crate::prelude::*;
use burn::nn::conv::Conv2dConfig;

/// The parameters of Burn's convolution layers against the formula with input channels, and against the thesis's without.
pub(super) fn count(settings: &Setup, findings: &mut Findings) {
    let mut random = Stream::numbered(settings.seed, 3);
    let layers = settings.choose(200, 40);
    let count = |channels: usize, filters: usize, side: usize, bias: bool| {
        Conv2dConfig::new([channels, filters], [side; 2]).with_bias(bias).init(&Device::flex()).num_params()
    };
    let wrong = (0..layers).filter(|_| {
        let [channels, filters, side] = [16, 16, 7].map(|most| 1 + random.index(most));
        count(channels, filters, side, true) != side * side * channels * filters + filters
    });
    findings
        .claiming("A layer of C inputs and K filters has f x f x C x K weights and K biases: wrong for")
        .is(wrong.count() as f64, Exactly(0.0))
        .measured_with(format!(" of {layers}"))
        .claiming("FilterSize x FilterSize x #Filters is right on gray images: weights of 32 filters of 3 x 3")
        .is(count(1, 32, 3, false) as f64, Exactly(288.0))
        .claiming("A layer has FilterSize x FilterSize x #Filters weights: 32 filters of 3 x 3 on color images")
        .should_be(
            count(3, 32, 3, false) as f64,
            Exactly(288.0),
            "The thesis's count is that of one input channel. A filter has a square of weights for every channel of \
             its input, so on three channels it is three times as many, 864; and Burn's layer adds a bias for each \
             of the 32 filters.",
        )
        .known_as("weights");
}
