//! A trained network made ready to answer.

use crate::weights::NamedTensor;
use crate::{BATCH_NORM_EPSILON, Layer, SELU_ALPHA, SELU_SCALE};
use burn::tensor::TensorData;
use std::collections::HashMap;
use zoo_kernels::{Int8Error, Int8Network, NetworkBuilder, Pointwise, Pool, PreparedNetwork};

/// Why a model cannot be one of integers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Int8ModelError {
    /// A layer is not for it.
    #[error(
        "int8 does not take {layer}: it takes convolutions of stride 1 and linear layers, batch normalization right behind them, ReLU and \
         functions of single values other than GELU, and 2x2 pooling"
    )]
    Layer {
        /// In words.
        layer: String,
    },
    /// Its values cannot be brought to integers.
    #[error(transparent)]
    Int8(#[from] Int8Error),
}

/// The network of these parameters, for single inputs as for many. What follows a layer is done while its values are at hand, and a
/// normalization by running statistics becomes part of its weights.
pub(crate) fn prepare(parameters: &[NamedTensor], layers: &[Layer], input_shape: &[usize]) -> Option<PreparedNetwork> {
    builder(parameters, layers, input_shape)?.finish()
}

/// The same in integers, calibrated on inputs one after another.
pub(crate) fn prepare_int8(
    parameters: &[NamedTensor],
    layers: &[Layer],
    input_shape: &[usize],
    calibration: &[f32],
) -> Result<Int8Network, Int8ModelError> {
    // GELU is one of the kernels' in `f32`, but no table of bytes yet.
    let unknown = layers.iter().find_map(|layer| match layer {
        Layer::Elementwise { operator, alpha } if *operator != "Relu" && function(operator, *alpha).is_none() => {
            Some(format!("the function {operator}"))
        }
        _ => None,
    });
    if let Some(layer) = unknown {
        return Err(Int8ModelError::Layer { layer });
    }
    let order = || Int8ModelError::Layer { layer: "the order of this model's layers".to_string() };
    Ok(builder(parameters, layers, input_shape).ok_or_else(order)?.finish_int8(calibration)?)
}

fn builder(parameters: &[NamedTensor], layers: &[Layer], input_shape: &[usize]) -> Option<NetworkBuilder> {
    let values = |data: &TensorData| Some((data.shape().to_vec(), data.try_to_vec::<f32>().ok()?));
    let named = parameters.iter().map(|(name, data)| Some((name.as_str(), values(data)?)));
    let named: Parameters<'_> = named.collect::<Option<_>>()?;
    let mut network = NetworkBuilder::new(size(input_shape)?, rayon::current_num_threads());
    let mut rest = layers;
    // Of the inputs of the next layer, a part of whose weights it becomes.
    let mut scale = 1.0_f32;
    while let [layer, behind @ ..] = rest {
        rest = behind;
        let (name, is_linear, padding) = match layer {
            Layer::Linear { name } => (name, true, 0),
            Layer::Convolution { name, padding } => (name, false, *padding),
            Layer::Flatten => continue,
            Layer::Scale { factor } => {
                scale *= factor;
                continue;
            }
            _ => return None,
        };
        let mut weights = LayerWeights::of(&named, name, is_linear)?;
        weights.weight.iter_mut().for_each(|weight| *weight *= scale);
        scale = 1.0;
        let (following, behind) = Following::of(rest, &named, &mut weights)?;
        rest = behind;
        network = add(network, &weights, padding, following)?;
        if let [Layer::GlobalMaxPool, behind @ ..] = rest {
            network = network.global_max_pool();
            rest = behind;
        }
    }
    // A factor behind the last layer has no weights to go into.
    (scale == 1.0).then_some(network)
}

fn add(
    network: NetworkBuilder,
    weights: &LayerWeights,
    padding: usize,
    following: Following,
) -> Option<NetworkBuilder> {
    let LayerWeights { shape, weight, bias } = weights;
    let Following { pointwise: [within, last], pool, function } = following;
    let network = match shape[..] {
        [outputs, inputs] if pool == Pool::None => network.linear([outputs, inputs], weight, bias, within),
        [a, b, c, d] => network.convolution([a, b, c, d], weight, bias, padding, within, pool),
        _ => return None,
    };
    let network = network.activation(last);
    Some(match function {
        Some(function) => network.elementwise(move |values| values.iter_mut().for_each(|x| *x = function(*x))),
        None => network,
    })
}

/// A function of one value.
type Function = Box<dyn Fn(f32) -> f32 + Send + Sync>;

/// What follows a layer with weights and is done with it.
struct Following {
    /// Before the pooling, and behind it.
    pointwise: [Pointwise; 2],
    pool: Pool,
    /// At last.
    function: Option<Function>,
}

