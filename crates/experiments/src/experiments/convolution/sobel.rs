//! The Sobel filters, on planes and on a digit.

use super::by_hand::{Image, PLAIN, Slide, convolve};
use super::figures;
use super::library::convolve_by_burn;
use crate::prelude::*;

/// Grows where brightness grows from left to right.
pub(super) const ACROSS: [[f64; 3]; 3] = [[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]];
/// Grows where brightness grows downwards.
pub(super) const DOWN: [[f64; 3]; 3] = [[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]];

/// Sobel's filters on planes, where their answer is known, and on a real digit.
pub(super) fn edges(digit: &Image, settings: &Setup, findings: &mut Findings) -> Result<()> {
    let even = Image { values: vec![1.0; digit.values.len()], ..*digit };
    let at_border = convolve(&even, &[Image::from_rows(&ACROSS)], Slide { stride: 1, padding: 1 }).values;
    findings
        .claiming("A plane a x + b y answers 8 a across and 8 b down: largest difference over random planes")
        .is(off_planes(settings)?, AtMost(1e-4))
        .claiming("With zeros around it, an even surface of brightness 1 has an edge at its border: largest |G_x|")
        .is(at_border.iter().fold(0.0, |most, x| larger(most, x.abs())), Exactly(4.0))
        .panels(
            "edges",
            "Sobel edges of a digit",
            "A handwritten zero, 8 x 8 pixels, under both Sobel filters: across, borders where ink begins are bright \
             and where it ends dark; down, the same for upper and lower borders; the size of both together outlines \
             the stroke on both sides.",
            2,
            figures::edges(digit),
        )
        .panels(
            "slides",
            "Padding and stride",
            "The same edges, across (upper row) and down (lower row): without padding the 6 x 6 places where the \
             filter fits; with one row of zeros as large as the image; at stride 2 every second of them.",
            3,
            figures::slides(digit),
        );
    Ok(())
}

/// The largest difference of Burn's answer to a plane from 8 times its slopes.
fn off_planes(settings: &Setup) -> Result<f64> {
    let mut random = Stream::numbered(settings.seed, 2);
    let mut apart = 0.0_f64;
    for _ in 0..settings.choose(100, 20) {
        let (a, b, c) = (random.uniform(-1.0, 1.0), random.uniform(-1.0, 1.0), random.uniform(-1.0, 1.0));
        let values = (0..64).map(|place| a * f64::from(place % 8) + b * f64::from(place / 8) + c).collect();
        let plane = Image { channels: 1, height: 8, width: 8, values };
        let found = convolve_by_burn(&plane, &[Image::from_rows(&ACROSS), Image::from_rows(&DOWN)], PLAIN)?;
        let wanted = [vec![8.0 * a; 36], vec![8.0 * b; 36]].concat();
        apart = larger(apart, found.distance(&Image { channels: 2, height: 6, width: 6, values: wanted }));
    }
    Ok(apart)
}
