//! The weights that ship with the classifier.

use crate::{Softmax, SoftmaxConfig};
use burn::tensor::Device;
use zoo_core::weights::WeightsError;

zoo_core::shipped_weights! {
    /// The weights that ship with the softmax classifier.
    ///
    /// ```
    /// use zoo_softmax::SoftmaxWeights;
    ///
    /// let weights = SoftmaxWeights::Digits;
    /// assert_eq!(weights.class_names()[3], "3");
    /// assert_eq!((weights.parameters(), weights.preprocessing().input_shape), (650, &[1, 8, 8][..]));
    /// println!("{:.2} % of the test digits", 100.0 * weights.metrics().accuracy);
    /// ```
    pub enum SoftmaxWeights of SoftmaxConfig {
        /// CIFAR-10.
        Cifar10 = "softmax_cifar10" if "cifar10",
        /// Handwritten digits of 8x8 gray levels.
        Digits = "softmax_digits" if "digits",
        /// EMNIST's handwritten letters.
        Emnist = "softmax_emnist" if "emnist",
        /// CIFAR-10, trained on the hinge loss: the multi-class support vector machine.
        SvmCifar10 = "svm_cifar10" if "svm_cifar10",
    }
}

impl Softmax {
    /// The classifier with trained weights, ready for inference; [`Module::train`](burn::module::Module::train) makes it
    /// trainable on a device with autodiff.
    ///
    /// ```
    /// use burn::tensor::Device;
    /// use zoo_softmax::{Softmax, SoftmaxWeights};
    ///
    /// let (weights, device) = (SoftmaxWeights::Digits, Device::flex());
    /// let model = Softmax::pretrained(weights, &device)?;
    ///
    /// let image = [0; 8 * 8]; // white on black, 0 to 255
    /// let probabilities = model.probabilities(weights.preprocessing().images(&image, &device)?); // [1, 10]
    /// let class = probabilities.argmax(1).into_scalar::<i32>() as usize;
    /// println!("an empty sheet looks like a {}", weights.class_names()[class]);
    /// # Ok::<(), zoo_softmax::WeightsError>(())
    /// ```
    ///
    /// # Errors
    /// If the file compiled in is not the one that was recorded.
    pub fn pretrained(weights: SoftmaxWeights, device: &Device) -> Result<Self, WeightsError> {
        weights.shipped().open()?.build::<SoftmaxConfig>(device)
    }
}
