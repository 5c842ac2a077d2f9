//! The weights that ship with the model.

use crate::{LogisticRegression, LogisticRegressionConfig};
use burn::tensor::Device;
use zoo_core::weights::WeightsError;

zoo_core::shipped_weights! {
    /// The weights that ship with logistic regression.
    ///
    /// ```
    /// use zoo_logistic_regression::LogisticRegressionWeights;
    ///
    /// let weights = LogisticRegressionWeights::BreastCancer;
    /// assert_eq!(weights.class_names(), ["benign", "malignant"]);
    /// assert_eq!((weights.parameters(), weights.preprocessing().columns.len()), (31, 30));
    /// println!("{:.2} % of the test rows", 100.0 * weights.metrics().accuracy);
    /// ```
    pub enum LogisticRegressionWeights of LogisticRegressionConfig {
        /// Breast Cancer Wisconsin: benign or malignant, from 30 measurements.
        BreastCancer = "logistic_breast_cancer" if "breast_cancer",
        /// CIFAR-10: a cat or not.
        Cifar10 = "logistic_cifar10" if "cifar10",
    }
}

impl LogisticRegression {
    /// The model with trained weights, ready for inference; [`Module::train`](burn::module::Module::train) makes it trainable
    /// on a device with autodiff.
    ///
    /// ```
    /// use burn::tensor::Device;
    /// use zoo_logistic_regression::{LogisticRegression, LogisticRegressionWeights};
    ///
    /// let (weights, device) = (LogisticRegressionWeights::BreastCancer, Device::flex());
    /// let model = LogisticRegression::pretrained(weights, &device)?;
    ///
    /// let preprocessing = weights.preprocessing();
    /// let average = &preprocessing.normalizer.mean; // of each of the 30 columns, in the order of preprocessing.columns
    /// let probability = model.probabilities(preprocessing.rows(average, &device)?); // [1, 1]
    /// println!("{}: {:.3}", weights.class_names()[1], probability.into_scalar::<f32>());
    /// # Ok::<(), zoo_logistic_regression::WeightsError>(())
    /// ```
    ///
    /// # Errors
    /// If the file compiled in is not the one that was recorded.
    pub fn pretrained(weights: LogisticRegressionWeights, device: &Device) -> Result<Self, WeightsError> {
        weights.shipped().open()?.build::<LogisticRegressionConfig>(device)
    }
}
