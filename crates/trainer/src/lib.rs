//! Trains, evaluates and applies every model of the zoo.
//!
//! The program `trainer` is a thin shell over this library: a [recipe](zoo_recipe::Recipe) is looked up in the [`registry`],
//! its [`data`] prepared, its [`network`] built, and [`train`] fits one to the other while an [`observer`](progress::Observer) looks on.

pub mod cli;
mod commands;

pub mod checkpoint;
pub mod data;
pub mod device;
pub mod evaluate;
pub mod loss;
pub mod metrics;
pub mod network;
pub mod optimizer;
pub mod progress;
pub mod registry;
pub mod run_folder;
pub mod schedule;
pub mod train;
pub mod trained;
pub mod weights;

mod files;
pub mod interrupt;
mod logging;
mod results;
