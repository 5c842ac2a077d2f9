//! What each command of the program does.

mod train;

mod asked;
mod sweep;

mod find_rate;

mod new;

mod eval;
mod export;
mod inspect;
mod predict;
mod serve;

mod compare;
mod report;
mod runs;

mod catalog;
mod explain;
mod shell;

mod shared;
mod words;

pub(crate) use catalog::{devices, fetch, list, show};
pub(crate) use compare::compare;
pub(crate) use eval::eval;
pub(crate) use explain::explain;
pub(crate) use export::export;
pub(crate) use find_rate::find_rate;
pub(crate) use inspect::inspect_model;
pub(crate) use new::new;
pub(crate) use predict::predict;
pub(crate) use report::report;
pub(crate) use runs::runs;
pub(crate) use serve::serve;
pub(crate) use shell::{completions, man};
pub(crate) use train::train;
