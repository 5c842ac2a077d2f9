//! The worker in Rust: the zoo's networks as the trainer builds them, single layers, and the same in stock Burn, timed on request.

mod network;

mod stock;
mod zoo;

mod variants;

mod layer;

mod check;
mod data;
mod layer_check;
mod peak;

mod serve;

pub(crate) use data::export;
pub(crate) use peak::peak;
pub(crate) use serve::serve;
pub(crate) use zoo::{BURN_VERSION, commit, size};
