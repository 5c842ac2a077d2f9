//! From bytes and raw columns to the numbers a model sees.

use pulp::{Arch, Simd, WithSimd};
use serde::{Deserialize, Serialize};

use crate::{Examples, Explain, Images, Inputs, Table};

/// `(value * scale - mean) / std`, with a mean and a standard deviation for each channel or column.
///
/// Fit it on the training split only: a mean over validation or test examples would leak them into training.
///
/// ```
/// use zoo_core::{Examples, Inputs, Normalizer, Table};
///
/// let table = Table { columns: vec!["x".into()], values: vec![1.0, 3.0] };
/// let train = Examples::of_classes(Inputs::Table(table), vec![0, 1]);
/// let normalizer = Normalizer::fit_columns(&train)?;
/// assert_eq!(normalizer.apply(&train.inputs), [-1.0, 1.0]);
/// # Ok::<(), zoo_core::NormalizationError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Normalizer {
    /// Multiplies the raw value first: 1/255 brings bytes to `0.0..=1.0`.
    pub scale: f32,
    /// Taken off the scaled value, one per channel or column; none where nothing is taken off.
    pub mean: Vec<f32>,
    /// Divides the difference, as many as there are means.
    pub std: Vec<f32>,
}

/// Examples and normalization that do not go together.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NormalizationError {
    /// Channels asked of a table, or columns of images.
    #[error("this data set holds {found}: normalization of {wanted} needs the other kind")]
    Kind {
        /// `channels` or `columns`.
        wanted: &'static str,
        /// `images` or `a table`.
        found: &'static str,
    },
    /// There is no example to take a mean over.
    #[error("normalization has no training example to be fitted on")]
    Empty,
    /// Made for other inputs.
    #[error("normalization for {found} channels or columns does not fit inputs that have {expected}")]
    Count {
        /// The channels or columns of the inputs.
        expected: usize,
        /// The means the normalizer has.
        found: usize,
    },
    /// A scale, mean or deviation that cannot be calculated with: not finite, or a scale or deviation not above 0.
    #[error("normalization holds a number that is not usable: {key} {found}")]
    Number {
        /// `scale`, `mean` or `std`.
        key: &'static str,
        /// What stands there.
        found: f32,
    },
}

/// From raw values to what the model sees, as a recipe asks for it. What is fitted is fitted on the training split only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Explain)]
#[serde(rename_all = "snake_case")]
pub enum Normalization {
    /// Numbers as they are; bytes as 0..255.
    None,
    /// Bytes divided by 255.
    Unit,
    /// Bytes divided by 255, then every channel to mean 0 and standard deviation 1 of the training split.
    Channels,
    /// Every column to mean 0 and standard deviation 1 of the training split.
    Standardize,
}

impl Normalization {
    /// The normalizer, fitted on `train`.
    ///
    /// # Errors
    ///
    /// [`NormalizationError::Kind`] for a table where images are wanted or the other way about, [`NormalizationError::Empty`]
    /// without examples.
    pub fn fit(self, train: &Examples) -> Result<Normalizer, NormalizationError> {
        match (self, &train.inputs) {
            (Normalization::None, _) => Ok(Normalizer::identity()),
            (Normalization::Unit, Inputs::Images(_)) => Ok(Normalizer::unit()),
            (Normalization::Unit, Inputs::Table(_)) => {
                Err(NormalizationError::Kind { wanted: "bytes", found: "a table" })
            }
            (Normalization::Channels, _) => Normalizer::fit_channels(train),
            (Normalization::Standardize, _) => Normalizer::fit_columns(train),
        }
    }
}

impl Normalizer {
    /// Values as they are; bytes as 0..255.
    pub fn identity() -> Normalizer {
        Normalizer::scaled(1.0)
    }

    /// Bytes divided by 255.
    pub fn unit() -> Normalizer {
        Normalizer::scaled(1.0 / 255.0)
    }

    /// Bytes divided by 255, then every channel to mean 0 and standard deviation 1 over `train`.
    ///
    /// Sums are whole numbers, so mean and deviation are exact up to their last rounding.
    ///
    /// # Errors
    ///
    /// [`NormalizationError::Kind`] for a table, [`NormalizationError::Empty`] without examples.
    pub fn fit_channels(train: &Examples) -> Result<Normalizer, NormalizationError> {
        let Inputs::Images(images) = &train.inputs else {
            let (wanted, found) = ("channels", "a table");
            return Err(NormalizationError::Kind { wanted, found });
        };
        let moments = channel_moments(images).ok_or(NormalizationError::Empty)?;
        let in_units = |(mean, std): (f64, f64)| (mean / 255.0, std / 255.0);
        let moments = moments.into_iter().map(in_units);
        Ok(Normalizer::fitted(1.0 / 255.0, moments))
    }

