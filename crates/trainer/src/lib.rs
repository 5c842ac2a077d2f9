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
pub mod evaluate;
pub mod metrics;
pub mod loss;
pub mod optimizer;
pub mod schedule;
pub mod checkpoint;
pub mod weights;
pub mod run_folder;
pub mod progress;
pub mod trained;
pub mod device;

mod files;
mod interrupt;
mod logging;
mod results;
