//! What the course documents show without a big data set: run, checked and drawn.
//!
//! An [`Experiment`] is a value in [`ALL`], written down in one file under `src/experiments/` that is meant to be read
//! beside the notes. Running it gives [`Findings`]: claims held against what was measured, figures, tables.
//!
//! ```
//! use experiments::{ALL, Settings};
//!
//! let netbp = ALL.iter().find(|experiment| experiment.name == "netbp").ok_or("not in the list")?;
//! let (outcome, figures) = netbp.perform(&Settings { seed: 1, quick: true, bars: false })?;
//! assert!(outcome.holds() && outcome.figures.len() == figures.len());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod cli;

mod experiment;
mod findings;

mod experiments;

mod autodiff;
mod batches;
mod descent;
mod matrix;
mod scalar;

pub mod random;
pub mod statistics;

pub mod files;

pub use experiment::{Experiment, Settings};
pub use experiments::ALL;
pub use findings::{Check, Drawn, Findings, number};
