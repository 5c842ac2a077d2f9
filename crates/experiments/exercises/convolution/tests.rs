//! What `convolution` has to do.

use super::*;
use hints::{found, uniform};

#[path = "../hints.rs"]
mod hints;

/// An image of random pixels.
fn image(rows: usize, columns: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut draw = uniform(seed);
    (0..rows).map(|_| (0..columns).map(|_| draw()).collect()).collect()
}

#[test]
fn the_output_has_a_pixel_for_every_place_of_the_filter() {
    for (input, filter, padding, stride) in
        [(32, 5, 2, 1), (8, 3, 1, 1), (7, 3, 1, 1), (7, 3, 0, 2), (8, 3, 1, 2), (9, 3, 2, 4)]
    {
        // Laid at 0, S, 2 S, ..., as long as the filter's end lies within.
        let places = (0..).take_while(|step| step * stride + filter <= input + 2 * padding).count();
        let sizes = |pixels: usize| [pixels as f64];
        let call = format!("output_size of {input} pixels, a filter of {filter}, padding {padding}, stride {stride}");
        found(call, sizes(output_size(input, filter, padding, stride)))
            .mistake(sizes(places - 1), "this counts steps; there is one place more than there are steps")
            .mistake(
                sizes((input + padding - filter) / stride + 1),
                "padding on one side only: it is put on each side, 2 P",
            )
            .mistake(sizes(places + 1), "rounded up: where the filter's end would lie outside, there is no place")
            .mistake(sizes((input + 2 * padding) / stride + 1), "the size of the filter is not subtracted")
            .is(sizes(places));
    }
}

#[test]
fn zeros_lie_all_around() {
    for (rows, columns, padding) in [(8, 7, 1), (2, 3, 2)] {
        let image = image(rows, columns, 1);
        let wide = padded(&image, padding);
        found(
            format!("the rows and columns of {rows}x{columns} padded by {padding}"),
            [wide.len() as f64, wide[0].len() as f64],
        )
        .mistake(
            [(rows + padding) as f64, (columns + padding) as f64],
            "on one side only, as the notes print it: 9x8 for 8x7",
        )
        .is([(rows + 2 * padding) as f64, (columns + 2 * padding) as f64]);
        let inside: Vec<f64> =
            wide[padding..rows + padding].iter().flat_map(|row| row[padding..columns + padding].to_vec()).collect();
        let shifted: Vec<f64> = (0..rows * columns)
            .map(|i| (i / columns + padding, i % columns + padding))
            .map(|(row, column)| image.get(row).and_then(|line| line.get(column)).copied().unwrap_or_default())
            .collect();
        found("the pixels inside the frame", inside)
            .mistake(shifted, "the image was not moved down and to the right by the padding")
            .is(image.concat());
        let (all, ours): (f64, f64) = (wide.concat().iter().sum(), image.concat().iter().sum());
        found("the sum over the frame", [all - ours]).is([0.0]);
    }
}

#[test]
fn a_filter_of_a_single_one_picks_pixels() {
    for (padding, stride) in [(0, 1), (1, 1), (1, 2), (2, 3)] {
        let image = image(7, 8, 2);
        let at = |row: usize, column: usize| {
            let pixel = row.checked_sub(padding).zip(column.checked_sub(padding));
            pixel.and_then(|(row, column)| image.get(row)?.get(column).copied()).unwrap_or_default()
        };
        for (i, j) in [(0, 1), (2, 1), (0, 0), (0, 2), (1, 1)] {
            let mut filter = [[0.0; 3]; 3];
            filter[i][j] = 1.0;
            let out = convolve(&image, &filter, padding, stride);
            let (rows, columns) = (output_size(7, 3, padding, stride), output_size(8, 3, padding, stride));
            let picked = |i: usize, j: usize, stride: usize| -> Vec<f64> {
                let places = (0..rows).flat_map(|r| (0..columns).map(move |c| (r, c)));
                places.map(|(r, c)| at(r * stride + i, c * stride + j)).collect()
            };
            found(
                format!("the pixels picked by F[{i}][{j}] = 1 with padding {padding} and stride {stride}"),
                out.concat(),
            )
            .mistake(picked(i, j, 1), "the stride is missing: the place of out[r][c] begins at r S, c S")
            .mistake(
                picked(2 - i, 2 - j, stride),
                "the filter was turned around; here F[0][0] meets the upper left pixel",
            )
            .mistake(picked(j, i, stride), "rows and columns of the filter are mixed up")
            .is(picked(i, j, stride));
        }
    }
}

#[test]
fn ones_under_ones_count_the_pixels() {
    let out = convolve(&vec![vec![1.0; 4]; 3], &[[1.0; 3]; 3], 1, 1);
    found("a filter of ones on 3x4 ones, padded by 1", out.concat()).is([
        [4.0, 6.0, 6.0, 4.0], //
        [6.0, 9.0, 9.0, 6.0],
        [4.0, 6.0, 6.0, 4.0],
    ]
    .concat());
}
