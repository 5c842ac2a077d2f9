//! Gradients in a deep network of the zoo, layer by layer.

use crate::prelude::*;
use zoo_core::Initializer;
use zoo_mlp::{Activation, MlpConfig};

/// Examples at a time: enough for batch norm's statistics to be those of theory's infinite batch, to about 2 %.
const BATCH: usize = 64;

/// A perceptron of equal hidden layers.
pub(super) struct DeepMlp {
    pub(super) activation: Activation,
    pub(super) weights: Initializer,
    pub(super) batch_norm: bool,
    pub(super) width: usize,
    pub(super) layers: usize,
}

impl DeepMlp {
    /// The norm of the loss's gradient by the values before the activation of every layer, for one draw of weights and standard normal
    /// inputs. The loss is a random mixture of the outputs.
    pub(super) fn gradient_norms(&self, random: &mut Stream) -> Result<Vec<f64>> {
        let device = training_device();
        let config = MlpConfig {
            hidden: vec![self.width; self.layers],
            activation: self.activation,
            batch_norm: self.batch_norm,
            weights: self.weights,
            ..MlpConfig::default()
        };
        let network = config.init(self.width, 1, &device);
        let examples = if self.batch_norm { BATCH } else { 8 };
        let batch: Vec<Vec<f64>> = (0..examples).map(|_| random.normals(self.width)).collect();
        let mut x = rows(&batch, &device); // [examples, width]
        let mut probes = Vec::with_capacity(self.layers);
        for layer in &network.hidden {
            // Adding zero changes nothing, but has the gradient of what it is added to.
            let probe = Tensor::<2>::zeros([examples, self.width], &device).require_grad();
            let z = layer.linear.forward(x);
            let z = layer.norm.as_ref().map_or(z.clone(), |norm| norm.forward(z));
            x = self.activation.forward(z + probe.clone());
            probes.push(probe);
        }
        let mixture: Vec<[f64; 1]> = random.normals(examples).into_iter().map(|factor| [factor]).collect();
        let gradients = (network.output.forward(x) * rows(&mixture, &device)).sum().backward();
        let length = |probe: Tensor<2>| Ok(norm(&values(probe.grad(&gradients).context("a layer has no gradient")?)?));
        probes.into_iter().map(length).collect()
    }
}
