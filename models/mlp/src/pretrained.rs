//! The weights that ship with the perceptron.

use crate::{Activation, Mlp, MlpConfig};
use burn::nn::Initializer;
use burn::tensor::Device;
use zoo_weights::{Weights, WeightsError};

zoo_weights::shipped_weights! {
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
    pub enum MlpWeights {
        /// Breast Cancer Wisconsin: benign or malignant, from 30 measurements.
        BreastCancer = "mlp_breast_cancer",
        /// Handwritten digits of 8x8 gray levels.
        Digits = "mlp_digits",
        /// EMNIST's handwritten letters, with the two small hidden layers of its source.
        Emnist = "mlp_emnist",
        /// EMNIST's handwritten letters, with wider layers.
        EmnistWide = "mlp_emnist_wide",
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
        let weights = weights.shipped().open()?;
        let model = config(&weights)?.init(device);
        weights.install(model)
    }
}

/// The sizes are those of the tensors; what no tensor shows is in the recipe.
fn config(weights: &Weights) -> Result<MlpConfig, WeightsError> {
    let layers = (0..).map_while(|layer| weights.side(&format!("hidden.{layer}.linear.weight"), 1).ok());
    let hidden: Vec<usize> = layers.collect();
    let first = if hidden.is_empty() { "output.weight" } else { "hidden.0.linear.weight" };
    Ok(MlpConfig::new(weights.side(first, 0)?, hidden, weights.side("output.weight", 1)?)
        .with_activation(activation(weights)?)
        .with_batch_norm(weights.side("hidden.0.norm.gamma", 0).is_ok())
        .with_weights(Initializer::Zeros))
}

fn activation(weights: &Weights) -> Result<Activation, WeightsError> {
    const KEY: &str = "model.activation";
    let found = weights.facts.recipe_text(KEY).unwrap_or_default();
    Ok(match found.as_str() {
        "relu" => Activation::Relu,
        "leaky_relu" => Activation::LeakyRelu,
        "elu" => Activation::Elu,
        "selu" => Activation::Selu,
        "gelu" => Activation::Gelu,
        "sigmoid" => Activation::Sigmoid,
        "tanh" => Activation::Tanh,
        "softplus" => Activation::Softplus,
        _ => {
            let expected = "relu, leaky_relu, elu, selu, gelu, sigmoid, tanh or softplus";
            return Err(WeightsError::Recipe { key: KEY, found, expected });
        }
    })
}
