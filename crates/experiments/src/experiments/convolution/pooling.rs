//! Largest and mean of windows: what each keeps of digits.

use super::by_hand::{Image, Pooling};
use super::figures;
use super::library::pool_by_burn;
use crate::prelude::*;
use zoo_digits::{Images, Inputs};

/// By Burn, over all digits. Their values are whole numbers, a window's mean one of four of them: exact in f32.
pub(super) fn kept(digits: &[Image], findings: &mut Findings) -> Result<()> {
    let brightest = |image: &Image| image.values.iter().copied().fold(0.0, larger);
    let (mut lost_maximum, mut off_mean) = (0, 0.0_f64);
    for digit in digits {
        let [most, mean] = [Pooling::Max, Pooling::Average].map(|kind| pool_by_burn(digit, 2, 2, kind));
        lost_maximum += usize::from(brightest(digit) != brightest(&most?));
        off_mean = larger(off_mean, (Mean::of(&digit.values).value - Mean::of(&mean?.values).value).abs());
    }
    findings
        .claim("Burn's max pooling keeps the brightest pixel: digits that lose it", lost_maximum as f64, Exactly(0.0))
        .measured_with(format!(" of {}", digits.len()))
        .claim("Its average pooling keeps the mean brightness: largest difference", off_mean, AtMost(1e-9))
        .panels(
            "pools",
            "Max and average pooling",
            "A digit and both ways of pooling windows of 2 x 2 at stride 2. The largest value keeps thin strokes at \
             full strength and widens them; the mean keeps the amount of ink.",
            3,
            figures::pools(&digits[0]),
        );
    Ok(())
}

/// The first `count` handwritten digits, 8x8, ink 255, paper 0.
pub(super) fn digits(count: usize) -> Result<Vec<Image>> {
    let Inputs::Images(images) = zoo_digits::load().train.inputs else { bail!("the digits are no images") };
    let Images { channels, height, width, .. } = images;
    let image = |index: usize| {
        let values = images.image(index).iter().map(|byte| f64::from(*byte)).collect();
        Image { channels, height, width, values }
    };
    Ok((0..count).map(image).collect())
}
