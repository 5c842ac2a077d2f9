//! Trains, evaluates and applies every model of the zoo.
//!
//! The program `trainer` is a thin shell over this library: a [recipe](zoo_recipe::Recipe) is looked up in the [`registry`],
//! its [`data`] prepared, its [`network`] built, and [`train`] fits one to the other while an [`observer`](progress::Observer) looks on.

pub mod cli;
mod commands;

pub mod registry;

pub mod data;
pub mod network;

pub mod train;

pub mod average;
pub mod loss;
pub mod muon;
pub mod optimizer;
pub mod patience;
pub mod schedule;
pub mod whitening;

mod diagnostics;
pub mod evaluate;

mod pooled;

pub mod checkpoint;
pub mod pretrained;
pub mod run_folder;
pub mod state;
pub mod trained;
pub mod weights;

pub mod device;
pub mod interrupt;
pub mod progress;

mod inspect;
mod logging;
mod onnx;
mod output;
mod pictures;
mod results;

/// The version of Burn that this was built with.
pub const BURN_VERSION: &str = env!("ZOO_BURN_VERSION");

/// The commit that this was built from, with `-dirty` when its tree had changes; `None` if it was built outside a clone.
pub fn commit() -> Option<&'static str> {
    Some(env!("ZOO_COMMIT")).filter(|commit| *commit != "unknown")
}
