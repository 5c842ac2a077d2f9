//! The zoo's weights files: safetensors whose metadata holds all that predicting needs, so that it cannot drift from
//! training, and the index of those that ship with the models.
//!
//! A [`Weights`] is what such a file holds: named tensors and their [`Facts`]. An [`Index`] lists the files a model crate
//! ships, with their sha256 and recorded scores; [`shipped_weights!`] makes the crate's enum of them. Without the feature
//! `burn` nothing here links Burn, so a tool that only reads weights builds in seconds.
//!
//! ```
//! use zoo_core::Normalizer;
//! use zoo_weights::{Facts, NamedTensor, Weights};
//!
//! let facts = Facts {
//!     recipe: "name = \"tiny\"".into(),
//!     input_shape: vec![2],
//!     class_names: vec!["no".into(), "yes".into()],
//!     columns: vec!["width".into(), "height".into()],
//!     normalizer: Normalizer { scale: 1.0, mean: vec![1.0, 2.0], std: vec![2.0, 4.0] },
//! };
//! let bias = NamedTensor { name: "output.bias".into(), shape: vec![1], values: vec![0.5] };
//! let weights = Weights { tensors: vec![bias], facts };
//!
//! let bytes = weights.to_bytes();
//! assert_eq!(Weights::parse(&bytes)?, weights);
//! assert_eq!(weights.facts.preprocessing().numbers(&[3.0, 2.0])?, [1.0, 0.0]);
//! assert!(Weights::parse(&bytes[..bytes.len() - 1]).is_err());
//! # Ok::<(), zoo_weights::WeightsError>(())
//! ```

mod file;
mod preprocessing;

mod index;
mod shipped;

#[cfg(feature = "burn")]
mod module;

mod error;

pub use error::{Difference, WeightsError};
pub use file::{Facts, NamedTensor, Weights};
pub use index::{Entry, INDEX_SCHEMA, Index};
#[cfg(feature = "burn")]
pub use module::{Numbering, Parameter, install, parameters};
pub use preprocessing::Preprocessing;
pub use shipped::Shipped;
#[doc(no_inline)]
pub use zoo_core::{Normalizer, Scores, sha256_hex};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
