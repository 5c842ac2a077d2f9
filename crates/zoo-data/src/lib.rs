//! x

mod archive;
mod digest;
mod error;
mod examples;
mod fetch;
mod files;
mod item;
mod random;
mod progress;
mod split;
mod store;

pub use archive::{Member, read_tar_gz, read_zip};
pub use digest::sha256_hex;
pub use error::{DataError, OriginFailure, Problem};
pub use examples::{Dataset, Examples, Images, Inputs, Provenance, Table};
pub use item::{Example, Input};
pub use split::{Holdout, SplitError, epoch_order, stratified_holdout, stratified_k_fold};
pub use fetch::DataFile;
pub use files::{FileBytes, gunzip, read_file};
pub use store::{DATA_DIR_VARIABLE, Progress, Retry, Store};
