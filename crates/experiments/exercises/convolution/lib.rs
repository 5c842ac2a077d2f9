//! # A 3x3 convolution with padding and stride
//!
//! A filter F of 3x3 weights is laid on the image A and moved; at each place the products are added up. With zeros put around the
//! image, P rows and columns on each side, and steps of S pixels (the stride):
//!
//! ```text
//! out[r][c] = sum over i, j from 0 to 2 of  F[i][j] * padded[r S + i][c S + j]
//! ```
//!
//! (Neural networks do not turn the filter around, as mathematicians do; strictly this is a cross-correlation.) How many places are
//! there? Along a side of n pixels with a filter of f:
//!
//! ```text
//! size = (n + 2 P - f) / S + 1        rounded down
//! ```
//!
//! An image of 8x7 padded by 1 becomes 10x9. (The notes print 9x8.)

/// The pixels along a side of the output, from the pixels along that side of the input and of the filter.
pub fn output_size(input: usize, filter: usize, padding: usize, stride: usize) -> usize {
    // answer: the number of places
    (input + 2 * padding - filter) / stride + 1
    // mistake: counts steps
    // | (input + 2 * padding - filter) / stride
    // mistake: padding on one side
    // | (input + padding - filter) / stride + 1
    // mistake: rounded up
    // | (input + 2 * padding - filter).div_ceil(stride) + 1
    // end of answer
}

/// The image with `padding` rows and columns of zeros on each side.
pub fn padded(image: &[Vec<f64>], padding: usize) -> Vec<Vec<f64>> {
    // answer: zeros all around
    let width = image[0].len() + 2 * padding;
    let mut padded = vec![vec![0.0; width]; image.len() + 2 * padding];
    for (row, line) in image.iter().enumerate() {
        padded[row + padding][padding..width - padding].copy_from_slice(line);
    }
    padded
    // mistake: not moved down and to the right
    // | let mut padded = vec![vec![0.0; image[0].len() + 2 * padding]; image.len() + 2 * padding];
    // | for (row, line) in image.iter().enumerate() {
    // |     padded[row][..line.len()].copy_from_slice(line);
    // | }
    // | padded
    // mistake: on one side only
    // | let mut padded = vec![vec![0.0; image[0].len() + padding]; image.len() + padding];
    // | for (row, line) in image.iter().enumerate() {
    // |     padded[row + padding][padding..].copy_from_slice(line);
    // | }
    // | padded
    // end of answer
}

/// The image, padded, under the filter.
pub fn convolve(image: &[Vec<f64>], filter: &[[f64; 3]; 3], padding: usize, stride: usize) -> Vec<Vec<f64>> {
    let rows = output_size(image.len(), 3, padding, stride);
    let columns = output_size(image[0].len(), 3, padding, stride);
    let image = padded(image, padding);
    let sum = |r: usize, c: usize| -> f64 {
        // answer: out[r][c]
        let product = |i: usize, j: usize| filter[i][j] * image[r * stride + i][c * stride + j];
        (0..9).map(|place| product(place / 3, place % 3)).sum()
        // mistake: the stride is missing
        // | (0..9).map(|place| filter[place / 3][place % 3] * image[r + place / 3][c + place % 3]).sum()
        // mistake: the filter was turned around
        // | let product = |i: usize, j: usize| filter[2 - i][2 - j] * image[r * stride + i][c * stride + j];
        // | (0..9).map(|place| product(place / 3, place % 3)).sum()
        // mistake: rows and columns of the filter
        // | let product = |i: usize, j: usize| filter[j][i] * image[r * stride + i][c * stride + j];
        // | (0..9).map(|place| product(place / 3, place % 3)).sum()
        // end of answer
    };
    (0..rows).map(|r| (0..columns).map(|c| sum(r, c)).collect()).collect()
}

#[cfg(test)]
mod tests;
