//! The zoo's weights files: safetensors whose metadata holds all that predicting needs, so that it cannot drift from
//! training, and the index of those that ship with the models.
//!
//! A [`Weights`] is what such a file holds: named tensors and their [`Facts`]. An [`Index`] lists the files a model crate
//! ships, with their sha256 and recorded scores; [`shipped_weights!`](crate::shipped_weights) makes the crate's enum of them.
//!
//! Numbers have 32 bits. Filters and matrices whose numbers are all exact in 16 are stored so, as a recipe with `keep_as = "f16"` leaves
//! them; programs older than this key refuse such a file by the tensor's type.
//!
//! # Versions
//!
//! The metadata names its schema. It rises when a key is added that older programs would refuse, or changes its meaning; then
//! files of earlier schemas are still read, what they do not say being `None`, and whoever writes writes the newest. A file of a later
//! schema is refused: what it says is not known. The schemas so far:
//!
//! | schema | since |
//! |---|---|
//! | 1 | recipe, model, shape, classes, columns, normalization |
//! | 2 | `picture`: how a user's picture is prepared; `target` and `fill`: regression, and missing values |
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
//!     picture: None,
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
mod half;
mod preprocessing;

mod index;
mod shipped;

mod module;

mod error;

pub use error::{Difference, LoadError, WeightsError};
pub use file::{Facts, OLDEST_WEIGHTS_SCHEMA, RUN_WEIGHTS_FILE, WEIGHTS_SCHEMA, Weights, tensor_of_view, view_of};
pub use half::{beyond_16_bits, rounded_to_16_bits};
pub use index::{Entry, INDEX_SCHEMA, Index};
pub use module::{NamedTensor, Numbering, install, parameters};
pub use preprocessing::Preprocessing;
pub use shipped::{Shipped, ShippedWeights};
