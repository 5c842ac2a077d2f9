//! The zoo's models behind one type, built from a recipe and taken apart into named tensors.

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use zoo_core::weights::{NamedTensor, Numbering, WeightsError, install, parameters};
use zoo_core::{Batcher, Examples, InputBatch, Layer, LogitModule, Misfit, ModelConfig, Sizes, macs, undrawn};
use zoo_recipe::Model;

macro_rules! network {
    ($($variant:ident: $config:ty,)+) => {
        /// A model of the zoo.
        #[derive(Module, Debug)]
        #[expect(clippy::large_enum_variant, reason = "there is one network per run, not a list of them")]
        pub enum Network {
            $(#[doc = concat!("`", stringify!($variant), "`.")] $variant(<$config as ModelConfig>::Model),)+
        }

        impl Network {
            fn build(model: &Model, sizes: &Sizes, device: &Device) -> Network {
                match model { $(Model::$variant(config) => Network::$variant(ModelConfig::init(config, sizes, device)),)+ }
            }

            fn start_from(self, model: &Model, batcher: &Batcher, train: &Examples) -> Network {
                match (self, model) {
                    $((Network::$variant(network), Model::$variant(config)) => {
                        Network::$variant(config.start_from(network, batcher, train))
                    })+
                    (network, _) => network,
                }
            }

            /// Logits `[batch, outputs]` of a batch of examples.
            pub fn forward(&self, inputs: InputBatch) -> Tensor<2> {
                match self { $(Network::$variant(network) => network.logits(inputs),)+ }
            }

            /// The network made ready to answer on the CPU, as [`LogitModule::prepare`].
            #[cfg(feature = "flex")]
            pub fn prepare(&self, input_shape: &[usize]) -> Option<zoo_kernels::PreparedNetwork> {
                match self { $(Network::$variant(network) => network.prepare(input_shape),)+ }
            }

            /// The same in integers, as [`LogitModule::prepare_int8`].
            ///
            /// # Errors
            /// As there.
            #[cfg(feature = "flex")]
            pub fn prepare_int8(
                &self,
                input_shape: &[usize],
                calibration: &[f32],
            ) -> Result<zoo_kernels::Int8Network, zoo_core::Int8ModelError> {
                match self { $(Network::$variant(network) => network.prepare_int8(input_shape, calibration),)+ }
            }

            /// What it computes, layer by layer.
            pub fn layers(&self) -> Vec<Layer> {
                match self { $(Network::$variant(network) => network.layers(),)+ }
            }

            /// Multiply-accumulates (MACs) of one example's forward pass.
            pub fn macs(&self, input: &[usize]) -> u64 {
                match self { $(Network::$variant(network) => macs(network, input),)+ }
            }

            /// Every parameter and running statistic in forward order, named as in the model's own module.
            pub fn named_tensors(&self) -> Vec<NamedTensor> {
                match &self.valid() { $(Network::$variant(network) => parameters(network),)+ }
            }

            /// A model of these sizes with these values, outside any autodiff graph. Its own initial values are never drawn: it takes
            /// no more memory than the values do.
            ///
            /// # Errors
            /// As [`install`](Self::install).
            pub fn of_tensors(
                model: &Model,
                sizes: &Sizes,
                tensors: &[NamedTensor],
                device: &Device,
            ) -> Result<Network, WeightsError> {
                undrawn(|| Network::build(model, sizes, device)).install(tensors)
            }

            /// The same model with these values, outside any autodiff graph: [`Module::train`] makes it trainable again. Parameters
            /// are numbered in forward order, which lets an optimizer's state find them again after a restart.
            ///
            /// # Errors
            /// If a tensor is missing, left over or of another shape: the weights are another model's.
            pub fn install(self, tensors: &[NamedTensor]) -> Result<Network, WeightsError> {
                Ok(match self {
                    $(Network::$variant(network) => Network::$variant(install(network, tensors, Numbering::InOrder)?),)+
                })
            }
        }
    };
}

zoo_recipe::for_each_model!(network);

/// Sizes that a model cannot have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the data does not fit the model: `{}` is not {}", .0.key, .0.accepted)]
pub struct NetworkError(Misfit);

impl Network {
    /// A model of these sizes with its initial values.
    ///
    /// They are drawn on the CPU where the `flex` backend is compiled in, so a seed gives the same start on every device.
    ///
    /// # Errors
    /// If the model cannot have these sizes.
    pub fn init(model: &Model, sizes: &Sizes, seed: u64, device: &Device) -> Result<Network, NetworkError> {
        model.check(sizes).map_err(NetworkError)?;
        let host = host(device);
        host.seed(seed);
        let network = Network::build(model, sizes, &host);
        let tensors = network.named_tensors();
        let network = network.fork(device).install(&tensors).expect("a model fits its own tensors");
        Ok(network.train())
    }

    /// The same model with what it starts from training examples rather than from the seed, where its config asks for such.
    #[must_use]
    pub fn started_from(self, model: &Model, batcher: &Batcher, train: &Examples) -> Network {
        let started = self.valid().start_from(model, batcher, train);
        let tensors = started.named_tensors();
        self.install(&tensors).expect("a model fits its own tensors").train()
    }

    /// The number of parameters, those that stay as they are included: running statistics of batch norm are not among them.
    pub fn parameters(&self) -> usize {
        let trainable = |(name, _): &&NamedTensor| !name.ends_with(".running_mean") && !name.ends_with(".running_var");
        self.named_tensors().iter().filter(trainable).map(|(_, data)| data.num_elements()).sum()
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_beyond_any_memory_are_held_against_the_tensors_first() {
        let text = include_str!("../../../models/mlp/recipes/mlp_digits.toml");
        let (model, device) =
            (zoo_recipe::Recipe::parse(text, "mlp_digits.toml").expect("a recipe").model, Device::flex());
        let small = Network::init(&model, &Sizes { input: vec![64], outputs: 10 }, 1, &device).expect("a network");
        let tensors = small.named_tensors();
        let of =
            |features| Network::of_tensors(&model, &Sizes { input: vec![features], outputs: 10 }, &tensors, &device);
        assert_eq!(of(64).expect("the same sizes").named_tensors(), tensors);
        let refused = of(1 << 40).map(drop).expect_err("other sizes").to_string();
        let sentence = "hidden.0.linear.weight has shape [64, 128], expected [1099511627776, 128]";
        assert!(refused.contains(sentence), "{refused}");
    }
}
