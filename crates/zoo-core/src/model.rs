//! What a model of the zoo is: a config that makes it, and a network that gives logits.

use std::fmt::Debug;

use burn::module::Module;
use burn::tensor::activation::{sigmoid, softmax};
use burn::tensor::{Device, Tensor};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::weights::{Shipped, parameters};
use crate::{Batcher, Examples};

/// What a model is made from: its section of a recipe, `[model.KEY]`.
///
/// The sizes of the network's ends are not part of it, as they follow from the data and the loss.
pub trait ModelConfig: Clone + Debug + PartialEq + Serialize + DeserializeOwned {
    /// Its name in a recipe: `cnn`.
    const KEY: &'static str;

    /// What it is, in a sentence, for those who look it up by [`KEY`](Self::KEY).
    const MEANING: &'static str;

    /// How many logits it can give.
    const OUTPUTS: Outputs;

    /// Whether it has convolutions, which some optimizers are for.
    const HAS_CONVOLUTIONS: bool = false;

    /// The network.
    type Model: LogitModule;

    /// Refuses sizes that the network cannot have.
    ///
    /// # Errors
    /// With what it can.
    fn check(&self, sizes: &Sizes) -> Result<(), Misfit> {
        let _ = sizes;
        Ok(())
    }

    /// The fewest examples of a training batch.
    fn smallest_batch(&self) -> usize {
        1
    }

    /// Builds the network on `device`, its initial values drawn in forward order, so that a seed decides them: by
    /// [`Initializer::init`](crate::Initializer::init) or [`drawn`](crate::drawn), which leave them out where a file's values follow.
    ///
    /// # Panics
    ///
    /// If [`check`](Self::check) refuses the sizes.
    fn init(&self, sizes: &Sizes, device: &Device) -> Self::Model;

    /// The network with what it starts from training examples rather than from a seed, where it has such parts.
    fn start_from(&self, model: Self::Model, batcher: &Batcher, train: &Examples) -> Self::Model {
        let _ = (batcher, train);
        model
    }

    /// The weights that ship with it; none without the crate's feature `pretrained`.
    fn shipped() -> Vec<&'static Shipped> {
        Vec::new()
    }
}

/// The sizes of a network's two ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// The shape of one example: `[channels, height, width]` or `[columns]`.
    pub input: Vec<usize>,
    /// Logits per example: one per class, or a single one for two classes.
    pub outputs: usize,
}

/// How many logits a model can give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outputs {
    /// One, for two classes.
    One,
    /// One per class.
    PerClass,
    /// One per class, or a single one for two classes.
    Either,
}

/// A key of a recipe whose value does not fit the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The key, dotted from the top: `data.name`.
    pub key: &'static str,
    /// What the model accepts there.
    pub accepted: String,
}

/// What SELU multiplies `exp(x) - 1` by below zero, before [`SELU_SCALE`]: Klambauer et al., "Self-Normalizing Neural Networks" (2017),
/// equation 14, and ONNX's operator `Selu`.
pub const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;

/// What SELU multiplies everything by: the same equation.
pub const SELU_SCALE: f64 = 1.050_700_987_355_480_5;

/// What Burn's batch normalization adds to a variance unless told otherwise.
pub const BATCH_NORM_EPSILON: f32 = 1e-5;

/// A batch of inputs, as a model takes it.
#[derive(Clone, Debug)]
pub enum InputBatch {
    /// `[batch, channels, height, width]`.
    Images(Tensor<4>),
    /// `[batch, columns]`.
    Rows(Tensor<2>),
}

/// A network that gives logits. Its last layer is linear, with biases, in the field `output`: a weights file and an export have
/// the number of logits from `output.bias`.
pub trait LogitModule: Module {
    /// Logits `[batch, outputs]`.
    ///
    /// # Panics
    ///
    /// If the inputs are not of the shape that the network was made for.
    fn logits(&self, inputs: InputBatch) -> Tensor<2>;

    /// What it computes, layer by layer, for those who write it down for other programs.
    fn layers(&self) -> Vec<Layer>;

    /// The network made ready to answer on the CPU, for inputs of that shape without the batch; `None` where a layer is not for the kernels,
    /// or they are off: then the model itself answers.
    ///
    /// It takes its parameters as they are now, has running statistics folded into them, and gives the same logits but for rounding.
    #[cfg(feature = "flex")]
    fn prepare(&self, input_shape: &[usize]) -> Option<zoo_kernels::PreparedNetwork> {
        crate::prepared::prepare(&parameters(self), &self.layers(), input_shape)
    }

    /// The same in integers of 8 bits, calibrated on inputs as the model sees them, one after another: some hundred of those it was trained
    /// on. Its logits are near the model's own, and the same bits for every instruction set; with ReLU alone also on every platform.
    ///
    /// # Errors
    ///
    /// With what it takes, if a layer is not for it, or the inputs cannot be calibrated on.
    #[cfg(feature = "flex")]
    fn prepare_int8(
        &self,
        input_shape: &[usize],
        calibration: &[f32],
    ) -> Result<zoo_kernels::Int8Network, crate::Int8ModelError> {
        crate::prepared::prepare_int8(&parameters(self), &self.layers(), input_shape, calibration)
    }
}