    /// Every column to mean 0 and standard deviation 1 over `train`.
    ///
    /// The deviation is that of the examples themselves (divided by their number, as scikit-learn's `StandardScaler`).
    ///
    /// # Errors
    ///
    /// [`NormalizationError::Kind`] for images, [`NormalizationError::Empty`] without examples.
    pub fn fit_columns(train: &Examples) -> Result<Normalizer, NormalizationError> {
        let Inputs::Table(table) = &train.inputs else {
            let (wanted, found) = ("columns", "images");
            return Err(NormalizationError::Kind { wanted, found });
        };
        if train.is_empty() {
            return Err(NormalizationError::Empty);
        }
        let moments = (0..table.columns.len()).map(|column| column_moments(table, column));
        Ok(Normalizer::fitted(1.0, moments))
    }

    /// Whether this normalizer can be applied to examples of `shape`, `[channels, height, width]` or `[columns]`: ask before using
    /// one that was read from a file.
    ///
    /// # Errors
    ///
    /// [`NormalizationError::Count`] for examples with other channels or columns, [`NormalizationError::Number`] for a number
    /// that would not give finite values.
    pub fn check(&self, shape: &[usize]) -> Result<(), NormalizationError> {
        let expected = shape.first().copied().unwrap_or(0);
        let wanted = if self.mean.is_empty() { 0 } else { expected };
        for found in [self.mean.len(), self.std.len()] {
            if found != wanted {
                return Err(NormalizationError::Count { expected, found });
            }
        }
        let unusable = |key, found| Err(NormalizationError::Number { key, found });
        if !self.scale.is_normal() || self.scale < 0.0 {
            return unusable("scale", self.scale);
        }
        let largest = if shape.len() == 3 { f32::from(u8::MAX) } else { 1.0 };
        let is_usable = |affine: &Affine| [0.0, largest].iter().all(|value| affine.number(*value).is_finite());
        let groups = self.mean.iter().zip(&self.std).zip(self.affines(wanted));
        for ((&mean, &std), affine) in groups {
            match () {
                () if !mean.is_finite() => return unusable("mean", mean),
                () if !std.is_normal() || std < 0.0 || !is_usable(&affine) => return unusable("std", std),
                () => {}
            }
        }
        Ok(())
    }

    /// All inputs as the model sees them, `[count, features]`.
    ///
    /// # Panics
    ///
    /// Panics if the normalizer was made for other channels or columns; see [`check`](Self::check).
    pub fn apply(&self, inputs: &Inputs) -> Vec<f32> {
        let affines = self.affines(groups(inputs));
        let features = inputs.features().max(1); // chunks want a length, also where there is nothing to cut
        let mut values = Vec::new();
        match inputs {
            Inputs::Images(images) => push_images(&affines, images.pixels.chunks_exact(features), &mut values),
            Inputs::Table(table) => {
                table.values.chunks_exact(features).for_each(|row| push_row(&affines, row, &mut values));
            }
        }
        values
    }

    /// What happens to each of `groups` channels or columns.
    pub(crate) fn affines(&self, groups: usize) -> Vec<Affine> {
        let means = self.mean.len();
        assert!(
            means == self.std.len() && (means == 0 || means == groups),
            "a normalizer with {means} means and {} deviations does not fit {groups} channels or columns",
            self.std.len(),
        );
        let affine = |group| Affine {
            scale: f64::from(self.scale),
            mean: self.mean.get(group).copied().map_or(0.0, f64::from),
            std: self.std.get(group).copied().map_or(1.0, f64::from),
        };
        (0..groups).map(affine).collect()
    }

    fn scaled(scale: f32) -> Normalizer {
        Normalizer { scale, mean: Vec::new(), std: Vec::new() }
    }

    fn fitted(scale: f32, moments: impl Iterator<Item = (f64, f64)>) -> Normalizer {
        let (mean, std) = moments.map(|(mean, std)| (mean as f32, divisor(std))).unzip();
        Normalizer { scale, mean, std }
    }
}

/// What happens to one channel or column.
pub(crate) struct Affine {
    scale: f64,
    mean: f64,
    std: f64,
}

