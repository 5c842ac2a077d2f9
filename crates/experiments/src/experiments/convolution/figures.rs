//! What filters and pools make of a digit.

use super::by_hand::{Image, Pooling, Slide, convolve, pool};
use super::filters::{ACROSS, DOWN, magnitude};
use crate::prelude::*;

/// Input, filter and output of the worked sum.
pub(super) fn worked(input: &Image, filter: &Image, output: &Image) -> Vec<Chart> {
    let panels = vec![
        picture("input, 5 x 5", "value", input),
        picture("filter, 3 x 3", "weight", filter),
        picture("output, 3 x 3", "sum", output),
    ];
    panels
}

/// A digit and its edges.
pub(super) fn edges(digit: &Image, [across, down]: [&Image; 2]) -> Vec<Chart> {
    let panels = vec![
        picture("digit", "ink", digit),
        picture("Sobel across, G_x", "response", across),
        picture("Sobel down, G_y", "response", down),
        picture("size of the edge, |G|", "edge", &magnitude(across, down)),
    ];
    panels
}

/// The same filter with and without padding, and with a stride.
pub(super) fn slides(digit: &Image) -> Vec<Chart> {
    let panel = |stride: usize, padding: usize, filter: &[[f64; 3]; 3]| {
        let output = convolve(digit, &[Image::from_rows(filter)], Slide { stride, padding });
        let heading = format!("p = {padding}, s = {stride}: {} x {}", output.height, output.width);
        picture(&heading, "response", &output)
    };
    let panels = vec![
        panel(1, 0, &ACROSS),
        panel(1, 1, &ACROSS),
        panel(2, 1, &ACROSS),
        panel(1, 0, &DOWN),
        panel(1, 1, &DOWN),
        panel(2, 1, &DOWN),
    ];
    panels
}

/// A digit pooled both ways.
pub(super) fn pools(digit: &Image) -> Vec<Chart> {
    let panels = vec![
        picture("digit, 8 x 8", "ink", digit),
        picture("largest of 2 x 2", "ink", &pool(digit, 2, 2, Pooling::Max)),
        picture("mean of 2 x 2", "ink", &pool(digit, 2, 2, Pooling::Average)),
    ];
    panels
}

fn picture(heading: &str, scale: &str, image: &Image) -> Chart {
    Chart::new(Axis::bare(), Axis::bare()).heading(heading).equal_units().heat(scale, &Field::picture(&image.rows()))
}
