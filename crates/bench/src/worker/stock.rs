//! The zoo's networks from Burn's own layers: what a user without the zoo would write.

use super::network::NetworkStep;
use anyhow::{Result, bail};
use burn::module::{Module, Param};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::loss::{BinaryCrossEntropyLossConfig, CrossEntropyLossConfig};
use burn::nn::pool::{AvgPool2d, AvgPool2dConfig, MaxPool2d, MaxPool2dConfig};
use burn::nn::{Linear, LinearConfig, PaddingConfig2d};
use burn::optim::decay::WeightDecayConfig;
use burn::optim::{AdamConfig, ModuleOptimizer};
use burn::tensor::activation::{elu, relu};
use burn::tensor::{Device, Int, Tensor, TensorData};
use zoo_core::InputBatch;
use zoo_mlp::Activation;
use zoo_recipe::{Loss, Model, Optimizer, Recipe, WeightDecay};

/// Convolutions, if any, then linear layers.
#[derive(Module, Debug)]
pub(super) struct StockNetwork {
    convolutions: Vec<Conv2d>,
    linears: Vec<Linear>,
    max_pool: MaxPool2d,
    average_pool: AvgPool2d,
}

/// A recipe's network with these weights, Burn's own loss and Burn's own optimizer, put together as Burn's book does.
pub(super) fn step(
    recipe: Recipe,
    weights: &[(String, TensorData)],
    device: &Device,
    learning_rate: f64,
) -> Result<NetworkStep<StockNetwork>> {
    if let Model::Mlp(config) = &recipe.model
        && (config.activation != Activation::Elu || config.dropout != 0.0 || config.batch_norm)
    {
        bail!("the stock perceptron of the benchmark knows ELU alone; {} wants more", recipe.name);
    }
    let optimizer = optimizer(&recipe)?;
    let loss = move |logits, labels| loss(&recipe.loss, logits, labels);
    let network = StockNetwork::new(weights, device)?.train();
    Ok(NetworkStep::new(network, StockNetwork::forward, loss, (optimizer, learning_rate)))
}

impl StockNetwork {
    /// A weight and a bias per layer, in forward order.
    fn new(weights: &[(String, TensorData)], device: &Device) -> Result<Self> {
        let mut network = Self {
            convolutions: Vec::new(),
            linears: Vec::new(),
            max_pool: MaxPool2dConfig::new([2, 2]).init(),
            average_pool: AvgPool2dConfig::new([2, 2]).init(),
        };
        for [(name, weight), (_, bias)] in weights.as_chunks().0 {
            match weight.shape()[..] {
                [outputs, inputs, height, width] => {
                    // The last one's kernel is as large as what it sees.
                    let last = network.convolutions.len() == 3;
                    let padding = if last { PaddingConfig2d::Valid } else { PaddingConfig2d::Same };
                    let mut layer =
                        Conv2dConfig::new([inputs, outputs], [height, width]).with_padding(padding).init(device);
                    (layer.weight, layer.bias) = (parameter(weight, device), Some(parameter(bias, device)));
                    network.convolutions.push(layer);
                }
                [inputs, outputs] => {
                    let mut layer = LinearConfig::new(inputs, outputs).init(device);
                    (layer.weight, layer.bias) = (parameter(weight, device), Some(parameter(bias, device)));
                    network.linears.push(layer);
                }
                _ => bail!("the benchmark has no stock layer for {name} {:?}", weight.shape()),
            }
        }
        Ok(network)
    }

    /// Logits `[batch, outputs]`.
    fn forward(&self, inputs: InputBatch) -> Tensor<2> {
        let x = if self.convolutions.is_empty() { inputs.flat() } else { self.convolve(inputs.images()) };
        let (last, hidden) = self.linears.split_last().expect("every network has an output layer");
        let x = hidden.iter().fold(x, |x, layer| elu(layer.forward(x), 1.0));
        last.forward(x)
    }

    /// The thesis's table, section 4.3.
    fn convolve(&self, x: Tensor<4>) -> Tensor<2> {
        let [conv1, conv2, conv3, conv4] = self.convolutions.as_slice() else {
            unreachable!("the five-block network has four convolutions");
        };
        let x = relu(self.max_pool.forward(conv1.forward(x))); // [batch, 32, 16, 16]
        let x = self.average_pool.forward(relu(conv2.forward(x))); // [batch, 32, 8, 8]
        let x = self.average_pool.forward(relu(conv3.forward(x))); // [batch, 64, 4, 4]
        relu(conv4.forward(x)).flatten(1, 3) // [batch, 64]
    }
}

fn parameter<const D: usize>(data: &TensorData, device: &Device) -> Param<Tensor<D>> {
    Param::from_data(data.clone(), device)
}

/// Burn's own loss of that name, `[1]`.
fn loss(kind: &Loss, logits: Tensor<2>, labels: Tensor<1, Int>) -> Result<Tensor<1>> {
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
fn optimizer(recipe: &Recipe) -> Result<ModuleOptimizer> {
    let Optimizer::Adam { beta1, beta2, epsilon } = recipe.optimizer else {
        bail!("the benchmark has no stock optimizer for {:?}", recipe.optimizer);
    };
    let config = AdamConfig::new().with_beta_1(beta1 as f32).with_beta_2(beta2 as f32).with_epsilon(epsilon as f32);
    let decay = match recipe.regularization.weight_decay {
        WeightDecay::None => None,
        WeightDecay::L2 { rate } => Some(WeightDecayConfig::new(rate as f32)),
        WeightDecay::Decoupled { .. } | WeightDecay::Normalized { .. } => {
            bail!("the benchmark has no stock Adam with decoupled weight decay")
        }
    };
    Ok(config.with_weight_decay(decay).init())
}
