//! x

mod archive;
mod augment;
mod batch;
mod digest;
mod error;
mod examples;
mod fetch;
mod files;
mod item;
mod normalization;
mod progress;
mod random;
mod split;
mod store;

pub use archive::{Member, read_tar_gz, read_zip};
pub use augment::{Augmentation, Padding};
pub use batch::{Batch, Batcher};
pub use digest::{sha256_file, sha256_hex};
pub use error::{DataError, OriginFailure, Problem};
pub use examples::{Dataset, Examples, Images, Inputs, Provenance, Table};
pub use fetch::DataFile;
pub use files::{FileBytes, gunzip, read_file};
pub use item::{Example, Input};
pub use normalization::{NormalizationError, Normalizer};
pub use split::{Holdout, SplitError, epoch_order, stratified_holdout, stratified_k_fold};
pub use store::{DATA_DIR_VARIABLE, Progress, Retry, Store};
