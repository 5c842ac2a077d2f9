//! The zoo's weights files: safetensors whose metadata holds all that predicting needs, so that it cannot drift from
//! training, and the index of those that ship with the models.
//!
//! A [`Weights`] is what such a file holds: named tensors and their [`Facts`]. An [`Index`] lists the files a model crate
//! ships, with their sha256 and recorded scores; [`shipped_weights!`](crate::shipped_weights) makes the crate's enum of them.
//!
//! ```
//! use burn::tensor::TensorData;
//! use zoo_core::Normalizer;
//! use zoo_core::weights::{Facts, WEIGHTS_SCHEMA, Weights};
//!
//! let facts = Facts {
//!     schema: WEIGHTS_SCHEMA,
//!     recipe: "name = \"tiny\"".into(),
//!     model: serde_json::json!({ "linear": {} }),
//!     input_shape: vec![2],
//!     class_names: vec!["no".into(), "yes".into()],
//!     columns: vec!["width".into(), "height".into()],
//!     normalizer: Normalizer { scale: 1.0, mean: vec![1.0, 2.0], std: vec![2.0, 4.0] },
//!     target: None,
//!     fill: vec![],
//! };
//! let bias = ("output.bias".into(), TensorData::from([0.5_f32]));
//! let weights = Weights { tensors: vec![bias], facts };
//!
//! let bytes = weights.to_bytes();
//! assert_eq!(Weights::parse(&bytes)?, weights);
//! assert_eq!(weights.facts.preprocessing().numbers(&[3.0, 2.0])?, [1.0, 0.0]);
//! assert!(Weights::parse(&bytes[..bytes.len() - 1]).is_err());
//! # Ok::<(), zoo_core::weights::WeightsError>(())
//! ```

mod file;
mod preprocessing;

mod index;
mod shipped;

mod module;

mod error;

pub use error::{Difference, WeightsError};
pub use file::{Facts, WEIGHTS_SCHEMA, Weights, tensor_of_view, view_of};
pub use index::{Entry, INDEX_SCHEMA, Index};
pub use module::{NamedTensor, Numbering, install, parameters};
pub use preprocessing::Preprocessing;
pub use shipped::Shipped;
