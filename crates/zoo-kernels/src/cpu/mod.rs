//! Convolution layers on slices of `f32`: no tensors, no Burn.
//!
//! StridedImages are worked on one after another, channels together, so that a convolution's output is still in the cache when bias,
//! activation and pooling take it. Weight gradients are summed in groups of images fixed by the batch size, and the groups' sums
//! in order: so the results do not depend on the number of threads.

pub(crate) mod geometry;
// Instruction sets and registers are reached by unsafe code only. It is confined to these modules, whose kernels assert the extents of
// their slices before they take pointers to them; that channels fill whole vectors, those of `winograd` leave to `BlockLayer::padded`. What
// else is unsafe casts memory: `written` in `fresh`, and two functions of `scratch`.
#[allow(unsafe_code)]
pub(crate) mod isa;

pub(crate) mod backward;
pub(crate) mod choice;
#[allow(unsafe_code)]
pub(crate) mod curve;
#[allow(unsafe_code)]
pub(crate) mod curved;
mod direct;
mod fresh;
mod groups;
pub(crate) mod int8;
#[allow(unsafe_code)]
mod lanewise;
mod layer;
mod maxima;
pub(crate) mod normalized;
mod passes;
#[allow(unsafe_code)]
mod polynomials;
#[allow(unsafe_code)]
mod pool;
mod pooling;
mod prepared;
#[allow(unsafe_code)]
mod product;
mod scratch;
#[allow(unsafe_code)]
pub(crate) mod sliding;
#[allow(unsafe_code)]
mod sparse;
mod spread;
mod strips;
mod tiles;
#[allow(unsafe_code)]
mod vector;
mod weights;
#[allow(unsafe_code)]
mod winograd;

#[cfg(test)]
mod case;
#[cfg(test)]
mod curved_tests;
#[cfg(test)]
mod golden;
#[cfg(test)]
#[path = "../../tests/shared/numbers.rs"]
mod numbers;
#[cfg(test)]
mod tests;

pub(crate) use groups::GroupedLayer;
pub(crate) use layer::{BlockLayer, Keep};
pub(crate) use pooling::{pool_backward, pool_forward};
pub(crate) use prepared::{PreparedLayer, PreparedLayers};
