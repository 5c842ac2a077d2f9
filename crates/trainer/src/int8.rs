//! Trained networks in integers of 8 bits, calibrated on training examples.

use crate::data::Splits;
use crate::error::TrainError;
use crate::evaluate::Predictions;
use crate::trained::TrainedModel;
#[cfg(not(feature = "flex"))]
use std::convert::Infallible as Int8Network;
use zoo_core::Examples;
#[cfg(feature = "flex")]
use zoo_core::predicted_class;
#[cfg(feature = "flex")]
use zoo_kernels::Int8Network;
use zoo_results::Int8Scores;
#[cfg(feature = "flex")]
use zoo_train::predictions::BATCH;

/// Training examples that the ranges of activations are taken from.
pub const CALIBRATION: usize = 512;

/// The training examples to calibrate on: evenly spaced from the first on, or all if they are few.
#[cfg(any(feature = "flex", test))]
pub(crate) fn calibration(train: &Examples) -> Examples {
    train.spread(CALIBRATION)
}

#[cfg(feature = "flex")]
impl TrainedModel {
    /// The network in integers, calibrated on some of these training examples.
    ///
    /// # Errors
    /// If a layer is not for integers.
    pub fn int8(&self, train: &Examples) -> Result<Int8Network, TrainError> {
        if zoo_kernels::instruction_set().is_ok_and(|set| set == "off") {
            return Err(TrainError::Trained(format!(
                "8-bit integers are computed by the zoo's kernels, and {0}=off turns these off; unset {0}",
                zoo_kernels::ISA_VARIABLE
            )));
        }
        let inputs = self.facts.normalizer.apply(&calibration(train).inputs);
        let refused = |error: zoo_core::Int8ModelError| TrainError::NotForIntegers {
            recipe: self.recipe.name.clone(),
            reason: error.to_string(),
        };
        self.network.prepare_int8(&self.facts.input_shape, &inputs).map_err(refused)
    }

    /// The ONNX file of the network in integers, calibrated on some of these training examples.
    ///
    /// # Errors
    /// As [`int8`](Self::int8).
    pub fn int8_onnx(&self, train: &Examples) -> Result<Vec<u8>, TrainError> {
        self.int8_file(&self.int8(train)?)
    }

    fn int8_file(&self, int8: &Int8Network) -> Result<Vec<u8>, TrainError> {
        crate::onnx::to_int8_bytes(self, int8).map_err(unwritten)
    }

    /// Measures the network in integers on `examples`, one of the splits, beside what the one in `f32` predicts for them. The splits'
    /// batcher has the model's normalization.
    pub(crate) fn measure_int8(
        &self,
        int8: &Int8Network,
        splits: &Splits,
        examples: &Examples,
        plain: &Predictions,
    ) -> Result<(Int8Scores, Predictions), TrainError> {
        let mut logits = Vec::with_capacity(plain.logits.len());
        for start in (0..examples.len()).step_by(BATCH) {
            let batch = splits.batcher.eval_batch(examples, start..(start + BATCH).min(examples.len()));
            let found = int8.forward(&batch.values);
            let not_finite = || TrainError::Trained("an example holds a value that is not finite".to_string());
            logits.extend(found.ok_or_else(not_finite)?);
        }
        let kind = &self.recipe.loss;
        let predictions = Predictions::of_logits(logits, plain.width, kind, examples, &burn::tensor::Device::flex())?;
        let is_other = |(plain, int8): &(&[f32], &[f32])| predicted_class(plain) != predicted_class(int8);
        let changed = plain.rows().zip(predictions.rows()).filter(is_other).count();
        let differences = plain.logits.iter().zip(&predictions.logits).map(|(plain, int8)| (plain - int8).abs());
        let scores = Int8Scores {
            calibration_examples: splits.train.len().min(CALIBRATION),
            scores: splits.evaluate(&predictions, examples).scores,
            changed: splits.target.is_none().then_some(changed),
            largest_difference: differences.fold(0.0, f32::max),
            largest_logit: plain.logits.iter().fold(0.0, |largest, logit| largest.max(logit.abs())),
            bytes: self.int8_file(int8)?.len(),
            f32_bytes: crate::onnx::to_bytes(self).map_err(unwritten)?.len(),
        };
        Ok((scores, predictions))
    }
}

#[cfg(feature = "flex")]
fn unwritten(error: anyhow::Error) -> TrainError {
    TrainError::Trained(format!("cannot write the model as ONNX: {error:#}"))
}

#[cfg(not(feature = "flex"))]
impl TrainedModel {
    /// Refuses: integers are computed on the CPU's kernels.
    ///
    /// # Errors
    /// Always.
    pub fn int8(&self, _: &Examples) -> Result<Int8Network, TrainError> {
        Err(without_flex())
    }

    /// Refuses: integers are computed on the CPU's kernels.
    ///
    /// # Errors
    /// Always.
    pub fn int8_onnx(&self, train: &Examples) -> Result<Vec<u8>, TrainError> {
        match self.int8(train)? {}
    }

    pub(crate) fn measure_int8(
        &self,
        int8: &Int8Network,
        _: &Splits,
        _: &Examples,
        _: &Predictions,
    ) -> Result<(Int8Scores, Predictions), TrainError> {
        match *int8 {}
    }
}

#[cfg(not(feature = "flex"))]
fn without_flex() -> TrainError {
    TrainError::Trained("8-bit integers are for the CPU's kernels, and this program was built without the feature flex; build it with that".to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use zoo_core::{Inputs, Table};

    #[test]
    fn calibration_takes_examples_from_all_of_the_split_and_the_same_each_time() {
        let examples = |count: usize| {
            let table = Table { columns: vec!["x".into()], values: (0..count).map(|value| value as f32).collect() };
            Examples::of_classes(Inputs::Table(table), vec![0; count])
        };
        let chosen = |count| match calibration(&examples(count)).inputs {
            Inputs::Table(table) => table.values,
            Inputs::Images(_) => vec![],
        };
        assert_eq!(chosen(3), [0.0, 1.0, 2.0]);
        let found = chosen(5_120);
        assert_eq!((found.len(), found[0], found[1], found[511]), (512, 0.0, 10.0, 5_110.0));
        assert_eq!(chosen(1_000).len(), 512);
    }
}
