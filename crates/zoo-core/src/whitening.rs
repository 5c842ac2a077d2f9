//! First-layer filters from the data: the principal directions of small pieces of images.
//!
//! From K. Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU" (2024), section 3.1, after D. Page's ResNet-9.

use burn::tensor::TensorData;

use crate::{Batcher, Examples};

/// Images the directions are taken from, evenly from the whole training split, which may be sorted by class: some 50,000 pieces give
/// 75 directions well enough.
const IMAGES: usize = 512;
/// Pixels between two pieces of an image.
const STRIDE: usize = 3;

/// `count` filters `[count, channels, side, side]` for normalized training images: the `count / 2` directions of most variance among
/// pieces of `side` squared pixels, divided by the root of their variance plus `epsilon`, then the same negated.
///
/// # Panics
///
/// If the examples are no images, are smaller than `side`, or have fewer directions than half of `count`.
///
/// ```
/// use zoo_core::{Batcher, Examples, Images, Inputs, Normalizer, whitening_filters};
///
/// let pixels = (0..10 * 4 * 4).map(|place: u32| (place * 97 % 251) as u8).collect();
/// let images = Inputs::Images(Images { channels: 1, height: 4, width: 4, pixels });
/// let train = Examples::of_classes(images, vec![0; 10]);
/// let batcher = Batcher { normalizer: Normalizer::unit(), augmentations: vec![], seed: 0 };
///
/// // Pieces of 2x2 pixels have four directions.
/// let filters = whitening_filters(&batcher, &train, [8, 2], 0.0005);
/// assert_eq!(filters.shape().to_vec(), [8, 1, 2, 2]);
/// ```
pub fn whitening_filters(batcher: &Batcher, train: &Examples, [count, side]: [usize; 2], epsilon: f64) -> TensorData {
    let shape = train.inputs.shape();
    let [channels, height, width] = [shape[0], shape[1], shape[2]];
    let images = train.spread(IMAGES);
    let batch = batcher.eval_batch(&images, 0..images.len());
    let pieces: Vec<f64> = batch
        .values
        .chunks_exact(channels * height * width)
        .flat_map(|image| pieces(image, [channels, height, width], side))
        .map(f64::from)
        .collect();
    let size = channels * side * side;
    let (variances, directions) = principal(covariance(&pieces, size), size);
    let scaled = |index: usize, sign: f64| {
        // Rounding leaves a direction in which nothing varies just below 0.
        let factor = sign / (variances[index].max(0.0) + epsilon).sqrt();
        directions[index].iter().map(move |value| (value * factor) as f32)
    };
    let half = count / 2;
    let values: Vec<f32> =
        (0..half).flat_map(|index| scaled(index, 1.0)).chain((0..half).flat_map(|index| scaled(index, -1.0))).collect();
    TensorData::new(values, [count, channels, side, side])
}

/// All pieces of one image, one after another.
fn pieces(image: &[f32], [channels, height, width]: [usize; 3], side: usize) -> Vec<f32> {
    let mut pieces = Vec::new();
    for top in (0..=height - side).step_by(STRIDE) {
        for left in (0..=width - side).step_by(STRIDE) {
            for row in 0..channels * side {
                let (channel, y) = (row / side, top + row % side);
                pieces.extend_from_slice(&image[(channel * height + y) * width + left..][..side]);
            }
        }
    }
    pieces
}

/// The mean product of every two values of a piece, `[size, size]`. The mean is not taken off: a filter has no bias at first.
fn covariance(pieces: &[f64], size: usize) -> Vec<f64> {
    let mut sums = vec![0.0; size * size];
    for piece in pieces.chunks_exact(size) {
        for (row, value) in sums.chunks_exact_mut(size).zip(piece) {
            row.iter_mut().zip(piece).for_each(|(sum, other)| *sum += value * other);
        }
    }
    let count = (pieces.len() / size) as f64;
    sums.iter().map(|sum| sum / count).collect()
}

/// The eigenvalues of a symmetric matrix, largest first, and their eigenvectors: Jacobi's rotations, sweep after sweep.
fn principal(mut matrix: Vec<f64>, size: usize) -> (Vec<f64>, Vec<Vec<f64>>) {
    let mut vectors: Vec<f64> = (0..size * size).map(|place| f64::from(u8::from(place % (size + 1) == 0))).collect();
    let trace: f64 = (0..size).map(|index| matrix[index * (size + 1)]).sum();
    // Convergence is quadratic: ten sweeps are more than matrices of this size take.
    for _ in 0..30 {
        let off: f64 =
            (0..size * size).filter(|place| place % (size + 1) != 0).map(|place| matrix[place].powi(2)).sum();
        if off <= (1e-12 * trace).powi(2) {
            break;
        }
        for p in 0..size {
            for q in p + 1..size {
                rotate(&mut matrix, &mut vectors, size, p, q);
            }
        }
    }
    let mut order: Vec<usize> = (0..size).collect();
    order.sort_by(|a, b| matrix[b * (size + 1)].total_cmp(&matrix[a * (size + 1)]));
    let column = |index: usize| (0..size).map(|row| vectors[row * size + index]).collect();
    (order.iter().map(|&index| matrix[index * (size + 1)]).collect(), order.into_iter().map(column).collect())
}

