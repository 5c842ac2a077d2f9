//! Fast CPU convolution and parameter updates for Burn's flex backend.

#[cfg(feature = "flex")]
mod cpu;
#[cfg(feature = "flex")]
mod extension;
mod layer;
#[cfg(feature = "optim")]
pub mod update;

#[cfg(feature = "flex")]
pub use cpu::isa::{ISA_VARIABLE, instruction_set};
pub use layer::{Activation, Block, FastConv2d, Pool, conv2d};
