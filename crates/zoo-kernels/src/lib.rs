//! Fast CPU convolution and parameter updates for Burn's flex backend.

#[cfg(feature = "flex")]
mod buffer;
#[cfg(feature = "flex")]
mod cpu;
mod cross_entropy;
mod elu;
#[cfg(feature = "flex")]
mod exponential;
#[cfg(feature = "flex")]
mod extension;
mod layer;
#[cfg(feature = "optim")]
pub mod update;

#[cfg(feature = "flex")]
pub use cpu::isa::{ISA_VARIABLE, instruction_set, instruction_sets};
pub use cross_entropy::cross_entropy;
pub use elu::exponential_linear;
pub use layer::{Activation, Block, FastConv2d, Pool, conv2d};
