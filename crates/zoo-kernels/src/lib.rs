//! Fast CPU convolution and parameter updates for Burn's flex backend.

mod layer;

pub use layer::{Activation, Block, Pool, conv2d};
