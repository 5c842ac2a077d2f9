//! Layers of bytes: products of bytes summed in 32 bits, and bytes again.
//!
//! Apart from the layers of `f32` beside it: no order of sums to keep, no tiles, no gradients.

pub(crate) mod epilogue;
#[allow(unsafe_code)]
pub(crate) mod isa;
pub(crate) mod layer;
pub(crate) mod network;
pub(crate) mod outputs;
#[allow(unsafe_code)]
pub(crate) mod product;

#[cfg(test)]
mod tests;