/// Makes the element at (p, q) zero by turning the plane of p and q.
fn rotate(matrix: &mut [f64], vectors: &mut [f64], size: usize, p: usize, q: usize) {
    let between = matrix[p * size + q];
    if between == 0.0 {
        return;
    }
    let theta = (matrix[q * (size + 1)] - matrix[p * (size + 1)]) / (2.0 * between);
    let tangent = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
    let sine = tangent * cosine;
    let turn = |values: &mut [f64], first: usize, second: usize| {
        let (a, b) = (values[first], values[second]);
        values[first] = cosine * a - sine * b;
        values[second] = sine * a + cosine * b;
    };
    for row in 0..size {
        turn(matrix, row * size + p, row * size + q);
        turn(vectors, row * size + p, row * size + q);
    }
    for column in 0..size {
        turn(matrix, p * size + column, q * size + column);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Images, Inputs, Normalizer};

    #[test]
    fn eigenvectors_are_orthonormal_and_rebuild_the_matrix() {
        let size = 7;
        let entry =
            |row: usize, column: usize| ((row * column) as f64 * 0.7).sin() + f64::from(u8::from(row == column)) * 3.0;
        let matrix: Vec<f64> = (0..size * size).map(|place| entry(place / size, place % size)).collect();
        let (values, vectors) = principal(matrix.clone(), size);
        assert!(values.windows(2).all(|pair| pair[0] >= pair[1]));
        for row in 0..size {
            for column in 0..size {
                let dot: f64 = (0..size).map(|k| vectors[row][k] * vectors[column][k]).sum();
                assert!((dot - f64::from(u8::from(row == column))).abs() < 1e-10);
                let rebuilt: f64 = (0..size).map(|k| values[k] * vectors[k][row] * vectors[k][column]).sum();
                assert!((rebuilt - matrix[row * size + column]).abs() < 1e-10);
            }
        }
    }

    #[test]
    fn outputs_of_the_filters_are_uncorrelated_with_variance_one() {
        let mut state = 1u32;
        let mut byte = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        let pixels = (0..40 * 9 * 9).map(|_| byte()).collect();
        let inputs = Inputs::Images(Images { channels: 1, height: 9, width: 9, pixels });
        let train = Examples::of_classes(inputs, vec![0; 40]);
        let normalizer = Normalizer::fit_channels(&train).expect("images");
        let batcher = Batcher { normalizer, augmentations: Vec::new(), seed: 0 };
        let found = whitening_filters(&batcher, &train, [6, 3], 0.0);
        let found: Vec<f32> = found.try_to_vec().expect("floats");
        let pieces: Vec<f32> = batcher
            .eval_batch(&train, 0..40)
            .values
            .chunks_exact(81)
            .flat_map(|image| pieces(image, [1, 9, 9], 3))
            .collect();
        let output = |filter: usize, piece: &[f32]| -> f64 {
            piece.iter().zip(&found[filter * 9..]).map(|(a, b)| f64::from(a * b)).sum()
        };
        let count = (pieces.len() / 9) as f64;
        let mean = |a: usize, b: usize| {
            pieces.chunks_exact(9).map(|piece| output(a, piece) * output(b, piece)).sum::<f64>() / count
        };
        assert!((mean(0, 0) - 1.0).abs() < 1e-4 && (mean(2, 2) - 1.0).abs() < 1e-4);
        assert!(mean(0, 1).abs() < 1e-4 && (mean(0, 3) + 1.0).abs() < 1e-4);
    }

    #[test]
    fn filters_are_the_same_for_images_sorted_by_class() {
        let batcher = Batcher { normalizer: Normalizer::unit(), augmentations: Vec::new(), seed: 0 };
        let of_order = |class_at: fn(usize) -> usize| {
            // A class varies from line to line, the other from column to column.
            let image =
                |class: usize| (0..9).map(move |place| if [place / 3, place % 3][class] % 2 == 0 { 0 } else { 255 });
            let pixels = (0..4 * IMAGES).flat_map(|index| image(class_at(index))).collect();
            let inputs = Inputs::Images(Images { channels: 1, height: 3, width: 3, pixels });
            let train = Examples::of_classes(inputs, (0..4 * IMAGES).map(|index| class_at(index) as u8).collect());
            whitening_filters(&batcher, &train, [4, 2], 0.0005).try_to_vec::<f32>().expect("floats")
        };
        let pairs = of_order(|index| index / 4 % 2).into_iter().zip(of_order(|index| index / (2 * IMAGES)));
        for (mixed, sorted) in pairs {
            assert!((mixed - sorted).abs() < 1e-4, "{mixed} {sorted}");
        }
    }
}
