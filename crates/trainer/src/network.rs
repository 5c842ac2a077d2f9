//! The zoo's models behind one type, built from a recipe and taken apart into named tensors.

use anyhow::{Result, bail};
use burn::module::Module;
use burn::nn::Initializer;
use burn::tensor::{Device, Tensor, TensorData};
use zoo_cnn::{Cnn, CnnConfig};
use zoo_logistic_regression::{LogisticRegression, LogisticRegressionConfig};
use zoo_mlp::{Mlp, MlpConfig};
use zoo_recipe::{Activation, Loss, Model, Recipe};
use zoo_softmax::{Softmax, SoftmaxConfig};
use zoo_weights::{Numbering, install, parameters};

/// A model of the zoo.
#[derive(Module, Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one network a run, not a list of them")]
pub enum Network {
    /// One logit.
    LogisticRegression(LogisticRegression),
    /// One linear layer, a logit a class.
    Softmax(Softmax),
    /// Hidden layers between.
    Mlp(Mlp),
    /// The five-block convolutional network.
    Cnn(Cnn),
}

/// A parameter's name in its module (`conv1.weight`) and its values, always f32.
pub type NamedTensor = zoo_weights::Parameter;

impl Network {
    /// The model a recipe asks for, for examples of `shape` (`[channels, height, width]` or `[columns]`) and that many classes.
    ///
    /// Initial values are drawn on the CPU where the `flex` backend is compiled in, so a seed gives the same start on every device.
    /// Parameters are numbered in forward order, which lets an optimizer's state find them again after a restart.
    ///
    /// # Errors
    /// If the model cannot take examples of this shape.
    pub fn init(recipe: &Recipe, shape: &[usize], classes: usize, seed: u64, device: &Device) -> Result<Self> {
        let host = host(device);
        host.seed(seed);
        let network = build(recipe, shape, classes, &host)?;
        let tensors = network.named_tensors();
        let network = network.fork(device).install(&tensors)?;
        Ok(network.train())
    }

    /// The same model with other filters in the first convolution, where it has one.
    ///
    /// # Errors
    /// If the filters are of another shape.
    pub fn with_first_filters(self, filters: TensorData) -> Result<Self> {
        let mut tensors = self.named_tensors();
        if let Some((_, data)) = tensors.iter_mut().find(|(name, _)| name == FIRST_FILTERS) {
            *data = filters;
        }
        Ok(self.install(&tensors)?.train())
    }

    /// Logits `[batch, outputs]` of examples `[batch, features]`.
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        match self {
            Self::LogisticRegression(model) => model.forward(x),
            Self::Softmax(model) => model.forward(x),
            Self::Mlp(model) => model.forward(x),
            Self::Cnn(model) => {
                let [batch, features] = x.dims();
                let side = zoo_cnn::IMAGE_SIZE;
                model.forward(x.reshape([batch, features / (side * side), side, side]))
            }
        }
    }

    /// The number of trainable parameters: running statistics of batch norm are not among them.
    pub fn parameters(&self) -> usize {
        let trainable = |(name, _): &&NamedTensor| !name.ends_with(".running_mean") && !name.ends_with(".running_var");
        self.named_tensors().iter().filter(trainable).map(|(_, data)| data.num_elements()).sum()
    }

    /// Multiplications of a weight with a value, each with an addition, that one example costs forward.
    pub fn multiply_adds(&self) -> u64 {
        let matrices =
            |(_, data): &(String, TensorData)| (data.shape().num_dims() == 2).then(|| data.num_elements() as u64);
        match self {
            Self::Cnn(model) => model.multiply_adds(),
            _ => self.named_tensors().iter().filter_map(matrices).sum(),
        }
    }

    /// Every parameter and running statistic in forward order, named as in the model's own module.
    pub fn named_tensors(&self) -> Vec<NamedTensor> {
        match &self.valid() {
            Self::LogisticRegression(model) => parameters(model),
            Self::Softmax(model) => parameters(model),
            Self::Mlp(model) => parameters(model),
            Self::Cnn(model) => parameters(model),
        }
    }

    /// The same model with these values, outside any autodiff graph: [`Module::train`] makes it trainable again.
    ///
    /// # Errors
    /// If a tensor is missing, left over or of another shape: the weights are another model's.
    pub fn install(self, tensors: &[NamedTensor]) -> Result<Self> {
        Ok(match self {
            Self::LogisticRegression(model) => Self::LogisticRegression(install(model, tensors, Numbering::InOrder)?),
            Self::Softmax(model) => Self::Softmax(install(model, tensors, Numbering::InOrder)?),
            Self::Mlp(model) => Self::Mlp(install(model, tensors, Numbering::InOrder)?),
            Self::Cnn(model) => Self::Cnn(install(model, tensors, Numbering::InOrder)?),
        })
    }
}

