//! How many weights a layer has, how large a padded image is, how many maps a block keeps: what the thesis says, and Burn.

use super::by_hand::{Image, Pooling, Slide};
use super::library::{convolve_by_burn, pool_by_burn};
use crate::prelude::*;
use burn::nn::LinearConfig;
use burn::nn::conv::Conv2dConfig;

/// The parameters of Burn's layer of so many filters with a square of `side` for every channel of its input.
fn parameters(channels: usize, filters: usize, side: usize, bias: bool) -> usize {
    Conv2dConfig::new([channels, filters], [side; 2]).with_bias(bias).init(&Device::flex()).num_params()
}

/// The formula with input channels, and the thesis's without.
pub(super) fn weights(findings: &mut Findings) {
    findings
        .claiming(
            "A layer of C inputs and K filters has f x f x C x K weights and K biases: 32 of 3 x 3 on color images",
        )
        .is(parameters(3, 32, 3, true) as f64, Exactly(896.0))
        .claiming("FilterSize x FilterSize x #Filters is right on gray images: weights of 32 filters of 3 x 3")
        .is(parameters(1, 32, 3, false) as f64, Exactly(288.0))
        .claiming("A layer has FilterSize x FilterSize x #Filters weights: 32 filters of 3 x 3 on color images")
        .should_be(
            parameters(3, 32, 3, false) as f64,
            Exactly(288.0),
            "The thesis's count is that of one input channel. A filter has a square of weights for every channel of \
             its input, so on three channels it is three times as many, 864; and Burn's layer adds a bias for each \
             of the 32 filters.",
        )
        .known_as("weights");
}

/// A filter of a single 1 gives the image that it slides over, border included.
pub(super) fn padded_image(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let image = Image::random([1, 8, 7], &mut Stream::numbered(settings.seed, 60));
    let only_one = Image::from_rows(&[[1.0]]);
    let padded = convolve_by_burn(&image, &[only_one], Slide { stride: 1, padding: 1 })?;
    let size = [padded.height, padded.width];
    findings
        .claiming("An image of 8 x 7 with a border of one zero is 10 x 9, by Burn")
        .comes_out("10 x 9", format!("{} x {}", size[0], size[1]), size == [10, 9])
        .claiming("An image of 8 x 7 with a border of one zero is 9 x 8: values in it")
        .should_be(
            padded.values.len() as f64,
            Exactly(72.0),
            "The border is on both sides, so each side grows by twice its width: n + 2p, 10 x 9, which is 90 values.",
        )
        .known_as("padded");
    Ok(())
}

/// Block 3 of the thesis's network: 64 filters of 5 x 5 on 8 x 8 x 32, same padding, then the mean of 2 x 2.
pub(super) fn third_block(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let mut random = Stream::numbered(settings.seed, 61);
    let input = Image::random([32, 8, 8], &mut random);
    let filters: Vec<Image> = (0..64).map(|_| Image::random([32, 5, 5], &mut random)).collect();
    let maps = convolve_by_burn(&input, &filters, Slide { stride: 1, padding: 2 })?;
    let output = pool_by_burn(&maps, 2, 2, Pooling::Average)?;
    let shape = [output.height, output.width, output.channels];
    findings
        .claiming("Block 3, 64 filters of 5 x 5 and pooling, makes 4 x 4 x 64 of 8 x 8 x 32, by Burn")
        .comes_out("4 x 4 x 64", format!("{} x {} x {}", shape[0], shape[1], shape[2]), shape == [4, 4, 64])
        .claiming("With 64 maps there the five blocks have 145,578 parameters")
        .is(parameters_with(64) as f64, Exactly(145_578.0))
        .claiming("Block 3 keeps 32 feature maps: maps out of its 64 filters")
        .should_be(
            output.channels as f64,
            Exactly(32.0),
            "A layer gives one map for each of its filters, and block 3 has 64.",
        )
        .known_as("block_3")
        .measured_with(format!(" (with 32 the network would have {} parameters)", parameters_with(32)));
    Ok(())
}

/// Of the five blocks on color images, with so many maps in the third.
fn parameters_with(third: usize) -> usize {
    let convolutions = [(3, 32, 5), (32, 32, 5), (32, third, 5), (third, 64, 4)];
    let sum: usize =
        convolutions.into_iter().map(|(channels, filters, side)| parameters(channels, filters, side, true)).sum();
    sum + LinearConfig::new(64, 10).init(&Device::flex()).num_params()
}
