//! The weights that ship with the perceptron.

use crate::{Mlp, MlpConfig};
use burn::tensor::Device;
use zoo_core::weights::WeightsError;

zoo_core::shipped_weights! {
    /// The weights that ship with the multi-layer perceptron.
    ///
    /// ```
    /// use zoo_mlp::MlpWeights;
    ///
    /// let weights = MlpWeights::Emnist;
    /// assert_eq!(weights.class_names()[25], "Z");
    /// assert_eq!((weights.parameters(), weights.preprocessing().input_shape), (13_274, &[1, 28, 28][..]));
    /// println!("{:.2} % of EMNIST's test letters", 100.0 * weights.metrics().accuracy);
    /// ```
    pub enum MlpWeights of MlpConfig {
        /// Breast Cancer Wisconsin: benign or malignant, from 30 measurements.
        BreastCancer = "mlp_breast_cancer" if "breast_cancer",
        /// Handwritten digits of 8x8 gray levels.
        Digits = "mlp_digits" if "digits",
        /// EMNIST's handwritten letters, with the two small hidden layers of its source.
        Emnist = "mlp_emnist" if "emnist",
        /// EMNIST's handwritten letters, with wider layers.
        EmnistWide = "mlp_emnist_wide" if "emnist_wide",
    }
}

impl Mlp {
    /// The perceptron with trained weights, ready for inference; [`Module::train`](burn::module::Module::train) makes it
    /// trainable on a device with autodiff.
    ///
    /// ```
    /// use burn::tensor::Device;
    /// use zoo_mlp::{Mlp, MlpWeights};
    ///
    /// let (weights, device) = (MlpWeights::Emnist, Device::flex());
    /// let model = Mlp::pretrained(weights, &device)?;
    ///
    /// let letter = [0; 28 * 28]; // white on black, 0 to 255
    /// let probabilities = model.probabilities(weights.preprocessing().images(&letter, &device)?); // [1, 26]
    /// let class = probabilities.argmax(1).into_scalar::<i32>() as usize;
    /// println!("an empty sheet looks like a {}", weights.class_names()[class]);
    /// # Ok::<(), zoo_mlp::WeightsError>(())
    /// ```
    ///
    /// # Errors
    /// If the file compiled in is not the one that was recorded.
    pub fn pretrained(weights: MlpWeights, device: &Device) -> Result<Self, WeightsError> {
        weights.shipped().open()?.build::<MlpConfig>(device)
    }
}
