//! The benchmark: the zoo's models and single layers, stock Burn and PyTorch, timed in the same run, taking turns.
//!
//! The program `zoo-bench` starts workers and asks them in rounds. A worker is a process of its own: `zoo-bench` once more,
//! `zoo-bench-stock` (without the trainer's allocator), `zoo-bench` restricted to AVX2, or `pytorch_peer.py`. Both ends speak
//! `protocol`: one JSON object per line. Results go to `results/bench.json`, from which [`readme_section`] and
//! [`page_section`] render their tables.

mod cases;
mod layers;
mod peers;
mod protocol;
mod statistics;

mod machine;
mod results;

mod promises;
mod tables;

mod worker;

mod run;

pub use run::main;
pub use tables::{Headline, headline, page_section, readme_section};
