//! The weights that ship with the network.

use crate::{Speednet, SpeednetConfig};
use burn::tensor::Device;
use zoo_core::weights::WeightsError;

zoo_core::shipped_weights! {
    /// The weights that ship with the network of the speed record.
    ///
    /// ```
    /// use zoo_speednet::SpeednetWeights;
    ///
    /// let weights = SpeednetWeights::Small;
    /// assert_eq!(weights.class_names()[3], "cat");
    /// assert_eq!((weights.parameters(), weights.preprocessing().input_shape), (146_754, &[3, 32, 32][..]));
    /// println!("{:.2} % of CIFAR-10's test images", 100.0 * weights.metrics().accuracy);
    /// ```
    pub enum SpeednetWeights of SpeednetConfig {
        /// CIFAR-10, at the record's own width, in 16 bits.
        Cifar10 = "speednet_cifar10" if "cifar10",
        /// EMNIST Letters, at half of the record's width in the first block and at three eighths in the others.
        Emnist = "speednet_emnist" if "emnist",
        /// CIFAR-10, at half of the record's width in the first block and at a quarter in the others.
        Small = "speednet_small" if "small",
    }
}

impl Speednet {
    /// The network with trained weights, ready for inference; [`Module::train`](burn::module::Module::train) makes it trainable
    /// on a device with autodiff.
    ///
    /// ```
    /// use burn::tensor::Device;
    /// use zoo_speednet::{Speednet, SpeednetWeights};
    ///
    /// let (weights, device) = (SpeednetWeights::Small, Device::flex());
    /// let model = Speednet::pretrained(weights, &device)?;
    ///
    /// let image = [128; 3 * 32 * 32]; // red, green, blue, each row by row
    /// let probabilities = model.probabilities(weights.preprocessing().images(&image, &device)?); // [1, 10]
    /// let class = probabilities.argmax(1).into_scalar::<i32>() as usize;
    /// println!("a gray square looks like: {}", weights.class_names()[class]);
    /// # Ok::<(), zoo_speednet::WeightsError>(())
    /// ```
    ///
    /// # Errors
    /// If the file compiled in is not the one that was recorded.
    pub fn pretrained(weights: SpeednetWeights, device: &Device) -> Result<Self, WeightsError> {
        weights.shipped().open()?.build::<SpeednetConfig>(device)
    }
}
