//! What filters and pools make of a digit.

use super::by_hand::{Image, PLAIN, Pooling, Slide, convolve, pool};
use super::{ACROSS, DOWN};
use crate::digits::{Digits, PIXELS};
use crate::prelude::*;

/// Input, filter and output of the worked sum.
pub(super) fn worked(input: &Image, filter: &Image, output: &Image) -> Vec<Chart> {
    vec![
        picture("input, 5 x 5", "value", input),
        picture("filter, 3 x 3", "weight", filter),
        picture("output, 3 x 3", "sum", output),
    ]
}

/// A handwritten zero, filtered and pooled.
pub(super) fn of_a_digit(findings: &mut Findings) -> Result<()> {
    let digits = Digits::all()?;
    let first = digits.pixels.into_iter().next().context("no digits")?;
    let digit = Image { channels: 1, height: PIXELS / 8, width: 8, values: first };
    findings
        .panels(
            "edges",
            "Sobel edges of a digit",
            "A handwritten zero, 8 x 8 pixels, under both Sobel filters: across, borders where ink begins are bright \
             and where it ends dark; down, the same for upper and lower borders; the size of both together outlines \
             the stroke on both sides.",
            2,
            edges(&digit),
        )
        .panels(
            "slides",
            "Padding and stride",
            "The same edges, across (upper row) and down (lower row): without padding the 6 x 6 places where the \
             filter fits; with one row of zeros as large as the image; at stride 2 every second of them.",
            3,
            slides(&digit),
        )
        .panels(
            "pools",
            "Max and average pooling",
            "A digit and both ways of pooling windows of 2 x 2 at stride 2. The largest value keeps thin strokes at \
             full strength and widens them; the mean keeps the amount of ink.",
            3,
            pools(&digit),
        );
    Ok(())
}

/// A digit and its edges: `G_x`, `G_y` and `sqrt(G_x^2 + G_y^2)`.
fn edges(digit: &Image) -> Vec<Chart> {
    let around = Slide { padding: 1, ..PLAIN };
    let [across, down] = [ACROSS, DOWN].map(|filter| convolve(digit, &[Image::from_rows(&filter)], around));
    let sizes = across.values.iter().zip(&down.values).map(|(x, y)| x.hypot(*y)).collect();
    vec![
        picture("digit", "ink", digit),
        picture("Sobel across, G_x", "response", &across),
        picture("Sobel down, G_y", "response", &down),
        picture("size of the edge, |G|", "edge", &Image { values: sizes, ..across }),
    ]
}

/// The same filters without and with padding, and with a stride.
fn slides(digit: &Image) -> Vec<Chart> {
    let panel = |filter: &[[f64; 3]; 3], (stride, padding): (usize, usize)| {
        let output = convolve(digit, &[Image::from_rows(filter)], Slide { stride, padding });
        let heading = format!("p = {padding}, s = {stride}: {} x {}", output.height, output.width);
        picture(&heading, "response", &output)
    };
    [ACROSS, DOWN].iter().flat_map(|filter| [(1, 0), (1, 1), (2, 1)].map(|slide| panel(filter, slide))).collect()
}

/// A digit pooled both ways.
fn pools(digit: &Image) -> Vec<Chart> {
    vec![
        picture("digit, 8 x 8", "ink", digit),
        picture("largest of 2 x 2", "ink", &pool(digit, 2, 2, Pooling::Max)),
        picture("mean of 2 x 2", "ink", &pool(digit, 2, 2, Pooling::Average)),
    ]
}

fn picture(heading: &str, scale: &str, image: &Image) -> Chart {
    Chart::new(Axis::bare(), Axis::bare()).heading(heading).equal_units().heat(scale, &Field::picture(&image.rows()))
}
