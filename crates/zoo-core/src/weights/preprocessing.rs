//! From raw bytes and columns to the tensor a model takes.

use super::error::WeightsError;
#[cfg(feature = "classifier")]
use crate::InputBatch;
use crate::{Images, Inputs, Normalizer, Table};
use burn::tensor::{Device, Tensor, TensorData};

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
        let [channels, height, width] = *self.input_shape else {
            return Err(self.misfit(pixels.len()));
        };
        self.apply(pixels.len(), Inputs::Images(Images { channels, height, width, pixels: pixels.to_vec() }))
    }

    /// The inputs of any number of table rows, one after the other, `[count, columns]`.
    ///
    /// # Errors
    /// As [`pixels`](Self::pixels).
    pub fn numbers(&self, values: &[f32]) -> Result<Vec<f32>, WeightsError> {
        let [columns] = *self.input_shape else {
            return Err(self.misfit(values.len()));
        };
        if columns > values.len() {
            return if values.is_empty() { Ok(Vec::new()) } else { Err(self.misfit(values.len())) };
        }
        let columns = vec![String::new(); columns];
        self.apply(values.len(), Inputs::Table(Table { columns, values: values.to_vec() }))
    }

    /// Images given as bytes `[count, channels, height, width]`, as the model wants them: with `D` 4 in that shape, with `D` 2 as
    /// `[count, features]`.
    ///
    /// # Errors
    /// As [`pixels`](Self::pixels).
    pub fn images<const D: usize>(&self, pixels: &[u8], device: &Device) -> Result<Tensor<D>, WeightsError> {
        Ok(self.tensor(self.pixels(pixels)?, device))
    }

    /// Rows of a table, `[count, columns]`, as the model wants them.
    ///
    /// # Errors
    /// As [`numbers`](Self::numbers).
    pub fn rows(&self, values: &[f32], device: &Device) -> Result<Tensor<2>, WeightsError> {
        Ok(self.tensor(self.numbers(values)?, device))
    }

    /// What [`pixels`](Self::pixels) or [`numbers`](Self::numbers) gave, as a model takes it.
    #[cfg(feature = "classifier")]
    pub(crate) fn batch(&self, values: Vec<f32>, device: &Device) -> InputBatch {
        match self.input_shape.len() {
            1 => InputBatch::Rows(self.tensor(values, device)),
            _ => InputBatch::Images(self.tensor(values, device)),
        }
    }

    fn apply(&self, found: usize, inputs: Inputs) -> Result<Vec<f32>, WeightsError> {
        let features = self.features();
        if features == 0 || !found.is_multiple_of(features) {
            return Err(self.misfit(found));
        }
        let unusable = |error: crate::NormalizationError| WeightsError::Normalizer {
            shape: self.input_shape.to_vec(),
            reason: error.to_string(),
        };
        self.normalizer.check(self.input_shape).map_err(unusable)?;
        Ok(self.normalizer.apply(&inputs))
    }

    /// The values of one example; a shape that no memory holds is one that no values fit.
    fn features(&self) -> usize {
        self.input_shape.iter().fold(1, |features: usize, side| features.saturating_mul(*side))
    }

    fn misfit(&self, found: usize) -> WeightsError {
        WeightsError::Input { found, shape: self.input_shape.to_vec(), features: self.features() }
    }

    fn tensor<const D: usize>(&self, inputs: Vec<f32>, device: &Device) -> Tensor<D> {
        let features: usize = self.input_shape.iter().product();
        let count = inputs.len() / features;
        let shape = match D {
            2 => vec![count, features],
            _ => [&[count], self.input_shape].concat(),
        };
        assert_eq!(
            shape.len(),
            D,
            "examples of shape {:?} make a tensor of 2 or {} dimensions",
            self.input_shape,
            shape.len()
        );
        Tensor::from_data(TensorData::new(inputs, shape), device)
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
        for shape in [&[][..], &[0], &[3, 0, 2], &[usize::MAX, 2], &[usize::MAX]] {
            assert!(preprocessing(shape, &normalizer).numbers(&[1.0]).is_err(), "{shape:?}");
            assert!(preprocessing(shape, &normalizer).pixels(&[1]).is_err(), "{shape:?}");
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
        assert!(error.contains("2 channels or columns does not fit inputs that have 3"), "{error}");
    }

    #[test]
    fn images_and_rows_become_tensors_of_the_models_shape() {
        let normalizer = Normalizer { scale: 1.0, mean: vec![], std: vec![] };
        let images = preprocessing(&[1, 2, 3], &normalizer);
        let device = Device::flex();
        let pixels: Vec<u8> = (0..12).collect();
        assert_eq!(images.images::<4>(&pixels, &device).unwrap().dims(), [2, 1, 2, 3]);
        let flat = images.images::<2>(&pixels, &device).unwrap();
        assert_eq!(flat.dims(), [2, 6]);
        assert_eq!(
            flat.into_data().try_to_vec::<f32>().unwrap(),
            (0..12).map(|value| value as f32).collect::<Vec<_>>()
        );
        assert!(images.images::<2>(&pixels[..11], &device).is_err());
        let rows = preprocessing(&[3], &normalizer);
        assert_eq!(rows.rows(&[1.0, 2.0, 3.0], &device).unwrap().dims(), [1, 3]);
    }
}
