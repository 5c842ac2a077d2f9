//! Weights that are compiled into a model crate.

use super::error::WeightsError;
use super::file::{Facts, Weights};
use super::index::{Entry, Index};
use crate::{ModelConfig, sha256_hex};
use std::sync::OnceLock;

/// A weights file within the program, and the index that vouches for it.
#[derive(Debug)]
pub struct Shipped {
    name: &'static str,
    bytes: &'static [u8],
    index: &'static str,
    known: OnceLock<(Entry, Facts)>,
}

/// The enum of a model crate's weights, as [`shipped_weights!`](crate::shipped_weights) makes it.
pub trait ShippedWeights: Copy {
    /// The model they are of.
    type Config: ModelConfig;

    /// The file and its entry in the index.
    fn shipped(self) -> &'static Shipped;
}

impl Shipped {
    /// The weights `name` in these bytes, with the text of the `index.json` that lists them.
    pub const fn new(name: &'static str, bytes: &'static [u8], index: &'static str) -> Self {
        Self { name, bytes, index, known: OnceLock::new() }
    }

    /// The recipe's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The file.
    pub fn bytes(&self) -> &'static [u8] {
        self.bytes
    }

    /// What the index says of it.
    ///
    /// # Errors
    /// [`WeightsError::Unlisted`], or as [`Index::parse`].
    pub fn entry(&self) -> Result<Entry, WeightsError> {
        Index::parse(self.index)?.entry(self.name).cloned()
    }

    /// What it holds, once its sha256 is found to be the index's.
    ///
    /// # Errors
    /// [`WeightsError::Sha256`], or as [`entry`](Self::entry) and [`Weights::parse`].
    pub fn open(&self) -> Result<Weights, WeightsError> {
        let expected = self.entry()?.sha256;
        let found = sha256_hex(self.bytes);
        if found != expected {
            return Err(WeightsError::Sha256 { name: self.name.to_string(), found, expected });
        }
        Weights::parse(self.bytes)
    }

    /// What the index and the file itself say, read once.
    ///
    /// # Panics
    /// If the file compiled in is damaged: [`open`](Self::open) says so as an error.
    pub fn known(&self) -> &(Entry, Facts) {
        self.known.get_or_init(|| {
            let known = self.open().and_then(|weights| Ok((self.entry()?, weights.facts)));
            known.unwrap_or_else(|error| panic!("the weights compiled in cannot be used: {error}"))
        })
    }
}

/// Makes the enum of a model crate's weights: one variant per file `../weights/NAME.safetensors` beside `index.json`, each compiled in
/// by the crate's feature that is named behind it.
///
/// ```ignore
/// zoo_core::shipped_weights! {
///     /// The weights that ship with this model.
///     pub enum CnnWeights of CnnConfig {
///         /// Of `cnn_digits`: digits enlarged to 32x32.
///         Digits = "cnn_digits" if "digits",
///     }
/// }
/// ```
#[macro_export]
macro_rules! shipped_weights {
    ($(#[$about:meta])* pub enum $weights:ident of $config:ty {
        $($(#[$about_variant:meta])* $variant:ident = $name:literal if $feature:literal,)+
    }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $weights {
            $($(#[$about_variant])* #[doc = concat!("With the feature `", $feature, "`.")] #[cfg(feature = $feature)] $variant,)+
        }

        impl $crate::weights::ShippedWeights for $weights {
            type Config = $config;

            fn shipped(self) -> &'static $crate::weights::Shipped {
                match self {
                    $(#[cfg(feature = $feature)] Self::$variant => {
                        static SHIPPED: $crate::weights::Shipped = $crate::weights::Shipped::new(
                            $name,
                            include_bytes!(concat!("../weights/", $name, ".safetensors")),
                            include_str!("../weights/index.json"),
                        );
                        &SHIPPED
                    })+
                }
            }
        }

        impl $weights {
            /// All that are compiled in.
            pub const ALL: &'static [Self] = &[$(#[cfg(feature = $feature)] Self::$variant),+];

            /// The weights of this recipe, if they are compiled in.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|weights| weights.name() == name)
            }

            /// The recipe's name: `trainer --model NAME` trains them again.
            pub fn name(self) -> &'static str {
                self.shipped().name()
            }

            /// What the model tells apart, in the order of the logits; for one logit the negative, then the positive class.
            pub fn class_names(self) -> &'static [String] {
                &self.shipped().known().1.class_names
            }

            /// How raw values become inputs.
            pub fn preprocessing(self) -> $crate::weights::Preprocessing<'static> {
                self.shipped().known().1.preprocessing()
            }

            /// The scores that were recorded on the test split of the data.
            pub fn metrics(self) -> &'static $crate::Scores {
                &self.shipped().known().0.metrics
            }

            /// The recipe they were trained by, as TOML.
            pub fn recipe(self) -> &'static str {
                &self.shipped().known().1.recipe
            }

            /// The sha256 of [`bytes`](Self::bytes), in lower-case hexadecimal.
            pub fn sha256(self) -> &'static str {
                &self.shipped().known().0.sha256
            }

            /// The weights file: safetensors.
            pub fn bytes(self) -> &'static [u8] {
                self.shipped().bytes()
            }

            /// The number of trainable parameters.
            pub fn parameters(self) -> usize {
                self.shipped().known().0.parameters
            }

            /// The files compiled in, and their entries in the index.
            pub fn all_shipped() -> Vec<&'static $crate::weights::Shipped> {
                Self::ALL.iter().map(|weights| weights.shipped()).collect()
            }

            /// The file and its entry in the index.
            pub fn shipped(self) -> &'static $crate::weights::Shipped {
                $crate::weights::ShippedWeights::shipped(self)
            }
        }
    };
}

#[cfg(test)]
mod tests;
