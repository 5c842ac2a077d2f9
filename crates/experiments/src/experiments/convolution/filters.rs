//! Sobel's filters, and the digits that they are laid on.

use super::by_hand::{Image, Slide};
use crate::prelude::*;
use zoo_digits::{Images, Inputs};

/// One at a time, nothing around.
pub(super) const PLAIN: Slide = Slide { stride: 1, padding: 0 };

/// Grows where brightness grows from left to right.
pub(super) const ACROSS: [[f64; 3]; 3] = [[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]];
/// Grows where brightness grows downwards.
pub(super) const DOWN: [[f64; 3]; 3] = [[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]];

/// `sqrt(G_x^2 + G_y^2)` at every pixel.
pub(super) fn magnitude(across: &Image, down: &Image) -> Image {
    let values = across.values.iter().zip(&down.values).map(|(x, y)| x.hypot(*y)).collect();
    Image { values, ..*across }
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