/// A step of a network. Layers with parameters go by the name of theirs in the module: `conv1` has `conv1.weight` and `conv1.bias`.
#[derive(Clone, Debug, PartialEq)]
pub enum Layer {
    /// A convolution of stride 1 with so many zeros around.
    Convolution {
        /// Its parameters' name.
        name: String,
        /// Zeros on each side.
        padding: usize,
    },
    /// The largest value of windows of 2x2.
    MaxPool,
    /// The mean of windows of 2x2.
    AveragePool,
    /// The largest value of each channel.
    GlobalMaxPool,
    /// All values of an example in one row.
    Flatten,
    /// `x W + b`.
    Linear {
        /// Its parameters' name.
        name: String,
    },
    /// Normalization by running statistics.
    BatchNorm {
        /// Its parameters' name.
        name: String,
    },
    /// Every value times a constant.
    Scale {
        /// The constant.
        factor: f32,
    },
    /// A function of every value, by the name of its ONNX operator.
    Elementwise {
        /// `Relu`.
        operator: &'static str,
        /// Its attribute `alpha`, if it has one.
        alpha: Option<f32>,
    },
}

impl InputBatch {
    /// The images `[batch, channels, height, width]`.
    ///
    /// # Panics
    ///
    /// If these are rows of a table.
    pub fn images(self) -> Tensor<4> {
        match self {
            InputBatch::Images(images) => images,
            InputBatch::Rows(rows) => panic!("a model of images is given rows of {} numbers", rows.dims()[1]),
        }
    }

    /// One row per example, `[batch, features]`.
    pub fn flat(self) -> Tensor<2> {
        match self {
            InputBatch::Images(images) => images.flatten(1, 3),
            InputBatch::Rows(rows) => rows,
        }
    }
}

impl Layer {
    /// The linear layer of that name.
    pub fn linear(name: impl Into<String>) -> Layer {
        Layer::Linear { name: name.into() }
    }
}

/// Multiply-accumulates (MACs) of one example's forward pass: one for each use of a weight of a linear layer or a convolution.
pub fn macs(model: &impl LogitModule, input: &[usize]) -> u64 {
    let parameters = parameters(model);
    let shape_of = |name: &str| {
        let found = parameters.iter().find(|(known, _)| known.strip_suffix(".weight") == Some(name));
        found.map(|(_, data)| data.shape().to_vec()).unwrap_or_default()
    };
    let mut side = input.get(1).copied().unwrap_or(1);
    let mut macs = 0;
    for layer in model.layers() {
        match layer {
            Layer::Convolution { name, padding } => {
                let weight = shape_of(&name);
                side = side + 2 * padding + 1 - weight[2];
                macs += weight.iter().product::<usize>() * side * side;
            }
            Layer::MaxPool | Layer::AveragePool => side /= 2,
            Layer::GlobalMaxPool => side = 1,
            Layer::Linear { name } => macs += shape_of(&name).iter().product::<usize>(),
            Layer::Flatten | Layer::BatchNorm { .. } | Layer::Scale { .. } | Layer::Elementwise { .. } => {}
        }
    }
    macs as u64
}

/// Probabilities `[batch, outputs]` of logits, each row summing to 1; of a single logit `[batch, 1]`, that of class 1.
pub fn probabilities_of(logits: Tensor<2>) -> Tensor<2> {
    match logits.dims() {
        [_, 1] => sigmoid(logits),
        _ => softmax(logits, 1),
    }
}

#[cfg(test)]
mod tests {
    use burn::nn::conv::{Conv2d, Conv2dConfig};
    use burn::nn::{Linear, LinearConfig};

    use super::*;

    /// A convolution, a pool and a linear layer for images `[1, 8, 8]`.
    #[derive(Module, Debug)]
    struct Small {
        conv: Conv2d,
        output: Linear,
    }

    fn small() -> Small {
        let device = Device::flex();
        Small {
            conv: Conv2dConfig::new([1, 2], [3, 3]).init(&device),
            output: LinearConfig::new(2 * 3 * 3, 5).init(&device),
        }
    }

    impl LogitModule for Small {
        fn logits(&self, inputs: InputBatch) -> Tensor<2> {
            self.output.forward(self.conv.forward(inputs.images()).flatten(1, 3))
        }

        fn layers(&self) -> Vec<Layer> {
            let conv = Layer::Convolution { name: "conv".to_string(), padding: 0 };
            vec![conv, Layer::MaxPool, Layer::Flatten, Layer::linear("output")]
        }
    }

    #[test]
    fn macs_count_each_use_of_a_weight() {
        // 2 filters of 3x3 at 6x6 places; then 18 values to 5 logits.
        assert_eq!(macs(&small(), &[1, 8, 8]), 18 * 36 + 18 * 5);
        // 10 - 2 = 8 places per side, halved to 4: the convolution costs more, the linear layer is what it is.
        assert_eq!(macs(&small(), &[1, 10, 10]), 18 * 64 + 18 * 5);
    }

    #[test]
    fn a_single_logit_is_a_probability_and_several_sum_to_one() {
        let device = Device::flex();
        let values = |logits: Tensor<2>| probabilities_of(logits).into_data().try_to_vec::<f32>().unwrap_or_default();
        assert_eq!(values(Tensor::zeros([2, 1], &device)), [0.5; 2]);
        assert_eq!(values(Tensor::ones([1, 4], &device)), [0.25; 4]);
    }

    #[test]
    fn images_are_rows_of_features_for_models_that_want_them() {
        let device = Device::flex();
        let images = Tensor::from_floats([[[[0.0, 1.0]], [[2.0, 3.0]]], [[[4.0, 5.0]], [[6.0, 7.0]]]], &device);
        let rows = InputBatch::Images(images).flat();
        assert_eq!(rows.dims(), [2, 4]);
        let values = rows.into_data().try_to_vec::<f32>().unwrap_or_default();
        assert_eq!(values, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
    }

    #[test]
    #[should_panic(expected = "a model of images is given rows of 3 numbers")]
    fn rows_are_no_images() {
        InputBatch::Rows(Tensor::zeros([1, 3], &Device::flex())).images();
    }
}
