//! Many runs as one: every combination of alternative settings with every seed, each in a run folder of its own.
//!
//! The folder of a sweep holds those run folders, `sweep.json`, what was asked for, and `sweep.csv`, a row a run. A run is a process
//! of its own, `trainer --resume RUN`, as Burn's random generator is one per process: so it gives the bits that it gives alone,
//! however many run beside it, and what ends it ends no other.

mod plan;

mod rows;
mod summary;

mod folder;
mod notes;
mod seeds;

pub(crate) use folder::{SweepFolder, is_of_a_sweep, is_sweep};
pub(crate) use notes::notes;
pub(crate) use plan::{SweepPlan, Variant};
pub(crate) use rows::{RunState, SweepRow};
pub(crate) use seeds::SeedList;
pub(crate) use summary::summary;