/// The name of the first convolution's weight.
const FIRST_FILTERS: &str = "conv1.weight";

/// Where initial values are drawn: the backend whose random numbers we can promise.
fn host(device: &Device) -> Device {
    #[cfg(feature = "flex")]
    {
        let _ = device;
        Device::flex()
    }
    #[cfg(not(feature = "flex"))]
    device.clone().inner()
}

/// Far above any model of the zoo, and below what would exhaust a small machine's memory.
const LARGEST: u128 = 1 << 28;

/// Refuses widths that no machine could hold, before any of it is allocated.
fn check_size(recipe: &Recipe, features: usize, outputs: usize) -> Result<()> {
    let Model::Mlp { hidden, .. } = &recipe.model else {
        return Ok(());
    };
    let widths: Vec<u128> = [features].iter().chain(hidden).chain([&outputs]).map(|width| *width as u128).collect();
    let weights: u128 = widths.windows(2).map(|pair| pair[0] * pair[1]).sum();
    if weights > LARGEST {
        bail!("model.hidden = {hidden:?} makes {weights} weights, expected at most {LARGEST}; choose smaller widths");
    }
    Ok(())
}

fn build(recipe: &Recipe, shape: &[usize], classes: usize, device: &Device) -> Result<Network> {
    let features = shape.iter().product();
    let outputs = match recipe.loss {
        Loss::BinaryCrossEntropy { .. } => 1,
        _ => classes,
    };
    check_size(recipe, features, outputs)?;
    Ok(match &recipe.model {
        Model::LogisticRegression { weights, biases } => Network::LogisticRegression(
            LogisticRegressionConfig::new(features)
                .with_weights(initializer(weights))
                .with_biases(initializer(biases))
                .init(device),
        ),
        Model::Softmax { weights, biases } => Network::Softmax(
            SoftmaxConfig::new(features, outputs)
                .with_weights(initializer(weights))
                .with_biases(initializer(biases))
                .init(device),
        ),
        Model::Mlp { hidden, activation: function, dropout, batch_norm, weights, biases } => Network::Mlp(
            MlpConfig::new(features, hidden.clone(), outputs)
                .with_activation(activation(*function))
                .with_dropout(*dropout)
                .with_batch_norm(*batch_norm)
                .with_weights(initializer(weights))
                .with_biases(initializer(biases))
                .init(device),
        ),
        Model::Cnn { dropout, weights, biases, .. } => {
            let side = zoo_cnn::IMAGE_SIZE;
            let [channels, height, width] = *shape else {
                bail!("the five-block network wants images, not rows of {features} numbers");
            };
            if (height, width) != (side, side) {
                bail!("the five-block network wants {side}x{side} images, not {width}x{height}");
            }
            Network::Cnn(
                CnnConfig::new()
                    .with_channels(channels)
                    .with_outputs(outputs)
                    .with_dropout(*dropout)
                    .with_weights(initializer(weights))
                    .with_biases(initializer(biases))
                    .init(device),
            )
        }
    })
}

/// The initializer of Burn that a recipe's name stands for.
pub fn initializer(recipe: &zoo_recipe::Initializer) -> Initializer {
    use zoo_recipe::Initializer as By;
    match *recipe {
        By::Zero => Initializer::Zeros,
        By::Constant { value } => Initializer::Constant { value },
        By::Uniform { min, max } => Initializer::Uniform { min, max },
        By::Normal { mean, std } => Initializer::Normal { mean, std },
        By::XavierUniform { gain } => Initializer::XavierUniform { gain },
        By::XavierNormal { gain } => Initializer::XavierNormal { gain },
        By::HeUniform { gain } => Initializer::KaimingUniform { gain, fan_out_only: false },
        By::HeNormal { gain } => Initializer::KaimingNormal { gain, fan_out_only: false },
        By::Orthogonal { gain } => Initializer::Orthogonal { gain },
    }
}

/// The function that a recipe's name stands for.
pub fn activation(recipe: Activation) -> zoo_mlp::Activation {
    match recipe {
        Activation::Relu => zoo_mlp::Activation::Relu,
        Activation::LeakyRelu => zoo_mlp::Activation::LeakyRelu,
        Activation::Elu => zoo_mlp::Activation::Elu,
        Activation::Selu => zoo_mlp::Activation::Selu,
        Activation::Gelu => zoo_mlp::Activation::Gelu,
        Activation::Sigmoid => zoo_mlp::Activation::Sigmoid,
        Activation::Tanh => zoo_mlp::Activation::Tanh,
        Activation::Softplus => zoo_mlp::Activation::Softplus,
    }
}
