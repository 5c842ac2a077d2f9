//! Fast CPU convolution and parameter updates for Burn's flex backend.

mod layer;
#[cfg(feature = "optim")]
pub mod update;

pub use layer::{Activation, Block, Pool, conv2d};