impl Affine {
    /// In single precision, one multiplication and one addition a byte: the compiler makes vector instructions of it, which
    /// are more than twice as fast as a table of 256 results. Off by at most a few units in the last place of `mean / std`.
    #[inline(always)]
    fn push_bytes(&self, pixels: &[u8], values: &mut Vec<f32>) {
        let factor = (self.scale / self.std) as f32;
        let offset = (-self.mean / self.std) as f32;
        values.extend(pixels.iter().map(|&pixel| f32::from(pixel) * factor + offset));
    }

    /// In double precision: a column's mean may be a thousand times its deviation.
    fn number(&self, value: f32) -> f32 {
        ((f64::from(value) * self.scale - self.mean) / self.std) as f32
    }
}

/// Appends images, each `[channels, pixels]`, with an affine map for each channel.
///
/// The same bits with every instruction set: a product and a sum are never contracted.
pub(crate) fn push_images<'a>(affines: &[Affine], images: impl Iterator<Item = &'a [u8]>, values: &mut Vec<f32>) {
    Arch::new().dispatch(PushImages { affines, images, values });
}

struct PushImages<'a, I> {
    affines: &'a [Affine],
    images: I,
    values: &'a mut Vec<f32>,
}

impl<'a, I: Iterator<Item = &'a [u8]>> WithSimd for PushImages<'_, I> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) {
        for image in self.images {
            let area = (image.len() / self.affines.len().max(1)).max(1);
            for (affine, pixels) in self.affines.iter().zip(image.chunks_exact(area)) {
                affine.push_bytes(pixels, self.values);
            }
        }
    }
}

/// Appends one row, with an affine map for each column.
pub(crate) fn push_row(affines: &[Affine], row: &[f32], values: &mut Vec<f32>) {
    values.extend(affines.iter().zip(row).map(|(affine, &value)| affine.number(value)));
}

/// How many channels or columns share a mean each.
pub(crate) fn groups(inputs: &Inputs) -> usize {
    match inputs {
        Inputs::Images(images) => images.channels,
        Inputs::Table(table) => table.columns.len(),
    }
}

/// A constant channel or column has no deviation to divide by: it keeps its scale.
fn divisor(std: f64) -> f32 {
    let std = std as f32;
    if std.is_normal() { std } else { 1.0 }
}

/// Mean and standard deviation of every channel, in bytes; `None` without pixels.
fn channel_moments(images: &Images) -> Option<Vec<(f64, f64)>> {
    let area = images.height * images.width;
    if area == 0 || images.pixels.is_empty() {
        return None;
    }
    let mut sums = vec![(0u64, 0u64); images.channels];
    for image in images.pixels.chunks_exact(images.features()) {
        for (sum, pixels) in sums.iter_mut().zip(image.chunks_exact(area)) {
            let (values, squares) = byte_sums(pixels);
            *sum = (sum.0 + values, sum.1 + squares);
        }
    }
    let count = (images.pixels.len() / images.channels) as u64;
    let moments = |(values, squares)| byte_moments(count, values, squares);
    Some(sums.into_iter().map(moments).collect())
}

/// The sum of the bytes and of their squares.
fn byte_sums(pixels: &[u8]) -> (u64, u64) {
    let values = pixels.iter().map(|&pixel| u64::from(pixel)).sum();
    let squares = pixels.iter().map(|&pixel| u64::from(u32::from(pixel).pow(2))).sum();
    (values, squares)
}

/// The variance is a difference of large, nearly equal numbers, so it is taken in whole numbers:
/// `count^2 * variance = count * squares - values^2`.
fn byte_moments(count: u64, values: u64, squares: u64) -> (f64, f64) {
    let [wide_count, values, squares] = [count, values, squares].map(u128::from);
    let variance = (wide_count * squares - values * values) as f64;
    let count = count as f64;
    (values as f64 / count, variance.sqrt() / count)
}

/// Mean and standard deviation of one column.
fn column_moments(table: &Table, column: usize) -> (f64, f64) {
    let step = table.columns.len();
    let values = table.values[column..].iter().step_by(step).copied().map(f64::from);
    let first = f64::from(table.values[column]);
    if values.clone().all(|value| value == first) {
        return (first, 0.0); // exactly: a sum's rounding would leave a tiny deviation
    }
    let count = values.len() as f64;
    let mean = values.clone().sum::<f64>() / count;
    let squares: f64 = values.map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / count).sqrt())
}

#[cfg(test)]
mod tests;
