//! What `cargo xtask bench` times in Rust: the zoo's models as the trainer builds them, and the same networks in stock Burn.
//!
//! The program `zoo-bench` is a [`worker`]: it answers one JSON object a line on standard input with one on standard output
//! ([`protocol`]) and ends with its input. `zoo-bench-stock` is the same without the trainer's allocator. Rounds, medians and peers are the business of whoever asks, so that several
//! workers can take turns. `pytorch_peer.py` beside this crate's manifest is the same worker in PyTorch.

pub mod worker;

pub mod protocol;

pub mod family;
pub mod layers;

pub mod contestant;
pub mod step;
pub mod stock;

pub mod check;
pub mod export;
pub mod loading;

pub mod peak;
