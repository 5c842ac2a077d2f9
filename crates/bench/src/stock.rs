//! The zoo's networks from Burn's own layers: what a user without the zoo would write.

use crate::layers::{CONVOLUTION_BLOCKS, Then};
use anyhow::{Context, Result, bail};
use burn::module::{Module, Param};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::loss::{BinaryCrossEntropyLossConfig, CrossEntropyLossConfig};
use burn::nn::pool::{AvgPool2d, AvgPool2dConfig, MaxPool2d, MaxPool2dConfig};
use burn::nn::{Linear, LinearConfig, PaddingConfig2d};
use burn::optim::decay::WeightDecayConfig;
use burn::optim::{AdamConfig, ModuleOptimizer};
use burn::tensor::activation::{elu, relu};
use burn::tensor::{Device, Int, Tensor};
use trainer::network::Network;
use zoo_recipe::{Activation, Loss, Model, Optimizer, Recipe, WeightDecay};

/// Convolutions, if any, then linear layers.
#[derive(Module, Debug)]
pub struct StockNetwork {
    convolutions: Vec<Conv2d>,
    linears: Vec<Linear>,
    max_pool: MaxPool2d,
    average_pool: AvgPool2d,
}

impl StockNetwork {
    /// The same network as `network`, with a copy of its weights, trainable on `device`.
    ///
    /// # Errors
    /// If the model is one that this copy does not know.
    pub fn copy(recipe: &Recipe, network: &Network, device: &Device) -> Result<Self> {
        if let Model::Mlp { activation, dropout, batch_norm, .. } = &recipe.model
            && (*activation != Activation::Elu || *dropout != 0.0 || *batch_norm)
        {
            bail!("the stock perceptron of the benchmark knows ELU alone; {} wants more", recipe.name);
        }
        let tensors = network.named_tensors();
        let mut stock = Self {
            convolutions: Vec::new(),
            linears: Vec::new(),
            max_pool: MaxPool2dConfig::new([2, 2]).init(),
            average_pool: AvgPool2dConfig::new([2, 2]).init(),
        };
        for [(name, weight), (_, bias)] in tensors.as_chunks().0 {
            match weight.shape().num_dims() {
                4 => stock.convolutions.push(convolution(name, weight, bias, device)?),
                _ => stock.linears.push(linear(weight, bias, device)),
            }
        }
        Ok(stock.train())
    }

    /// Logits `[batch, outputs]` of examples `[batch, features]`.
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let x = if self.convolutions.is_empty() { x } else { self.convolve(x) };
        let (last, hidden) = self.linears.split_last().expect("every network has an output layer");
        let x = hidden.iter().fold(x, |x, layer| elu(layer.forward(x), 1.0));
        last.forward(x)
    }

    fn convolve(&self, x: Tensor<2>) -> Tensor<2> {
        let [batch, features] = x.dims();
        let side = zoo_cnn::IMAGE_SIZE;
        let x = x.reshape([batch, features / (side * side), side, side]);
        let layers = self.convolutions.iter().zip(&CONVOLUTION_BLOCKS);
        let x = layers.fold(x, |x, (layer, block)| {
            let x = layer.forward(x);
            match block.then {
                Then::MaxPoolRelu => relu(self.max_pool.forward(x)),
                Then::ReluAveragePool => self.average_pool.forward(relu(x)),
                Then::Relu => relu(x),
            }
        });
        x.flatten(1, 3)
    }
}

fn convolution(
    name: &str,
    weight: &burn::tensor::TensorData,
    bias: &burn::tensor::TensorData,
    device: &Device,
) -> Result<Conv2d> {
    let block = CONVOLUTION_BLOCKS.iter().find(|block| name.strip_suffix(".weight") == Some(block.name));
    let block = block.with_context(|| format!("the benchmark's table of convolutions has no {name}"))?;
    let padding = if block.same_size { PaddingConfig2d::Same } else { PaddingConfig2d::Valid };
    let shape = weight.shape();
    let mut layer = Conv2dConfig::new([shape[1], shape[0]], [shape[2], shape[3]])
        .with_padding(padding)
        .init(&device.clone().inner());
    layer.weight = parameter(weight, device);
    layer.bias = Some(parameter(bias, device));
    Ok(layer)
}

fn linear(weight: &burn::tensor::TensorData, bias: &burn::tensor::TensorData, device: &Device) -> Linear {
    let shape = weight.shape();
    let mut layer = LinearConfig::new(shape[0], shape[1]).init(&device.clone().inner());
    layer.weight = parameter(weight, device);
    layer.bias = Some(parameter(bias, device));
    layer
}

fn parameter<const D: usize>(data: &burn::tensor::TensorData, device: &Device) -> Param<Tensor<D>> {
    Param::from_data(data.clone(), &device.clone().inner())
}

/// Burn's own loss of that name, `[1]`.
///
/// # Errors
/// If Burn has none of it.
pub fn loss(kind: &Loss, logits: Tensor<2>, labels: Tensor<1, Int>) -> Result<Tensor<1>> {
    let device = logits.device();
    Ok(match kind {
        Loss::CrossEntropy { label_smoothing: 0.0 } => {
            CrossEntropyLossConfig::new().init(&device).forward(logits, labels)
        }
        Loss::BinaryCrossEntropy { positive_weight: 1.0 } => {
            let loss = BinaryCrossEntropyLossConfig::new().with_logits(true).init(&device);
            loss.forward(logits, labels.unsqueeze_dim(1))
        }
        kind => bail!("the benchmark has no stock loss for {kind:?}"),
    })
}

/// Burn's own optimizer with the recipe's constants.
///
/// # Errors
/// If it is not Adam.
pub fn optimizer(recipe: &Recipe) -> Result<ModuleOptimizer> {
    let Optimizer::Adam { beta1, beta2, epsilon } = recipe.optimizer else {
        bail!("the benchmark has no stock optimizer for {:?}", recipe.optimizer);
    };
    let config = AdamConfig::new().with_beta_1(beta1 as f32).with_beta_2(beta2 as f32).with_epsilon(epsilon as f32);
    let decay = match recipe.regularization.weight_decay {
        WeightDecay::None => None,
        WeightDecay::L2 { rate } => Some(WeightDecayConfig::new(rate as f32)),
        WeightDecay::Decoupled { .. } => bail!("the benchmark has no stock Adam with decoupled weight decay"),
    };
    Ok(config.with_weight_decay(decay).init())
}
