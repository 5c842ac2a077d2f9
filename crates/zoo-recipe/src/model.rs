//! The zoo's models, one line each: the enum of a recipe's `[model]`, the trainer's network and every match over them follow from
//! the list at the end.

use serde::{Deserialize, Serialize};
use zoo_core::weights::Shipped;
use zoo_core::{Explain, Misfit, ModelConfig, Outputs, Sizes};

macro_rules! models {
    ($d:tt $($variant:ident: $config:ty,)+) => {
        /// The network: `[model.mlp]` with the keys of its config. Its input and output widths follow from the data, the target and
        /// the loss.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Explain)]
        #[serde(rename_all = "snake_case")]
        pub enum Model {
            $(#[doc = concat!("A [`", stringify!($config), "`].")]
            #[explain(meaning = <$config as ModelConfig>::MEANING)]
            $variant($config),)+
        }

        /// Hands the list of models to a macro: `Variant: Config,` for each.
        #[macro_export]
        macro_rules! for_each_model {
            ($d then:ident) => { $d then! { $($variant: $crate::configs::$variant,)+ } };
        }

        /// Every model's config, by the name of its variant.
        pub mod configs {
            $(#[doc = concat!("[`", stringify!($config), "`]")] pub type $variant = $config;)+
        }

        impl Model {
            /// Its key in a recipe: `mlp`.
            pub fn key(&self) -> &'static str {
                match self { $(Self::$variant(_) => <$config as ModelConfig>::KEY,)+ }
            }

            /// How many logits it can give.
            pub fn outputs(&self) -> Outputs {
                match self { $(Self::$variant(_) => <$config as ModelConfig>::OUTPUTS,)+ }
            }

            /// Whether it has convolutions.
            pub fn has_convolutions(&self) -> bool {
                match self { $(Self::$variant(_) => <$config as ModelConfig>::HAS_CONVOLUTIONS,)+ }
            }

            /// The fewest examples of a training batch.
            pub fn smallest_batch(&self) -> usize {
                match self { $(Self::$variant(config) => config.smallest_batch(),)+ }
            }

            /// Whether batches of that size, the last of which takes the rest, are all large enough.
            pub fn takes_batches(&self, size: usize, examples: usize) -> bool {
                let last = match examples % size {
                    0 => size,
                    rest => rest,
                };
                last >= self.smallest_batch()
            }

            /// Refuses sizes that the network cannot have.
            ///
            /// # Errors
            /// With what it can.
            pub fn check(&self, sizes: &Sizes) -> Result<(), Misfit> {
                match self { $(Self::$variant(config) => config.check(sizes),)+ }
            }

            /// The weights that ship with the zoo, of all models.
            pub fn shipped() -> Vec<&'static Shipped> {
                [$(<$config as ModelConfig>::shipped()),+].concat()
            }
        }
    };
}

models! { $
    LogisticRegression: zoo_logistic_regression::LogisticRegressionConfig,
    Softmax: zoo_softmax::SoftmaxConfig,
    Mlp: zoo_mlp::MlpConfig,
    Cnn: zoo_cnn::CnnConfig,
    Speednet: zoo_speednet::SpeednetConfig,
}
