//! What filters and pools make of a digit.

use zoo_plot::{Axis, Chart, Field, Figure};

use super::by_hand::{Image, Pooling, Slide, convolve, pool};
use super::sobel::{ACROSS, DOWN, magnitude};

/// Input, filter and output of the worked sum.
pub(super) fn worked(input: &Image, filter: &Image, output: &Image) -> String {
    let panels = vec![
        picture("input, 5 x 5", "value", input),
        picture("filter, 3 x 3", "weight", filter),
        picture("output, 3 x 3", "sum", output),
    ];
    let seen = "Three pictures of squares: the output is bright where the input grows from left to right.";
    Figure::panels("The worked sum", seen, 3, panels).svg()
}

/// A digit and its edges.
pub(super) fn edges(digit: &Image, [across, down]: [&Image; 2]) -> String {
    let panels = vec![
        picture("digit", "ink", digit),
        picture("Sobel across, G_x", "response", across),
        picture("Sobel down, G_y", "response", down),
        picture("size of the edge, |G|", "edge", &magnitude(across, down)),
    ];
    let seen = "A digit; its left and right borders in the second picture, its upper and lower ones in the third, all in the fourth.";
    Figure::panels("Sobel edges of a digit", seen, 2, panels).svg()
}

/// The same filter with and without padding, and with a stride.
pub(super) fn slides(digit: &Image) -> String {
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
    let seen = "Six pictures of the same edges: without padding two rows and columns are missing, with stride 2 there are half as many.";
    Figure::panels("Padding and stride", seen, 3, panels).svg()
}

/// A digit pooled both ways.
pub(super) fn pools(digit: &Image) -> String {
    let panels = vec![
        picture("digit, 8 x 8", "ink", digit),
        picture("largest of 2 x 2", "ink", &pool(digit, 2, 2, Pooling::Max)),
        picture("mean of 2 x 2", "ink", &pool(digit, 2, 2, Pooling::Average)),
    ];
    let seen = "The digit in 64 squares and twice in 16: the largest values keep the strokes bright and thicken them, the means are paler.";
    Figure::panels("Max and average pooling", seen, 3, panels).svg()
}

fn picture(heading: &str, scale: &str, image: &Image) -> Chart {
    Chart::new(Axis::bare(), Axis::bare()).heading(heading).equal_units().heat(scale, &Field::picture(&image.rows()))
}
