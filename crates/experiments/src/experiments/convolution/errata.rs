//! What section 4.2.1 and 4.3 of the thesis have wrong of sizes: a padded image, and the maps of a block.

use super::by_hand::{BURN, Image, Pooling, Slide, by_library, pool_by_burn};
use crate::prelude::*;
use burn::nn::LinearConfig;
use burn::nn::conv::Conv2dConfig;

pub(super) fn sizes(settings: &Setup, findings: &mut Findings) -> Result<()> {
    padded_image(settings, findings)?;
    third_block(settings, findings)
}

/// A filter of a single 1 gives the image that it slides over, border included.
fn padded_image(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let image = Image::random([1, 8, 7], &mut Stream::numbered(settings.seed, 60));
    let only_one = Image::from_rows(&[[1.0]]);
    let padded = by_library(BURN, &image, &[only_one], Slide { stride: 1, padding: 1 })?;
    let size = [padded.height, padded.width];
    let zeros = padded.values.iter().filter(|value| **value == 0.0).count();
    findings
        .claiming("An image of 8 x 7 with a border of one zero is 10 x 9, by Burn")
        .comes_out("10 x 9", format!("{} x {}", size[0], size[1]), size == [10, 9])
        .claim("Its border has 2 (8 + 7) + 4 zeros", zeros as f64, Exactly(34.0))
        .claiming("An image of 8 x 7 with a border of one zero is 9 x 8: values in it")
        .should_be(
            padded.values.len() as f64,
            Exactly(72.0),
            "The border is on both sides, so each side grows by twice its width: n + 2p, 10 x 9, which is 90 values.",
        )
        .known_as("padded");
    Ok(())
}

/// Block 3: 64 filters of 5 x 5 on 8 x 8 x 32, same padding, then the mean of 2 x 2.
fn third_block(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let mut random = Stream::numbered(settings.seed, 61);
    let input = Image::random([32, 8, 8], &mut random);
    let filters: Vec<Image> = (0..64).map(|_| Image::random([32, 5, 5], &mut random)).collect();
    let maps = by_library(BURN, &input, &filters, Slide { stride: 1, padding: 2 })?;
    let output = pool_by_burn(&maps, 2, 2, Pooling::Average)?;
    let shape = [output.height, output.width, output.channels];
    findings
        .claiming("Block 3, 64 filters of 5 x 5 and pooling, makes 4 x 4 x 64 of 8 x 8 x 32, by Burn")
        .comes_out("4 x 4 x 64", format!("{} x {} x {}", shape[0], shape[1], shape[2]), shape == [4, 4, 64])
        .claiming("With 64 maps there the five blocks have 145,578 parameters")
        .is(parameters(64) as f64, Exactly(145_578.0))
        .claiming("Block 3 keeps 32 feature maps: maps out of its 64 filters")
        .should_be(
            output.channels as f64,
            Exactly(32.0),
            "A layer gives one map for each of its filters, and block 3 has 64.",
        )
        .known_as("block_3")
        .measured_with(format!(" (with 32 the network would have {} parameters)", parameters(32)));
    Ok(())
}

/// Of the five blocks on color images, by Burn's layers, with so many maps in the third.
fn parameters(third: usize) -> usize {
    let convolution =
        |channels: [usize; 2], side: usize| Conv2dConfig::new(channels, [side; 2]).init(&Device::flex()).num_params();
    let convolutions = [([3, 32], 5), ([32, 32], 5), ([32, third], 5), ([third, 64], 4)];
    let sum: usize = convolutions.into_iter().map(|(channels, side)| convolution(channels, side)).sum();
    sum + LinearConfig::new(64, 10).init(&Device::flex()).num_params()
}
