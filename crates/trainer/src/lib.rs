//! Trains, evaluates and applies every model of the zoo.
//!
//! A [recipe](zoo_recipe::Recipe) is looked up in the [`registry`], its [`data`] prepared and its [`network`] built; [`train::fit`]
//! fits one to the other while an [`observer`](observer::Observer) looks on, and [`run::train_in`] does all of it in a run folder.
//! The program `trainer` is a thin shell over this library.

pub mod cli;
mod commands;

mod request;
pub mod run;

mod folds;
mod session;
mod sweep;
mod taken_folds;

pub mod workers;

pub mod extension;
mod finished;

pub mod train;
pub mod training;
mod unread;

pub mod rates;

pub mod registry;

pub mod data;
pub mod init;
mod layers;
mod own;
pub mod warm_start;

pub mod agreement;
pub mod evaluate;
pub mod evaluation;
pub mod inspect;
pub mod int8;

mod ahead;

mod diagnostics;
mod pooled;
mod results;

pub mod checkpoint;
pub mod onnx;
pub mod pretrained;
pub mod run_folder;
pub mod state;
pub mod trained;
pub mod weights;

pub mod baseline;
pub mod device;
pub mod error;
mod guessing;
pub mod interrupt;
pub mod logs;
pub mod memory;
pub mod observer;

mod args;
mod files;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzz;
mod logging;
pub mod numbers;
pub mod output;
pub mod places;
mod progress;
mod run_args;
mod runs;
mod settings;
pub mod shell;
mod tables;
mod train_args;
mod version;

pub use error::TrainError;
// What a training step is stands in a crate of its own.
#[doc(no_inline)]
pub use zoo_train::{average, loss, muon, network, optimizer, patience, schedule};

/// The version of Burn that this was built with.
pub const BURN_VERSION: &str = env!("ZOO_BURN_VERSION");

/// The commit that this was built from, with `-dirty` when its tree had changes; `None` if it was built outside a clone.
pub fn commit() -> Option<&'static str> {
    Some(env!("ZOO_COMMIT")).filter(|commit| *commit != "unknown")
}
