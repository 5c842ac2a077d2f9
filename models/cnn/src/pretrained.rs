//! The weights that ship with the network.

use crate::{Cnn, CnnConfig};
use burn::tensor::Device;
use zoo_core::weights::WeightsError;

zoo_core::shipped_weights! {
    /// The weights that ship with the five-block network.
    ///
    /// ```
    /// use zoo_cnn::CnnWeights;
    ///
    /// let weights = CnnWeights::Cifar10;
    /// assert_eq!(weights.class_names()[3], "cat");
    /// assert_eq!((weights.parameters(), weights.preprocessing().input_shape), (145_578, &[3, 32, 32][..]));
    /// assert_eq!(CnnWeights::from_name(weights.name()), Some(weights));
    /// println!("{:.2} % of CIFAR-10's test images", 100.0 * weights.metrics().accuracy);
    /// ```
    pub enum CnnWeights of CnnConfig {
        /// CIFAR-10, trained for 10 epochs as the thesis has it.
        Cifar10 = "cnn_cifar10" if "cifar10",
        /// CIFAR-10, trained as well as the zoo knows how.
        Cifar10Best = "cnn_cifar10_best" if "cifar10_best",
        /// CIFAR-10, trained to the thesis's accuracy in seconds.
        Cifar10Fast = "cnn_cifar10_fast" if "cifar10_fast",
        /// Handwritten digits of 8x8 gray levels, enlarged to 32x32 and three equal channels.
        Digits = "cnn_digits" if "digits",
        /// Handwritten letters of 28x28 gray levels, in the middle of 32x32.
        Emnist = "cnn_emnist" if "emnist",
    }
}

impl Cnn {
    /// The network with trained weights, ready for inference; [`Module::train`](burn::module::Module::train) makes it trainable
    /// on a device with autodiff.
    ///
    /// ```
    /// use burn::tensor::Device;
    /// use zoo_cnn::{Cnn, CnnWeights};
    ///
    /// let (weights, device) = (CnnWeights::Cifar10Best, Device::flex());
    /// let model = Cnn::pretrained(weights, &device)?;
    ///
    /// let image = [128; 3 * 32 * 32]; // red, green, blue, each row by row
    /// let probabilities = model.probabilities(weights.preprocessing().images(&image, &device)?); // [1, 10]
    /// let class = probabilities.argmax(1).into_scalar::<i32>() as usize;
    /// println!("a gray square looks like: {}", weights.class_names()[class]);
    /// # Ok::<(), zoo_cnn::WeightsError>(())
    /// ```
    ///
    /// # Errors
    /// If the file compiled in is not the one that was recorded.
    pub fn pretrained(weights: CnnWeights, device: &Device) -> Result<Self, WeightsError> {
        weights.shipped().open()?.build::<CnnConfig>(device)
    }
}
