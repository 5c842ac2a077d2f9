//! From raw bytes and columns to the numbers a model sees.

use crate::WeightsError;
use zoo_core::Normalizer;

/// What happens to an example before the model sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preprocessing<'a> {
    /// `[channels, height, width]` of an image whose pixels come channel by channel, or `[columns]`.
    pub input_shape: &'a [usize],
    /// A table's columns, in order; none for images.
    pub columns: &'a [String],
    /// Applied to the raw values.
    pub normalizer: &'a Normalizer,
}

impl Preprocessing<'_> {
    /// The inputs of any number of images, one after the other, given as bytes `[count, channels, height, width]`.
    ///
    /// # Errors
    /// [`WeightsError::Input`] if these are not whole images, [`WeightsError::Normalizer`] if the file's numbers are unusable.
    pub fn pixels(&self, pixels: &[u8]) -> Result<Vec<f32>, WeightsError> {
        let group = |normalizer: [f64; 3], pixels: &[u8], inputs: &mut Vec<f32>| {
            let [scale, mean, std] = normalizer;
            // In single precision, as training has it.
            let (factor, offset) = ((scale / std) as f32, (-mean / std) as f32);
            inputs.extend(pixels.iter().map(|&pixel| f32::from(pixel) * factor + offset));
        };
        self.apply(pixels, group)
    }

    /// The inputs of any number of table rows, one after the other, `[count, columns]`.
    ///
    /// # Errors
    /// As [`pixels`](Self::pixels).
    pub fn numbers(&self, values: &[f32]) -> Result<Vec<f32>, WeightsError> {
        let group = |[scale, mean, std]: [f64; 3], values: &[f32], inputs: &mut Vec<f32>| {
            inputs.extend(values.iter().map(|&value| ((f64::from(value) * scale - mean) / std) as f32));
        };
        self.apply(values, group)
    }

    /// Applies `group` to the raw values of one channel or column after the other, with its scale, mean and deviation.
    fn apply<T>(&self, raw: &[T], group: impl Fn([f64; 3], &[T], &mut Vec<f32>)) -> Result<Vec<f32>, WeightsError> {
        self.check()?;
        let groups = self.groups();
        // A shape that no memory holds is one that no values fit.
        let features = self.input_shape.iter().fold(1, |features: usize, side| features.saturating_mul(*side));
        if features == 0 || groups == 0 || !raw.len().is_multiple_of(features) {
            return Err(WeightsError::Input { found: raw.len(), shape: self.input_shape.to_vec(), features });
        }
        let Normalizer { scale, mean, std } = self.normalizer;
        let mut inputs = Vec::with_capacity(raw.len());
        for (index, values) in raw.chunks_exact(features / groups).enumerate() {
            let of_group =
                |numbers: &[f32], none| numbers.get(index % groups).map_or(none, |number| f64::from(*number));
            group([f64::from(*scale), of_group(mean, 0.0), of_group(std, 1.0)], values, &mut inputs);
        }
        Ok(inputs)
    }

    /// Channels or columns.
    fn groups(&self) -> usize {
        self.input_shape.first().copied().unwrap_or(0)
    }

    fn check(&self) -> Result<(), WeightsError> {
        let Normalizer { scale, mean, std } = self.normalizer;
        let groups = self.groups();
        let fault = |reason: String| Err(WeightsError::Normalizer { shape: self.input_shape.to_vec(), reason });
        if mean.len() != std.len() || !(mean.is_empty() || mean.len() == groups) {
            return fault(format!("{} means and {} deviations", mean.len(), std.len()));
        }
        let unusable = |number: &&f32| !number.is_finite();
        if let Some(number) = [scale].into_iter().chain(mean).find(unusable) {
            return fault(format!("the number {number}"));
        }
        match std.iter().find(|std| !std.is_normal() || **std < 0.0) {
            Some(std) => fault(format!("the deviation {std}")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

    use super::*;

    fn preprocessing<'a>(input_shape: &'a [usize], normalizer: &'a Normalizer) -> Preprocessing<'a> {
        Preprocessing { input_shape, columns: &[], normalizer }
    }

    #[test]
    fn every_channel_has_its_own_mean_and_deviation() {
        let normalizer = Normalizer { scale: 0.5, mean: vec![1.0, 0.0], std: vec![1.0, 2.0] };
        let images = preprocessing(&[2, 1, 2], &normalizer);
        assert_eq!(images.pixels(&[2, 4, 8, 16, 0, 0, 0, 4]).unwrap(), [0.0, 1.0, 2.0, 4.0, -1.0, -1.0, 0.0, 1.0]);
        assert!(images.pixels(&[]).unwrap().is_empty());
    }

    #[test]
    fn parts_of_examples_are_refused() {
        let normalizer = Normalizer { scale: 1.0, mean: vec![], std: vec![] };
        let error = preprocessing(&[1, 2, 2], &normalizer).pixels(&[0; 6]).unwrap_err().to_string();
        assert_eq!(error, "6 values are no whole number of examples of shape [1, 2, 2], which have 4 each");
        for shape in [&[][..], &[0], &[3, 0, 2], &[usize::MAX, 2]] {
            assert!(preprocessing(shape, &normalizer).numbers(&[1.0]).is_err(), "{shape:?}");
        }
    }

    #[test]
    fn numbers_that_give_no_inputs_are_refused() {
        let cases = [(f32::NAN, 0.0, 1.0), (1.0, f32::INFINITY, 1.0), (1.0, 0.0, 0.0), (1.0, 0.0, -1.0)];
        for (scale, mean, std) in cases {
            let normalizer = Normalizer { scale, mean: vec![mean], std: vec![std] };
            let error = preprocessing(&[1], &normalizer).numbers(&[1.0]).unwrap_err();
            assert!(matches!(error, WeightsError::Normalizer { .. }), "{error}");
        }
        let normalizer = Normalizer { scale: 1.0, mean: vec![0.0; 2], std: vec![1.0; 2] };
        let error = preprocessing(&[3], &normalizer).numbers(&[1.0; 3]).unwrap_err().to_string();
        assert!(error.contains("2 means and 2 deviations"), "{error}");
    }
}