impl Following {
    /// Of these layers those that are done with the one before, whose weights take in a normalization; and the rest.
    fn of<'a>(
        mut rest: &'a [Layer],
        named: &Parameters<'_>,
        weights: &mut LayerWeights,
    ) -> Option<(Self, &'a [Layer])> {
        // Behind a normalization whose scales are not negative the largest value is the same one.
        let pools_first =
            matches!(rest, [Layer::MaxPool, Layer::BatchNorm { name }, ..] if has_no_negative_scale(named, name));
        rest = &rest[usize::from(pools_first)..];
        if let [Layer::BatchNorm { name }, behind @ ..] = rest {
            weights.fold(named, name)?;
            rest = behind;
        }
        let pointwise = match rest {
            [Layer::Elementwise { operator: "Relu", .. }, ..] => Pointwise::Relu,
            [Layer::Elementwise { operator: "Gelu", .. }, ..] => Pointwise::Gelu,
            _ => Pointwise::None,
        };
        rest = &rest[usize::from(pointwise != Pointwise::None)..];
        let mut last = None;
        if let [Layer::Elementwise { operator, alpha }, behind @ ..] = rest {
            last = Some(function(operator, *alpha)?);
            rest = behind;
        }
        let pool = match rest {
            _ if pools_first => Pool::Max,
            [Layer::MaxPool, ..] => Pool::Max,
            [Layer::AveragePool, ..] => Pool::Average,
            _ => Pool::None,
        };
        rest = &rest[usize::from(pool != Pool::None && !pools_first)..];
        if last.is_some() && pool != Pool::None && !pools_first {
            return None; // It would come before the pooling, which is part of the layer.
        }
        let pointwise = match pointwise {
            Pointwise::Gelu if pools_first => [Pointwise::None, pointwise],
            // ReLU and the maximum may change places.
            _ => [pointwise, Pointwise::None],
        };
        Some((Self { pointwise, pool, function: last }, rest))
    }
}

/// What a layer's values go through, by the ONNX operator, where it is not part of the kernels.
fn function(operator: &str, alpha: Option<f32>) -> Option<Function> {
    let alpha = alpha.unwrap_or(1.0);
    Some(match operator {
        "LeakyRelu" => Box::new(move |x| if x < 0.0 { alpha * x } else { x }),
        "Elu" => Box::new(move |x| if x < 0.0 { alpha * x.exp_m1() } else { x }),
        "Selu" => Box::new(|x: f32| SELU_SCALE as f32 * if x < 0.0 { SELU_ALPHA as f32 * x.exp_m1() } else { x }),
        "Sigmoid" => Box::new(|x: f32| 1.0 / (1.0 + (-x).exp())),
        "Tanh" => Box::new(f32::tanh),
        "Softplus" => Box::new(|x: f32| x.max(0.0) + (-x.abs()).exp().ln_1p()),
        _ => return None,
    })
}

/// Whether a normalization keeps the order of values.
fn has_no_negative_scale(named: &Parameters<'_>, name: &str) -> bool {
    named.get(format!("{name}.gamma").as_str()).is_some_and(|(_, gamma)| gamma.iter().all(|scale| *scale >= 0.0))
}

/// Shape and values by name.
type Parameters<'a> = HashMap<&'a str, (Vec<usize>, Vec<f32>)>;

/// A layer's weights `[outputs, ...]` and biases.
struct LayerWeights {
    shape: Vec<usize>,
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl LayerWeights {
    fn of(named: &Parameters<'_>, name: &str, is_linear: bool) -> Option<Self> {
        let (mut shape, mut weight) = named.get(format!("{name}.weight").as_str())?.clone();
        if is_linear {
            let [inputs, outputs] = shape[..] else { return None };
            weight =
                (0..outputs).flat_map(|out| (0..inputs).map(move |k| k * outputs + out)).map(|at| weight[at]).collect();
            shape = vec![outputs, inputs];
        }
        let zeros = || vec![0.0; shape[0]];
        let bias = named.get(format!("{name}.bias").as_str()).map_or_else(zeros, |(_, bias)| bias.clone());
        Some(Self { shape, weight, bias })
    }

    /// With the normalization that follows.
    fn fold(&mut self, named: &Parameters<'_>, name: &str) -> Option<()> {
        let [gamma, beta, mean, var] = ["gamma", "beta", "running_mean", "running_var"]
            .map(|part| named.get(format!("{name}.{part}").as_str()).map(|(_, values)| values));
        let (gamma, beta, mean, var) = (gamma?, beta?, mean?, var?);
        let each = self.weight.len() / self.shape[0];
        for (out, weight) in self.weight.chunks_exact_mut(each).enumerate() {
            let scale = gamma[out] / (var[out] + BATCH_NORM_EPSILON).sqrt();
            weight.iter_mut().for_each(|weight| *weight *= scale);
            self.bias[out] = (self.bias[out] - mean[out]) * scale + beta[out];
        }
        Some(())
    }
}

/// Channels, height and width; a row's columns are channels of one pixel.
fn size(input_shape: &[usize]) -> Option<[usize; 3]> {
    match *input_shape {
        [columns] => Some([columns, 1, 1]),
        [channels, height, width] => Some([channels, height, width]),
        _ => None,
    }
}
