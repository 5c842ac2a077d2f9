//! What the course documents show without a big data set: run, checked and drawn.
//!
//! An [`Experiment`] is a value in [`ALL`], written down in a folder under `src/experiments/` that is meant to be read
//! beside the notes. Some of its numbers can be set ([`SetValues`]); their defaults are the notes'. Running it gives [`Findings`]:
//! claims held against what was measured, figures, tables.
//!
//! ```
//! use experiments::{ALL, Setup};
//!
//! let netbp = ALL.iter().find(|experiment| experiment.name == "netbp").ok_or("not in the list")?;
//! let (outcome, figures) = netbp.perform(&Setup { seed: 1, quick: true, ..Setup::default() })?;
//! assert!(outcome.holds() && outcome.figures.len() == figures.len());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test that cannot go on may panic"))]

pub mod cli;
pub mod errata;
pub mod exercises;
pub mod files;

mod experiments;

mod experiment;
mod findings;
mod lesson;
mod prelude;
mod set_values;
mod setting;
mod show;
mod text;

mod activations;
mod autodiff;
mod batches;
mod descent;
mod digits;
mod eigen;
mod initializers;
mod matrix;
mod rings;
mod scalar;
mod statistics;

pub use experiment::{Experiment, Setup, SourceSection};
pub use experiments::ALL;
pub use findings::Findings;
pub use lesson::{Excerpt, Lesson, LessonFormulas};
pub use set_values::SetValues;
