//! What the zoo's models and data sets share: examples, batches, splits, augmentation, scores, weights, files.
//!
//! - A [`Store`] knows where data files live; a data set's crate names its files and parses them into a [`Dataset`].
//! - [`Examples`] stay bytes (or table rows) at rest. [`stratified_holdout`], [`stratified_k_fold`] and [`epoch_order`] follow
//!   fixed rules, so a seed names one split for ever.
//! - A [`Batcher`] turns them into what a model sees, with a [`Normalizer`] fitted on the training split alone.
//! - A [`ModelConfig`] makes a [`LogitModule`]; [`evaluate`] scores its outputs; [`weights`] keeps its parameters.
//!
//! The feature `classifier` adds `Classifier`, a trained model that answers pictures with names and probabilities; `fetch` adds downloads and archives (`Store::fetch`, `DataFile`); without it no network stack is linked.
//!
//! ```
//! use zoo_core::{Batcher, Examples, Inputs, Normalizer, Table, epoch_order, stratified_holdout};
//!
//! let table = Table { columns: vec!["x".into()], values: (0..10u8).map(f32::from).collect() };
//! let all = Examples::of_classes(Inputs::Table(table), vec![0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
//!
//! let split = stratified_holdout(&all.labels, 0.2, 1);
//! let (train, valid) = (all.select(&split.kept), all.select(&split.held));
//! let batcher = Batcher { normalizer: Normalizer::fit_columns(&train)?, augmentations: vec![], seed: 1 };
//!
//! let order = epoch_order(train.len(), 1, 0);
//! for indices in order.chunks(4) {
//!     assert_eq!(batcher.train_batch(&train, indices, 0).labels.len(), 4);
//! }
//! assert_eq!(batcher.eval_batch(&valid, 0..2).labels, [0, 1]);
//! # Ok::<(), zoo_core::NormalizationError>(())
//! ```

// For derived code, which names this crate by its name.
extern crate self as zoo_core;

#[cfg(feature = "fetch")]
mod archive;
mod atomic;
mod augment;
mod batch;
#[cfg(feature = "classifier")]
mod classifier;
mod digest;
mod error;
mod examples;
pub mod explain;
mod facts;
#[cfg(feature = "fetch")]
mod fetch;
mod files;
mod gzip;
mod idx;
mod initializer;
#[cfg(feature = "burn-dataset")]
mod item;
mod logits;
mod machine;
mod model;
mod nearest;
mod network;
mod normalization;
mod numbers;
#[cfg(feature = "flex")]
mod prepared;
#[cfg(feature = "fetch")]
mod progress;
mod random;
pub mod range;
mod readback;
mod regression;
mod scores;
mod sources;
mod split;
mod store;
mod text;
pub mod weights;
mod whitening;

#[cfg(feature = "fetch")]
pub use archive::{Member, read_tar, read_zip};
pub use atomic::{Flush, WriteError, check_writable, create_atomically, write_atomically};
pub use augment::{Augmentation, Padding};
pub use batch::{Batch, Batcher};
#[cfg(feature = "classifier")]
pub use classifier::{ClassProbability, Classification, Classifier, ClassifyError};
pub use digest::{sha256_file, sha256_hex};
pub use error::{DataError, OriginFailure, Problem, sentence, system_error};
pub use examples::{Dataset, Examples, Images, Inputs, Provenance, Table};
pub use explain::Explain;
pub use facts::{DatasetFacts, Fetch};
#[cfg(feature = "fetch")]
pub use fetch::DataFile;
pub use files::{FileBytes, check_is_file, gunzipped, read_file};
pub use idx::{check_idx_pair, parse_idx};
pub use initializer::{Bounds, Initializer, drawn, undrawn};
#[cfg(feature = "burn-dataset")]
pub use item::{Example, Input};
pub use logits::{evaluate, margins, predicted_class, probabilities};
pub use machine::{Cost, CostMeter, cpu_name};
pub use model::{
    BATCH_NORM_EPSILON, InputBatch, Layer, LogitModule, Misfit, ModelConfig, Outputs, SELU_ALPHA, SELU_SCALE, Sizes,
    macs, probabilities_of,
};
pub use nearest::{Alike, alike, look_alike, nearest};
pub use network::{NetworkSettings, env_variable};
pub use normalization::{Normalization, NormalizationError, Normalizer};
pub use numbers::{difference_text, score_text, significant};
#[cfg(feature = "flex")]
pub use prepared::Int8ModelError;
#[cfg(feature = "fetch")]
pub use progress::{Meter, Unit};
pub use random::Stream;
pub use readback::read_back;
pub use regression::{Standardization, evaluate_numbers};
pub use scores::{ClassScores, Evaluated, Metric, Scores, TopK};
pub use sources::Sources;
pub use split::{
    HoldoutSplit, LEAST_OF_A_CLASS, SplitError, epoch_order, quantile_bins, stratified_holdout, stratified_k_fold,
};
pub use store::{DATA_DIR_VARIABLE, Progress, Retry, Store, cache_folder, data_folder};
pub use text::{
    ByteOrderMark, and_more, check_not_named_pipe, is_handed_over, joined, listed, printable, printable_but, read_text,
    read_text_or_pipe, shortened,
};
pub use whitening::whitening_filters;
#[doc(no_inline)]
pub use zoo_pictures::{PictureKind, Preparation};
#[cfg(feature = "classifier")]
#[doc(no_inline)]
pub use zoo_pictures::{decode, image};
